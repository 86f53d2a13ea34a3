import Foundation
import Language
import Pipelines
import Store
import Wire

/// The part that a language model is told to play in order to do an assistant's business: the same
/// settings, rules and tools as the scripted dialogue goes by.
public struct AssistantRole: Sendable {
    private let settings: AssistantSettings
    private let store: any RecordStore
    private let directories: HospitalLibrary
    private let now: @Sendable () -> Date
    private let log: AssistantLog

    /// - Parameter now: the time of day; settable for tests.
    public init(
        _ settings: AssistantSettings, store: any RecordStore,
        directories: HospitalLibrary = HospitalLibrary(),
        now: @escaping @Sendable () -> Date = { Date() }, log: @escaping AssistantLog = { _, _ in }
    ) {
        self.settings = settings
        self.store = store
        self.directories = directories
        self.now = now
        self.log = log
    }

    /// The role for a model.
    /// - Parameter extra: instructions of the owner, added to ours.
    public func role(extra: String) -> LanguageModelRole {
        let rules = ReservationRules(settings)
        let tools = settings.kind.tools
        let settle = settling(tools)
        var role = LanguageModelRole(
            greeting: settings.spokenGreeting,
            instructions: { [settings, now] call in
                Self.instructions(
                    settings, rules: rules, extra: extra, channel: call.channel, now: now())
            },
            tools: tools.declarations.map(DialogueTool.init),
            run: { [store, directories, now, log] call, answer in
                let context = ToolContext(
                    rules: rules, store: store, callSid: call.call.callSid,
                    callerNumber: call.call.callbackNumber ?? "", conversation: call.call.callSid,
                    now: now(),
                    directories: directories,
                    confirmation: rules.settings.confirmation(of: call.call))
                if call.isAnew { settle(call) }
                tools.run(call.name, json: Data(call.argumentsJSON), in: context) { result in
                    if case .failure(let error) = result {
                        log(call.call.callSid, error.description)
                    }
                    answer(
                        result.map { Array($0) }.mapError {
                            .failed(stage: call.name, reason: $0.description)
                        })
                }
            },
            handOverNumber: settings.handOverNumber)
        role.goodbye = Prompts(settings).sentences(SharedPromptKey.goodbye).joined(separator: " ")
        role.settle = settle
        if settings.logsTurns { role.record = recorder }
        return role
    }

    /// Tells the store that a conversation has gone on from what a tool did.
    private func settling(_ tools: ToolBox) -> @Sendable (DialogueToolCall) -> Void {
        { [store, log] call in
            guard
                let name = tools.effectName(
                    call.name, json: Data(call.argumentsJSON), conversation: call.call.callSid)
            else { return }
            store.settleEffect(name) { result in
                if case .failure(let error) = result { log(call.call.callSid, error.description) }
            }
        }
    }

    /// Writes turns into the log of the store, as the scripted dialogue does its own.
    private var recorder: @Sendable (CallInfo, TurnID, String, String) -> Void {
        { [store, now, log, id = settings.id] call, turn, said, heard in
            let record = TurnRecord(
                callSid: call.callSid, assistantID: id, turn: turn,
                at: Int64(now().timeIntervalSince1970), callerText: said, agentText: heard)
            store.recordTurn(record) { result in
                if case .failure(let error) = result { log(call.callSid, error.description) }
            }
        }
    }

    private static func instructions(
        _ settings: AssistantSettings, rules: ReservationRules, extra: String,
        channel: CallInfo.Channel, now: Date
    ) -> String {
        let today = rules.today(now)
        let local = rules.clock.local(at: now)
        var lines = [
            "You answer the \(channel == .text ? "text messages" : "telephone") of \(settings.name) "
                + "and \(settings.kind.definition.business).",
            channel == .text
                ? "Answer in a few short sentences of plain text, without markdown."
                : "You are speaking: answer in one or two short sentences without lists, markdown or "
                    + "emoji.",
            "It is \(today.weekday.name), \(today), \(local.time).",
        ]
        if channel == .voice {
            lines.append("Read numbers of bookings, orders and customers out digit by digit.")
            lines.append("When the caller asks you to wait, say only that you will.")
        }
        lines += settings.kind.definition.duties(settings, today: today)
        if !extra.isEmpty { lines.append(extra) }
        return lines.joined(separator: "\n")
    }
}

extension DialogueTool {
    /// A tool as its declaration has it.
    init(_ declaration: ToolDeclaration) {
        self.init(
            name: declaration.name, summary: declaration.summary,
            parameters: declaration.parametersSchema,
            hasEffect: declaration.effect == .writes)
    }
}
