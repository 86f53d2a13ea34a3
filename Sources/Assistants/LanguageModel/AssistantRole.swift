import Foundation
import Language
import Pipelines
import Store
import Wire

/// What a language model is told in order to do an assistant's business: the same settings, rules and
/// tools as the scripted dialogue goes by.
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
        let tools = ToolBox.tools(of: settings.kind)
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
                    callerNumber: call.call.from, idempotencyKey: call.idempotencyKey, now: now(),
                    directories: directories,
                    confirmation: rules.settings.confirmation(of: call.call))
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
        role.goodbye = Prompts(settings).sentences(.goodbye, [:]).joined(separator: " ")
        if settings.logsTurns { role.record = recorder }
        return role
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
                + "and \(business(settings.kind)).",
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
        lines += duties(settings, today: today)
        if !extra.isEmpty { lines.append(extra) }
        return lines.joined(separator: "\n")
    }

    private static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String] {
        let tables = [
            "Opening hours: \(hours(settings, from: today)).",
            "Parties of up to \(settings.partySizeMax) people can be booked.",
            "Never say that a table is free, booked, changed or cancelled unless a tool has just said "
                + "so. Before you book, change or cancel, read everything back and wait for a yes.",
        ]
        switch settings.kind {
        case .reservations: return tables
        case .restaurant:
            return tables + [
                "Dishes, prices and totals come from the tools, never from you. An order is placed only "
                    + "when place_order says so, at the total that price_order gave and the guest agreed "
                    + "to. Ask for delivery or pickup, and for the address of a delivery."
            ]
        case .serviceDesk:
            let services = settings.desk.services.map(\.name).joined(separator: ", ")
            return [
                "First ask for the customer number and look it up with find_customer. Greet a known "
                    + "customer by name; offer an unknown one a new record, with name and telephone "
                    + "number, by create_customer. Never tell a caller anybody's telephone number.",
                "Then take the kind of work (\(services)), what is wrong, where it is and how urgent it "
                    + "is (urgent, normal or low); ask only for what was not said. Read all of it back, "
                    + "wait for a yes, and only then call create_task_order.",
                "Never say that a record or an order exists unless a tool has just said so.",
            ]
        case .directory:
            return [
                "Which hospitals are in the network comes from the tools, never from you. Name three at "
                    + "a time and offer to go on. When a name fits several, ask which is meant; when the "
                    + "city is missing and matters, ask for it.",
                "Whatever is not about hospitals of the network you cannot help with: say what you can.",
            ]
        }
    }

    private static func business(_ kind: AssistantKind) -> String {
        switch kind {
        case .reservations: "take reservations"
        case .restaurant: "take orders and reservations and answer questions about the menu"
        case .serviceDesk: "take orders for repairs and service"
        case .directory: "tell callers which hospitals are in the network"
        }
    }

    /// The week, and the next days that differ from it.
    private static func hours(_ settings: AssistantSettings, from today: LocalDate) -> String {
        func spans(_ periods: [OpeningHours.Period]) -> String {
            let spans = periods.map { "\($0.opens)-\($0.closes)" }
            return spans.isEmpty ? "closed" : spans.joined(separator: " and ")
        }
        let week = Weekday.allCases.map { day in
            "\(day.name) \(spans(settings.openingHours.weekly[day, default: []]))"
        }
        let special = settings.openingHours.exceptions.filter { $0.key >= today }
            .sorted { $0.key < $1.key }.prefix(Self.specialDaysMax)
        return (week + special.map { "\($0.key) \(spans($0.value))" }).joined(separator: ", ")
    }

    private static let specialDaysMax = 12
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
