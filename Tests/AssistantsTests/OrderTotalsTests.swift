import Assistants
import Foundation
import Pipelines
import Store
import TestSupport
import Testing

/// Money: what is said, what is stored and what the menu says are the same to the cent.
@Suite struct OrderTotalsTests {
    /// An order in words, and its price from the text of the menu's file.
    private struct RandomOrder {
        var words: [String] = []
        var cents = 0
        var count = 0
    }

    /// Cents of "16.95", by digits.
    private func cents(_ decimal: Substring) -> Int {
        Int(decimal.filter { $0 != "." }) ?? -1
    }

    /// "Small 12.95|Large 16.95"
    private func priced(_ text: String) -> [(name: String, cents: Int)] {
        text.split(separator: "|").map { entry in
            let parts = entry.split(separator: " ")
            return (
                parts.dropLast().joined(separator: " "), parts.last.map { cents($0) } ?? -1
            )
        }
    }

    private func random(_ rows: [[String]], _ generator: inout some RandomNumberGenerator)
        -> RandomOrder
    {
        var order = RandomOrder()
        for row in rows.shuffled(using: &generator).prefix(Int.random(in: 1...4, using: &generator))
        {
            let quantity = Int.random(in: 1...9, using: &generator)
            var words = "\(quantity) "
            var unit = cents(row[2][...])
            if let size = priced(row[3]).randomElement(using: &generator) {
                words += size.name.lowercased() + " "
                unit = size.cents
            }
            words += row[0]
            let extras = priced(row[4]).shuffled(using: &generator)
                .prefix(Int.random(in: 0...2, using: &generator))
            if !extras.isEmpty {
                words += " with " + extras.map { $0.name.lowercased() }.joined(separator: " and ")
            }
            unit += extras.reduce(0) { $0 + $1.cents }
            order.words.append(words)
            order.cents += quantity * unit
            order.count += 1
        }
        return order
    }

    @Test func aThousandRandomOrdersAddUp() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let path = repository.appending(path: "samples/menus/bella-napoli.csv")
        let rows = try CSVReader.records(of: try String(contentsOf: path, encoding: .utf8))
            .dropFirst().map(\.fields)
        let menu = try sampleMenu()
        let restaurant = try Restaurant {
            $0.kind = .restaurant
            $0.restaurant.menu = menu
            $0.logsTurns = false
        }
        var expected: [Int] = []
        for number in 0..<1000 {
            let order = random(rows, &generator)
            let call = restaurant.call("CA\(number)")
            let text = "I'd like \(order.words.joined(separator: ", ")), for pickup"
            let spoken = call.say(text).text
            let total =
                "$\(order.cents / 100)"
                + (order.cents % 100 == 0 ? "" : "." + String("0\(order.cents % 100)".suffix(2)))
            #expect(spoken.contains("The total is \(total)."), "seed \(seed): \(text) → \(spoken)")
            let placed = call.say("yes").text
            #expect(placed.hasPrefix("Your order is confirmed."), "seed \(seed): \(placed)")
            expected.append(order.cents)
        }
        let orders = try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
        #expect(orders.map { Int($0.total.cents) } == expected, "seed \(seed)")
        for order in orders {
            let sum = order.lines.reduce(0) { sum, line in
                let extras = line.extras.reduce(0) { $0 + $1.price.cents }
                return sum + Int(line.unitPrice.cents + extras) * line.quantity
            }
            #expect(sum == Int(order.total.cents), "seed \(seed)")
        }
        #expect(orders.map(\.number) == Array(1001...2000))
    }
}
