import Assistants
import Language
import Wire

/// A language model's part in booking a table, by rules: asks for party size, day, time and name,
/// looks whether a table is free, asks for confirmation, and books. It knows nothing but the
/// messages it is given, as a model does, and calls whatever tools are declared for it.
public struct ReservationAgent: Sendable {
    /// What the model answers.
    public enum Step: Sendable, Equatable {
        case say(String)
        case call(tool: String, arguments: JSONValue)
    }

    private var slots = Slots()
    private var availability = Availability.unknown
    private var isConfirmed = false
    private var bookedNumber: String?
    private var isBooked = false
    private var wantsToEnd = false
    private var isTurnedDown = false
    /// A tool failed or refused; what it said.
    private var refusal: String?
    private var expectation = ReservationExpectation.slots([.party, .date, .time, .name])
    private let tools: ReservationToolNames
    private let today: LocalDate

    struct Slots: Equatable {
        var party: Int?
        var date: LocalDate?
        var time: LocalTime?
        var name: String?
    }

    private enum Availability: Equatable {
        case unknown, free
        case full(alternatives: [String])
    }

    /// What to answer to a conversation.
    /// - Parameter today: taken where the instructions name no day as yyyy-MM-dd.
    public static func step(_ request: ChatRequest, today: LocalDate) -> Step {
        var agent = ReservationAgent(
            tools: ReservationToolNames(request.tools),
            today: statedDay(request.messages) ?? today)
        var calls: [String: ChatRequest.ToolCall] = [:]
        for message in request.messages {
            for call in message.toolCalls { calls[call.id] = call }
            switch message.role {
            case "assistant": agent.didSay(message.content)
            case "user": agent.hear(message.content)
            case "tool":
                agent.takeResult(
                    message.content, of: message.toolCallID.flatMap { calls[$0]?.name } ?? "")
            default: break
            }
        }
        return agent.next(request.tools)
    }

    private init(tools: ReservationToolNames, today: LocalDate) {
        self.tools = tools
        self.today = today
    }

    private static func statedDay(_ messages: [ChatRequest.Message]) -> LocalDate? {
        for message in messages where message.role == "system" || message.role == "developer" {
            let words = message.content.split { !$0.isNumber && $0 != "-" }
            if let day = words.lazy.compactMap({ LocalDate(String($0)) }).first { return day }
        }
        return nil
    }

    // MARK: - What was said

    private mutating func didSay(_ text: String) {
        // Its own questions, perhaps cut short where the caller interrupted.
        let said = text.lowercased()
        if said.contains("shall i") || said.contains("is that right") {
            expectation = .yesNo
        } else if said.contains("what name") {
            expectation = .slots(.name)
        } else if said.contains("what time") {
            expectation = .slots(.time)
        } else if said.contains("which day") {
            expectation = .slots(.date)
        } else if said.contains("how many") {
            expectation = .slots(.party)
        }
    }

    private mutating func hear(_ text: String) {
        refusal = nil
        isTurnedDown = false
        let heard = ReservationUnderstanding.read(text, expecting: expectation, today: today)
        let before = slots
        if let party = heard.partySize { slots.party = party }
        if case .day(let date)? = heard.date { slots.date = date }
        if let minutes = heard.time?.candidates.first {
            slots.time = LocalTime(wrappingMinutes: minutes)
        }
        if let name = heard.name { slots.name = name }
        if before.party != slots.party || before.date != slots.date || before.time != slots.time {
            availability = .unknown
        }
        if before != slots {
            isConfirmed = false
        } else if expectation == .yesNo {
            isConfirmed = heard.answer == .yes
            isTurnedDown = heard.answer == .no
        }
        wantsToEnd = heard.commands.contains(.goodbye)
    }

    private mutating func takeResult(_ content: String, of tool: String) {
        let bytes = Array(content.utf8)
        let json = (try? JSONValue(parsing: bytes.span)) ?? .string(content)
        let status =
            (json["status"]?.stringValue ?? json["error"]?.stringValue ?? json.stringValue ?? "")
            .lowercased()
        let isFree =
            json["available"]?.boolValue ?? ["available", "free", "ok", "yes"].contains(status)
        if tool == tools.check {
            let others = (json["alternatives"]?.arrayValue ?? []).compactMap(\.stringValue)
            if isFree {
                availability = .free
            } else if status == "full" || json["available"] != nil {
                availability = .full(alternatives: others)
            } else {
                refusal = json["reason"]?.stringValue ?? status
            }
        } else if tool == tools.create {
            bookedNumber =
                json["confirmation_number"]?.stringValue ?? json["reservation_id"]?.stringValue
                ?? json["id"]?.stringValue ?? json["id"]?.intValue.map(String.init)
            isBooked = bookedNumber != nil || ["booked", "created", "ok"].contains(status)
            if !isBooked {
                isConfirmed = false
                refusal = json["reason"]?.stringValue ?? status
            }
        }
    }

    // MARK: - What to do

    private func next(_ declared: [ChatRequest.Tool]) -> Step {
        if isBooked {
            if wantsToEnd { return .say("Thank you for calling. Goodbye!") }
            let number = bookedNumber.map { " Your number is \($0)." } ?? ""
            return .say("Your table is booked.\(number) Is there anything else?")
        }
        if wantsToEnd { return .say("Goodbye!") }
        if let refusal {
            return .say("I'm sorry, that is not possible: \(refusal). What else would suit you?")
        }
        guard let party = slots.party else { return .say("For how many people?") }
        guard let date = slots.date else { return .say("On which day would you like to come?") }
        guard let time = slots.time else { return .say("At what time?") }
        if availability == .unknown, let tool = tools.check {
            return call(tool, declared)
        }
        if case .full(let others) = availability {
            let offer = others.first.map { " \($0) would be free." } ?? ""
            return .say("I'm sorry, we are full then.\(offer) At what time would you like it?")
        }
        guard let name = slots.name else { return .say("Under what name shall the table be kept?") }
        if isConfirmed, let tool = tools.create { return call(tool, declared) }
        if isTurnedDown { return .say("What would you like to change?") }
        return .say(
            "A table for \(party) on \(date.weekday.name), \(date), at \(time), for \(name). "
                + "Shall I book it?")
    }

    private func call(_ name: String, _ declared: [ChatRequest.Tool]) -> Step {
        let tool = declared.first { $0.name == name }
        let arguments = (tool?.properties ?? []).compactMap { property -> JSONValue.Member? in
            argument(property).map { .init(property.name, $0) }
        }
        return .call(tool: name, arguments: .object(arguments))
    }

    /// The value for an argument, told by its name; nil where there is none.
    private func argument(_ property: JSONValue.Member) -> JSONValue? {
        let name = property.name.lowercased()
        func has(_ words: String...) -> Bool { words.contains { name.contains($0) } }
        if has("party", "people", "guest", "size", "cover", "seat"), !has("name") {
            return slots.party.map {
                property.value["type"]?.stringValue == "string" ? .string("\($0)") : .integer($0)
            }
        }
        if has("datetime", "date_time", "start", "when"), let date = slots.date,
            let time = slots.time
        {
            return .string("\(date)T\(time)")
        }
        if has("date", "day") { return slots.date.map { .string($0.description) } }
        if has("time", "hour") { return slots.time.map { .string($0.description) } }
        if has("name") { return slots.name.map { .string($0) } }
        return nil
    }
}

/// Which of the declared tools looks for a table, and which books it.
struct ReservationToolNames: Sendable {
    var check: String?
    var create: String?

    init(_ tools: [ChatRequest.Tool]) {
        func first(_ words: [String]) -> String? {
            tools.map(\.name).first { name in
                words.contains { name.lowercased().contains($0) }
                    && !["cancel", "change", "update"].contains { name.lowercased().contains($0) }
            }
        }
        check = first(["avail", "check", "find"])
        create = first(["create", "make", "book", "reserve"]).flatMap { $0 == check ? nil : $0 }
    }
}
