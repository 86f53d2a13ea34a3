import Language
import Store

/// Putting sentences together.
extension RestaurantTurn {
    func values(of key: OrderPromptKey) -> [String: String] {
        var result: [String: String] = [:]
        if !state.lines.isEmpty {
            result["items"] = words(state.lines)
            if let total = price(state.lines) { result["total"] = total.description }
        }
        if let address = state.address { result["address"] = address }
        if let placed = state.placed {
            result["number"] = SaidValues.digits(String(placed.number))
            result["minutes"] = String(placed.minutes)
        }
        switch state.stage {
        case .choosing(let mention):
            let offers = mention.ids.prefix(8).compactMap { state.menu?.items[$0].offer }
            result["options"] = SaidValues.list(offers)
        case .sizing(let line) where state.lines.indices.contains(line):
            let item = state.menu?.item(named: state.lines[line].item)
            result["item"] = state.lines[line].item
            result["options"] = item?.sizeOffers(conjunction: "or")
        default: break
        }
        return result
    }

    mutating func askAnythingElse() {
        state.stage = .done
        ask(.anythingElse)
    }

    // MARK: - Orders in words

    /// "2 Margherita Pizzas"; "1 large Pepperoni Pizza with olives".
    func words(_ line: RestaurantState.Line) -> String {
        var text = "\(line.quantity) "
        if let size = line.size, !size.isEmpty { text += size.lowercased() + " " }
        text += line.quantity > 1 ? Self.plural(line.item) : line.item
        if !line.extras.isEmpty {
            let extras = line.extras.map { $0.lowercased() }
            text += " with " + SaidValues.list(extras, conjunction: "and")
        }
        return text
    }

    func words(_ lines: [RestaurantState.Line]) -> String {
        SaidValues.list(lines.map(words), conjunction: "and")
    }

    /// Only of plain names: "Gnocchi al Pesto" has no plural that could be guessed.
    private static func plural(_ name: String) -> String {
        let words = name.split(separator: " ")
        guard words.count <= 2, let last = name.last, !"si".contains(last) else { return name }
        return name + (name.hasSuffix("ch") || name.hasSuffix("sh") ? "es" : "s")
    }

    /// Tells what lines have become, with what they cost.
    mutating func tell(_ touched: [Int], _ key: OrderPromptKey) {
        // A line that was named twice is told once.
        var known: [Int] = []
        for index in touched where state.lines.indices.contains(index) && !known.contains(index) {
            if state.lines[index].size != nil { known.append(index) }
        }
        let lines = known.map { state.lines[$0] }
        // What is read back as a whole in the next sentence is not said before.
        guard !lines.isEmpty, !isComplete, let total = price(lines) else { return }
        say(key, ["items": words(lines), "total": total.description])
    }

    mutating func tellLine(_ line: Int, _ key: OrderPromptKey) { tell([line], key) }

    mutating func tellOrder() {
        progress()
        guard !state.lines.isEmpty else { return say(.emptyOrder) }
        if price(state.lines) != nil { say(.total) }
    }

    /// How long the kitchen takes; of an order that is placed, what was promised.
    mutating func tellDuration() {
        progress()
        if state.placed != nil, state.lines.isEmpty {
            say(.ready)
        } else {
            let minutes = OrderService.allCases.map { String(rules.readyMinutes($0)) }
            say(.duration, ["delivery": minutes[0], "pickup": minutes[1]])
        }
        if state.stage != .done { askAgain() }
    }
}
