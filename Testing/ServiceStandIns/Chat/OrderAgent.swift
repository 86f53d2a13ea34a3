import Wire

/// A language model's part in taking an order, by rules: looks the menu up, asks for delivery or
/// pickup, has the tool say the total, asks whether that is right, and orders. Like
/// ``ReservationAgent`` it knows nothing but the messages.
struct OrderAgent: Sendable {
    typealias Step = ReservationAgent.Step

    private struct Dish {
        var name: String
        var sizes: [String]
    }

    private struct Line: Equatable {
        var dish: String
        var size: String
        var quantity: Int
    }

    private static let search = "search_menu"
    private static let price = "price_order"
    private static let place = "place_order"

    private var menu: [Dish]?
    private var lines: [Line] = []
    private var service: String?
    private var address: String?
    private var total: String?
    private var refusal: String?
    private var placed: (number: String, minutes: String)?
    private var isAsked = false
    private var isAgreed = false
    private var wantsToEnd = false

    /// What to answer; nil where the conversation is about something else, or no orders can be placed.
    static func step(_ request: ChatRequest) -> Step? {
        let names = Set(request.tools.map(\.name))
        guard names.isSuperset(of: [search, price, place]) else { return nil }
        let heard = request.messages.filter { $0.role == "user" }
            .flatMap { $0.content.lowercased().split { !$0.isLetter } }
        guard !heard.contains(where: { $0 == "table" || $0.hasPrefix("reserv") }) else {
            return nil
        }
        var agent = OrderAgent()
        // The menu was looked up after the first words, which are read by it all the same.
        for message in request.messages where message.role == "tool" {
            agent.takeMenu(message.content)
        }
        var calls: [String: String] = [:]
        for message in request.messages {
            for call in message.toolCalls { calls[call.id] = call.name }
            switch message.role {
            case "assistant":
                if !message.content.isEmpty {
                    agent.isAsked = message.content.lowercased().contains("shall i")
                }
            case "user": agent.hear(message.content.lowercased())
            case "tool":
                agent.takeResult(message.content, of: message.toolCallID.flatMap { calls[$0] })
            default: break
            }
        }
        return agent.next()
    }

    // MARK: - What was said

    private mutating func takeMenu(_ content: String) {
        guard let items = try? JSONValue(parsing: Array(content.utf8).span).arrayValue else {
            return
        }
        menu = items.map { item in
            Dish(
                name: item["name"]?.stringValue ?? "",
                sizes: (item["sizes"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        }
    }

    private mutating func hear(_ text: String) {
        refusal = nil
        let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let before = lines
        for dish in menu ?? [] {
            guard let range = text.firstRange(of: dish.name.lowercased()) else { continue }
            let lead = text[..<range.lowerBound].split { !$0.isLetter && !$0.isNumber }.suffix(2)
            let quantity = lead.lazy.compactMap { Self.numbers[String($0)] ?? Int($0) }.last ?? 1
            let size = dish.sizes.first { !$0.isEmpty && words.contains($0.lowercased()) }
            lines.removeAll { $0.dish == dish.name }
            lines.append(Line(dish: dish.name, size: size ?? "", quantity: quantity))
        }
        if words.contains("pickup") || text.contains("pick it up") { service = "pickup" }
        if let start = text.firstRange(of: "deliver") {
            service = "delivery"
            if let to = text[start.upperBound...].firstRange(of: " to ") {
                address = String(text[to.upperBound...].filter { $0 != "." })
            }
        }
        if lines != before {
            total = nil
            isAgreed = false
        } else if isAsked {
            isAgreed = words.contains("yes") || words.contains("correct")
        }
        wantsToEnd = words.contains("bye") || words.contains("goodbye")
    }

    private static let numbers = [
        "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    ]

    private mutating func takeResult(_ content: String, of tool: String?) {
        guard let json = try? JSONValue(parsing: Array(content.utf8).span) else { return }
        let status = json["status"]?.stringValue
        switch (tool, status) {
        case (Self.price, "priced"), (Self.place, "price_changed"):
            total = json["total"]?.stringValue
            if tool == Self.place { isAgreed = false }
        case (Self.place, "placed"):
            placed = (
                json["order_number"]?.intValue.map(String.init) ?? "",
                json["ready_minutes"]?.intValue.map(String.init) ?? ""
            )
        case (Self.price, _), (Self.place, _):
            refusal = json["reason"]?.stringValue ?? json["error"]?.stringValue ?? "no"
            isAgreed = false
        default: break
        }
    }

    // MARK: - What to do

    private func next() -> Step {
        if let placed {
            if wantsToEnd { return .say("Thank you for calling. Goodbye!") }
            return .say(
                "Your order number is \(placed.number). It is ready in \(placed.minutes) minutes. "
                    + "Anything else?")
        }
        if wantsToEnd { return .say("Goodbye!") }
        guard menu != nil else { return .call(tool: Self.search, arguments: .object([])) }
        if let refusal { return .say("I'm sorry: \(refusal). What would you like instead?") }
        guard !lines.isEmpty else { return .say("What would you like to order?") }
        guard let total else {
            return .call(tool: Self.price, arguments: .object([.init("items", items)]))
        }
        guard let service else { return .say("That is $\(total). Delivery or pickup?") }
        if service == "delivery", address == nil { return .say("Where shall we deliver it to?") }
        guard isAgreed else {
            let list = lines.map { "\($0.quantity) \($0.dish)" }.joined(separator: ", ")
            return .say("\(list), for \(service). The total is $\(total). Shall I place the order?")
        }
        var arguments: [JSONValue.Member] = [
            .init("items", items), .init("service", .string(service)),
            .init("total", .string(total)),
        ]
        if let address { arguments.append(.init("address", .string(address))) }
        return .call(tool: Self.place, arguments: .object(arguments))
    }

    private var items: JSONValue {
        .array(
            lines.map { line in
                var members: [JSONValue.Member] = [.init("item", .string(line.dish))]
                if !line.size.isEmpty { members.append(.init("size", .string(line.size))) }
                members.append(.init("quantity", .integer(line.quantity)))
                return .object(members)
            })
    }
}
