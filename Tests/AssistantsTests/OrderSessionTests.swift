import Assistants
import Foundation
import Pipelines
import Store
import Testing

/// Orders by text against a database in memory: what is promised, what is stored, and when.
@Suite struct OrderSessionTests {
    private static let menu = [
        MenuItem(
            name: "Fish Soup", category: "Soups", tags: ["gluten-free"],
            sizes: [.init(name: "", price: Money(cents: 750))],
            extras: [.init(name: "Bread", price: Money(cents: 125))]),
        MenuItem(
            name: "Apple Pie", category: "Desserts", tags: ["vegetarian"],
            sizes: [
                .init(name: "Slice", price: Money(cents: 405)),
                .init(name: "Whole", price: Money(cents: 2995)),
            ]),
    ]

    private func makeRestaurant(
        now: Date = wednesday, _ adjust: (inout AssistantSettings) -> Void = { _ in }
    ) throws -> Restaurant {
        try Restaurant(now: now) {
            $0.kind = .restaurant
            $0.restaurant.menu = Self.menu
            adjust(&$0)
        }
    }

    private func orders(_ restaurant: Restaurant) async throws -> [Order] {
        try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    private func speech(_ text: String) -> CallerInput { .speech(Transcript(text: text)) }

    @Test func anOrderIsPlacedWithTheCommitAndOnce() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        #expect(
            call.say("two fish soups for pickup").text
                == "2 Fish Soups, for pickup. The total is $15. Shall I place the order?")
        let pending = call.begin(speech("yes"), turn: 9, commits: false)
        #expect(try await orders(restaurant).isEmpty)
        #expect(pending.soFar.sentences.isEmpty)
        call.commit(turn: 9)
        #expect(
            pending.wait().text
                == "Your order is confirmed. Your order number is 1 0 0 1. It will be ready in 20 "
                + "minutes. Is there anything else?")
        call.commit(turn: 9)
        let order = try #require(try await orders(restaurant).first)
        #expect(try await orders(restaurant).count == 1)
        #expect(order.phone == "+15550001111" && order.callSid == "CA1")
        #expect(order.readyAt - order.createdAt == 20 * 60)
        #expect(order.createdAt == Int64(wednesday.timeIntervalSince1970))
    }

    @Test func aSpeculativeYesThatGoesOnOrdersNothing() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("two fish soups for pickup")
        _ = call.begin(speech("Yes"), turn: 9, commits: false)
        call.cancel(turn: 9)
        let whole = call.begin(speech("Yes, and a slice of apple pie"), turn: 9, commits: true)
            .wait()
        #expect(whole.text.contains("The total is $19.05."))
        #expect(try await orders(restaurant).isEmpty)
    }

    @Test func aReplyCancelledAfterTheCommitIsOrderedAndItsNumberToldLater() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup for pickup")
        _ = call.begin(speech("yes"), turn: 2, commits: true)
        call.cancel(turn: 2)
        call.heard(turn: 2, text: "")
        let end = call.begin(speech("goodbye"), turn: 3, commits: true).wait()
        #expect(end.text.contains("Your order number is 1 0 0 1."))
        #expect(end.hangsUp)
        #expect(try await orders(restaurant).count == 1)
    }

    @Test func hangingUpBeforeTheCommitOrdersNothing() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup for pickup")
        _ = call.begin(speech("yes"), turn: 2, commits: false)
        call.close()
        call.commit(turn: 2)
        #expect(try await orders(restaurant).isEmpty)
    }

    @Test func aPriceThatChangedIsToldBeforeAnythingIsOrdered() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup and a whole apple pie for pickup")
        var dear = Self.menu
        dear[0].sizes[0].price = Money(cents: 800)
        let newMenu = dear
        try await restaurant.database.value {
            restaurant.database.replaceMenu(
                newMenu, assistantID: restaurant.settings.id, completion: $0)
        }
        #expect(
            call.say("yes").text
                == "Our prices have just changed. 1 Fish Soup and 1 whole Apple Pie, for pickup. "
                + "The total is $37.95. Shall I place the order?")
        #expect(try await orders(restaurant).isEmpty)
        #expect(call.say("yes").text.hasPrefix("Your order is confirmed."))
        #expect(try await orders(restaurant).map(\.total.cents) == [3795])
    }

    @Test func whatIsNotSoldAnyMoreIsTakenOff() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup and a whole apple pie for pickup")
        try await restaurant.database.value {
            restaurant.database.replaceMenu(
                [Self.menu[1]], assistantID: restaurant.settings.id, completion: $0)
        }
        let told = call.say("yes").text
        #expect(told.hasPrefix("I am sorry, we have just run out of Fish Soup."))
        #expect(told.contains("The total is $29.95."))
    }

    @Test func aFailingStoreConfirmsNothing() throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup for pickup")
        restaurant.database.close()
        let failed = call.say("yes")
        #expect(
            failed.text
                == "I am sorry, I cannot reach our order book right now. Shall I try once more?")
        let again = call.say("yes")
        #expect(again.hangsUp)
        #expect(!again.text.contains("confirmed"))
    }

    @Test func aRestaurantWithoutAMenuStillBooksTables() async throws {
        let restaurant = try makeRestaurant { $0.restaurant.menu = [] }
        let call = restaurant.call()
        #expect(
            call.say("I'd like to order something").text
                == "I am sorry, I do not have our menu here. Is there anything else?")
        #expect(call.say("a table for two tomorrow at 7 pm under John").text.contains("under John"))
        #expect(call.say("yes").text.contains("is booked"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func aQuestionInTheMiddleOfAReservationDoesNotEndIt() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        #expect(call.say("a table for two tomorrow at 7 pm").text.hasSuffix("put it under?"))
        #expect(
            call.say("What desserts do you have?").text
                == "We have Apple Pie from $4.05. What name shall I put it under?")
        #expect(call.say("John").text.contains("under John"))
        #expect(call.say("yes").text.contains("is booked"))
    }

    @Test func aTableInTheMiddleOfAnOrderLeadsBackToIt() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        #expect(
            call.say("a fish soup").text == "1 Fish Soup: $7.50. Is that for delivery or pickup?")
        _ = call.say("Wait, I also need to book a table for two tomorrow at 7 pm under John")
        let booked = call.say("yes").text
        #expect(booked.contains("is booked"))
        #expect(booked.hasSuffix("Is that for delivery or pickup?"))
        #expect(call.say("pickup").text.contains("The total is $7.50."))
    }

    @Test(arguments: [
        ("2026-11-25 11:59", false), ("2026-11-25 12:00", true), ("2026-11-25 22:59", true),
        ("2026-11-25 23:00", false),
    ])
    func ordersAreTakenInOpeningHours(time: String, isTaken: Bool) throws {
        let call = try makeRestaurant(now: instant(time)).call()
        let text = call.say("a fish soup").text
        #expect(text.contains("closed right now") == !isTaken, "\(text)")
    }

    @Test(arguments: [
        ("deliver it to 456 Oak Avenue please", "456 Oak Avenue"),
        ("it's 12 Queens Gate, apartment 4B", "12 Queens Gate, apartment 4B"),
        ("my address is 7 Broadway", "7 Broadway"),
        ("123-125 Main St., Apt. 9", "123-125 Main St Apt 9"),
        ("one twenty three Main Street", "one twenty three Main Street"),
        ("22 Elm Road, Springfield and make it quick", "22 Elm Road, Springfield"),
    ])
    func addressesAreTakenAsTheyAreSaid(said: String, written: String) async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        #expect(call.say("a fish soup for delivery").text.hasSuffix("the delivery address?"))
        #expect(call.say(said).text.contains("for delivery to \(written). The total is $7.50."))
        _ = call.say("yes")
        #expect(try await orders(restaurant).map(\.address) == [written])
    }

    @Test(arguments: [
        ("actually I'll pick it up in 20 minutes", "for pickup"), ("make it 3", "3 Fish Soups"),
        ("that one", "Where shall we deliver it?"), ("2 more fish soups", "3 Fish Soups"),
        ("how long does it take, 20 minutes?", "a delivery in 30 minutes. What is the delivery"),
    ])
    func whatIsNoAddressIsNotTakenForOne(said: String, answer: String) throws {
        let call = try makeRestaurant().call()
        _ = call.say("a fish soup for delivery")
        let text = call.say(said).text
        #expect(text.contains(answer) && !text.contains("for delivery to"), "\(text)")
    }

    @Test func silenceIsJudgedByWhatWasAsked() throws {
        let call = try makeRestaurant().call()
        #expect(call.completeness(of: "I'd like two") == .incomplete)
        #expect(call.completeness(of: "a table for four") != .incomplete)
        _ = call.say("a fish soup")
        #expect(call.completeness(of: "pickup") == .complete)
        #expect(call.completeness(of: "delivery to") == .incomplete)
        _ = call.say("delivery")
        #expect(call.completeness(of: "12") == .incomplete)
        #expect(call.completeness(of: "12 Main Street, apartment 3") == .unknown)
        _ = call.say("12 Main Street")
        #expect(call.completeness(of: "yes") == .complete)
        #expect(call.completeness(of: "yes and") == .incomplete)
        #expect(call.completeness(of: "never mind") == .complete)
    }

    @Test func moreThanTheKitchenTakesIsRefused() throws {
        let call = try makeRestaurant().call()
        #expect(call.say("51 fish soups").text.hasPrefix("I can take up to 50 of one dish."))
        #expect(call.say("50 fish soups").text.hasPrefix("50 Fish Soups: $375."))
    }

    @Test func aVeryLongMessageIsAnswered() throws {
        let call = try makeRestaurant().call()
        let text = "a fish soup please " + String(repeating: "and then I said hello ", count: 500)
        #expect(call.say(text).text.hasPrefix("1 Fish Soup: $7.50."))
    }

    @Test(arguments: [
        "'; DROP TABLE orders; --", "{total} {address}", "🍕🍕🍕", "\u{202E}שלום", "%s%n",
    ])
    func strangeWordsDoNoHarm(text: String) async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("a fish soup for delivery")
        _ = call.say(text)
        _ = call.say("12 Main Street")
        #expect(call.say("yes").text.hasPrefix("Your order is confirmed."), "\(text)")
        #expect(try await orders(restaurant).map(\.address) == ["12 Main Street"])
    }
}

/// The tools as a language model calls them.
@Suite struct OrderToolTests {
    private func run(_ name: String, _ json: String) async throws -> String {
        let database = try Database(DatabaseOptions(path: ":memory:"))
        var settings = AssistantSettings.sampleRestaurant(timeZone: newYork)
        settings.kind = .restaurant
        let menu = try sampleMenu()
        let id = settings.id
        try await database.value { database.replaceMenu(menu, assistantID: id, completion: $0) }
        let context = ToolContext(
            rules: ReservationRules(settings), store: database, callSid: "CA1",
            callerNumber: "+1555", conversation: "k", now: wednesday)
        let result = await withCheckedContinuation { continuation in
            AssistantKind.restaurant.tools.run(name, json: Data(json.utf8), in: context) {
                continuation.resume(returning: $0)
            }
        }
        return String(decoding: try result.get(), as: UTF8.self)
    }

    @Test func theMenuIsSearchedByNameAndLabel() async throws {
        let found = try await run("search_menu", #"{"query":"falafel"}"#)
        #expect(found.contains(#""name":"Falafel Wrap""#) && found.contains(#""price":"11.00""#))
        let vegan = try await run("search_menu", #"{"query":"salad","dietary":["vegan"]}"#)
        #expect(vegan.contains("House Salad") && !vegan.contains("Caesar Salad"))
    }

    @Test func anOrderIsPricedAndPlaced() async throws {
        let items =
            #"{"items":[{"item":"Margherita Pizza","size":"Large","extras":["Olives"],"quantity":2}]"#
        #expect(
            try await run("price_order", items + "}") == #"{"status":"priced","total":"36.40"}"#)
        #expect(
            try await run("place_order", items + #","service":"pickup","total":"36.40"}"#)
                == #"{"order_number":1001,"ready_minutes":20,"status":"placed","total":"36.40"}"#)
        #expect(
            try await run("place_order", items + #","service":"pickup","total":"1.00"}"#)
                == #"{"status":"price_changed","total":"36.40"}"#)
        #expect(
            try await run("place_order", items + #","service":"delivery","total":"36.40"}"#)
                == #"{"reason":"a delivery needs an address","status":"refused"}"#)
    }

    @Test func schemasAreJSON() throws {
        for tool in AssistantKind.restaurant.tools.declarations {
            let schema = try JSONSerialization.jsonObject(
                with: Data(tool.parametersSchema.encoded()))
            #expect((schema as? [String: Any])?["type"] as? String == "object", "\(tool.name)")
        }
        #expect(
            String(decoding: PriceOrder.declaration.parametersSchema.encoded(), as: UTF8.self)
                .contains(
                    #""required":["item","quantity"],"additionalProperties":false"#))
    }
}
