import Assistants
import Foundation
import Pipelines
import Store
import TestSupport
import Testing

/// Conversations that make no sense, which must not shake the assistant.
@Suite struct RandomOrderTests {
    private static let lines = [
        "a margherita", "two large pepperoni pizzas with olives and extra cheese", "large", "small",
        "a pizza", "the second one", "any", "no", "yes", "yes please", "that's right",
        "remove that",
        "remove the coke", "take off one margherita", "a coke and a tiramisu", "make it three",
        "change the margherita to a caesar salad", "actually a diet coke instead", "delivery",
        "pickup", "12 Main Street", "for delivery to 5 Oak Road", "never mind", "start over",
        "what vegetarian options do you have?", "more", "how much is the gelato",
        "what's the total",
        "what's in the lasagna", "is the risotto gluten free", "do you have sushi",
        "without olives",
        "a table for two tomorrow at 7 pm", "John", "cancel", "repeat that", "help", "thanks",
        "hello", "um", "", "two", "half a dozen cannoli", "three scoops of gelato", "one scoop",
        "51 espressos", "a house salad with shrimp", "mushrooms", "extra cheese", "make it large",
        "how long does it take", "when are you open", "chicken", "a bottle of red wine", "zero",
        "make it zero", "not the coke", "seven thirty", "I'd like to order", "the menu please",
    ]

    private func total(in text: String) -> String? {
        text.components(separatedBy: "The total is ").last?.components(separatedBy: ". ").first
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyReplyIsWholeAndNothingIsOrderedUnasked(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let menu = try sampleMenu()
        let restaurant = try Restaurant {
            $0.kind = .restaurant
            $0.restaurant.menu = menu
            $0.failuresMax = 1000
            $0.logsTurns = false
        }
        var agreed: [String] = []
        for number in 0..<25 {
            let call = restaurant.call("CA\(number)")
            var story: [String] = []
            var before = ""
            for _ in 0..<12 {
                let line = Self.lines.randomElement(using: &generator) ?? ""
                let reply = call.say(line)
                story.append("\(line) → \(reply.text)")
                let place = "seed \(seed): \(story.joined(separator: "\n"))"
                #expect(reply.error == nil, "\(place)")
                #expect(!reply.sentences.isEmpty, "\(place)")
                #expect(!reply.text.contains("{") && !reply.text.contains("  "), "\(place)")
                // What is only said again was ordered before.
                if line != "repeat that", reply.text.hasPrefix("Your order is confirmed.") {
                    // What was agreed to is the total that was said in the turn before.
                    let isAsked =
                        before.contains("place the order?") || before.contains("yes or no")
                    #expect(isAsked, "\(place)")
                    agreed.append(total(in: before) ?? place)
                }
                if reply.text != "Take your time." { before = reply.text }
                if reply.isLast { break }
            }
        }
        let orders = try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
        #expect(orders.count == agreed.count)
        for (order, spoken) in zip(orders, agreed) where spoken.hasPrefix("$") {
            #expect(order.total.description == spoken, "seed \(seed)")
        }
        print("seed \(seed): \(orders.count) orders")
    }
}
