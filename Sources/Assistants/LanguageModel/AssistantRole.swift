import Foundation
import Net
import Pipelines
import Store

/// What a language model is told in order to do an assistant's business: the same settings, rules and
/// tools as the scripted dialogue goes by.
public struct AssistantRole: Sendable {
    private let settings: AssistantSettings
    private let store: any RecordStore
    private let now: @Sendable () -> Date
    private let log: AssistantLog

    /// - Parameter now: the time of day; settable for tests.
    public init(
        _ settings: AssistantSettings, store: any RecordStore,
        now: @escaping @Sendable () -> Date = { Date() }, log: @escaping AssistantLog = { _, _ in }
    ) {
        self.settings = settings
        self.store = store
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
            run: { [store, now, log] call, answer in
                let context = ToolContext(
                    rules: rules, store: store, callSid: call.call.callSid,
                    callerNumber: call.call.from, idempotencyKey: call.idempotencyKey, now: now(),
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
        return role
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
            "Opening hours: \(hours(settings, from: today)).",
            "Parties of up to \(settings.partySizeMax) people can be booked.",
            "Never say that a table is free, booked, changed or cancelled unless a tool has just said "
                + "so. Before you book, change or cancel, read everything back and wait for a yes.",
        ]
        if channel == .voice { lines.append("Read a confirmation number out digit by digit.") }
        if settings.kind == .restaurant {
            lines.append(
                "Dishes, prices and totals come from the tools, never from you. An order is placed only "
                    + "when place_order says so, at the total that price_order gave and the guest agreed "
                    + "to. Ask for delivery or pickup, and for the address of a delivery.")
        }
        if !extra.isEmpty { lines.append(extra) }
        return lines.joined(separator: "\n")
    }

    private static func business(_ kind: AssistantKind) -> String {
        switch kind {
        case .reservations: "take reservations"
        case .restaurant: "take orders and reservations and answer questions about the menu"
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
        let schema = try? JSONValue(parsing: Array(declaration.parametersSchema.utf8).span)
        self.init(
            name: declaration.name, summary: declaration.summary, parameters: schema ?? .object([]),
            hasEffect: declaration.effect == .writes)
    }
}
