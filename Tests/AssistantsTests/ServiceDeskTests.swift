import Assistants
import Foundation
import Pipelines
import Store
import TestSupport
import Testing

/// A service desk with a database in memory.
struct Desk {
    let database: Database
    let engine: ScriptedDialogueEngine
    let settings: AssistantSettings

    init(_ adjust: (inout AssistantSettings) -> Void = { _ in }) throws {
        var settings = AssistantSettings.sampleRestaurant(id: "handy", timeZone: newYork)
        settings.kind = .serviceDesk
        settings.name = "Handy"
        settings.desk.customerNumberDigits = 5
        settings.desk.customers = [
            Customer(number: "10041", name: "Paul Weber", phone: "+15552220041"),
            Customer(number: "10042", name: "Anna Meyer", phone: "+15552220042"),
        ]
        adjust(&settings)
        database = try Database(DatabaseOptions(path: ":memory:"))
        engine = ScriptedDialogueEngine(
            assistants: [settings], store: database, now: { wednesday })
        self.settings = settings
        let seeded = DispatchSemaphore(value: 0)
        engine.seed { _ in seeded.signal() }
        seeded.wait()
    }

    func call(_ sid: String = "CA1", from: String = "+15550001111") -> TextConversation {
        TextConversation(
            engine: engine, call: CallInfo(callSid: sid, assistantID: settings.id, from: from))
    }

    func tasks() async throws -> [TaskOrder] {
        try await database.value {
            database.tasks(assistantID: settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    func customers() async throws -> [Customer] {
        try await database.value { database.customers(assistantID: settings.id, completion: $0) }
    }
}

/// The service desk's dialogue beyond what `conversations/serviceDesk` shows.
@Suite struct ServiceDeskTests {
    @Test(arguments: [
        ("My heating is broken, it is leaking in the basement, it's urgent", "heating", "basement"),
        (
            "The toilet on the second floor is blocked as soon as possible", "plumbing",
            "second floor"
        ),
        ("there is no power in apartment 3B, it's an emergency", "electrical", "apartment 3B"),
        (
            "the fridge in room two oh four is making noise, very urgent", "appliances",
            "room two oh four"
        ),
        (
            "Our air conditioner in the server room stopped, right away please", "air conditioning",
            "server room"
        ),
        (
            "I'm locked out, the lock at 12 Elm Street is jammed, urgent", "locks and doors",
            "12 Elm Street"
        ),
        ("urgent, the bathroom sink on the first floor is clogged", "plumbing", "first floor"),
    ])
    func takesAllFromOneBreath(text: String, service: String, place: String) async throws {
        let desk = try Desk()
        let call = desk.call()
        _ = call.say("10042")
        let reply = call.say(text).text
        #expect(reply.hasSuffix("Shall I create the order?"), "\(reply)")
        #expect(call.say("yes").text.contains("Your task number is 1 0 0 1."))
        let task = try #require(try await desk.tasks().first)
        #expect(task.service == service && task.urgency == .urgent, "\(task)")
        #expect(task.location == place)
        #expect(!task.summary.lowercased().contains("urgent"), "\(task.summary)")
    }

    @Test func nothingIsCreatedBeforeTheTurnIsCommittedAndNothingTwice() async throws {
        let desk = try Desk()
        let call = desk.call()
        _ = call.say("10042")
        _ = call.say("The tap in the kitchen is dripping, it can wait")
        let dropped = call.begin(.speech(Transcript(text: "yes")), turn: 10, commits: false)
        call.cancel(turn: 10)
        #expect(dropped.soFar.sentences.isEmpty)
        #expect(try await desk.tasks().isEmpty)
        let yes = call.begin(.speech(Transcript(text: "yes")), turn: 11, commits: false)
        call.commit(turn: 11)
        call.commit(turn: 11)
        #expect(yes.wait().text.contains("Your order is created."))
        #expect(try await desk.tasks().count == 1)
    }

    @Test func aNumberThatWasNotHeardIsSaidAgain() async throws {
        let call = try Desk().call()
        _ = call.say("10042")
        _ = call.say("The tap in the kitchen is dripping, it can wait")
        let reply = call.begin(.speech(Transcript(text: "yes")), turn: 5, commits: true).wait()
        call.heard(turn: 5, text: reply.sentences[0])
        let bye = call.begin(.speech(Transcript(text: "bye")), turn: 6, commits: true).wait()
        #expect(bye.hangsUp && bye.text.contains("Your task number is 1 0 0 1."))
    }

    /// What Twilio gives for a number that is withheld, and what is not a number.
    static let hidden = [
        "", "anonymous", "Anonymous", "Restricted", "unavailable", "+266696687", "+7378742833",
        "+2562533", "+8656696", "+86282452253", "sip:peter@example.com", "+0123456789", "+1555",
    ]

    @Test(arguments: hidden)
    func aHiddenNumberIsNeitherOfferedNorTaken(from: String) async throws {
        let desk = try Desk()
        let call = desk.call(from: from)
        #expect(call.say("the number I am calling from").text.contains("I do not see the number"))
        _ = call.say("I'm new here")
        var said = call.say("Peter Stone").text
        for _ in 0..<2 {
            #expect(!said.contains("calling from"), "\(said)")
            said = call.say("hm what").text
        }
        let refused = call.say("this number").text
        #expect(refused.contains("I do not see the number"))
        #expect(!refused.contains("Is that right?"))
        _ = call.say("no")
        #expect(call.say("yes").text.contains("Your customer number is"))
        #expect(try await desk.customers().last?.phone == "")
    }

    @Test(arguments: hidden)
    func aHiddenNumberIsStoredNowhere(from: String) async throws {
        let restaurant = try Restaurant { $0.confirmsBySMS = true }
        let call = TextConversation(
            engine: restaurant.engine,
            call: CallInfo(
                callSid: "CA1", assistantID: restaurant.settings.id, from: from,
                to: "+15551230000"))
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.say("yes")
        #expect(try await restaurant.reservations().map(\.phone) == [""])
        let waiting = try await restaurant.database.value {
            restaurant.database.outboundCount(status: "waiting", completion: $0)
        }
        #expect(waiting == 0)
    }

    @Test(arguments: ["+15550001111", "+4930123456", "+6561234567"])
    func aNumberIsANumber(number: String) {
        #expect(TelephoneNumber.callback(number) == number)
    }

    @Test func withoutATelephoneARecordIsMadeAllTheSame() async throws {
        let desk = try Desk()
        let call = desk.call()
        _ = call.say("I don't have a number")
        _ = call.say("Peter Stone")
        #expect(call.say("no").text.contains("without a telephone number"))
        #expect(call.say("yes").text.contains("1 0 0, 4 3"))
        #expect(try await desk.customers().last == Customer(number: "10043", name: "Peter Stone"))
    }

    @Test func silenceKeysAndHandOver() throws {
        let call = try Desk { $0.handOverNumber = "+15559998888" }.call()
        #expect(call.hear(.silence(count: 1)).text.contains("Are you still there?"))
        #expect(call.hear(.dtmf("*")).text.contains("still there"))
        #expect(call.hear(.dtmf("10041")).text.hasPrefix("Hello Paul Weber."))
        for _ in 1...3 { #expect(!call.hear(.unintelligible).isLast) }
        #expect(call.hear(.unintelligible).handOverNumber == "+15559998888")
        #expect(try Desk().call().say("let me speak to a human").text.contains("nobody"))
    }

    @Test func aStoreThatFailsIsTriedAgainAndThenGivenUp() async throws {
        let desk = try Desk()
        let call = desk.call()
        desk.database.close()
        let first = call.say("10042")
        #expect(first.text.contains("cannot reach our records") && !first.isLast)
        #expect(call.say("yes").hangsUp)
    }

    @Test func itsOwnServices() async throws {
        let desk = try Desk {
            $0.desk.services = [
                ServiceType(name: "bicycles", words: ["bike", "wheel", "brake"]),
                ServiceType(name: "skis", words: ["ski", "binding"]),
            ]
        }
        let call = desk.call()
        _ = call.say("10041")
        #expect(call.say("My brakes are broken, no hurry").text == "Where is it?")
        #expect(call.say("at the corner of Main and Fifth").text.contains("bicycles"))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func nonsenseShakesNothing(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let lines = [
            "10042", "99999", "yes", "no", "my heating is broken", "in the kitchen", "it's urgent",
            "um",
            "", "what", "I'm new", "Peter Stone", "555 123 4567", "that's not me",
            "the place is wrong",
            "cancel", "start over", "help", "thanks", "repeat that", "(noise)", "💥🔧", "no rush",
            "12 Elm Street", "another problem", "how are you?", "'; DROP TABLE customers; --",
            "hold on",
            "this number", "I forgot my number", "water everywhere",
            "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7",
            "\u{202E}abc", "it is leaking and leaking", "make it the bathroom",
        ]
        let desk = try Desk {
            $0.failuresMax = 1000
            $0.logsTurns = false
        }
        var created = 0
        for number in 0..<30 {
            let call = desk.call("CA\(number)")
            var story: [String] = []
            for _ in 0..<15 {
                let line = lines.randomElement(using: &generator) ?? ""
                let reply = call.say(line)
                story.append("\(line) → \(reply.text)")
                let place = "seed \(seed): \(story.joined(separator: "\n"))"
                #expect(reply.error == nil && !reply.sentences.isEmpty, "\(place)")
                #expect(!reply.text.contains("{") && !reply.text.contains("  "), "\(place)")
                if line != "repeat that", line != "what",
                    reply.text.contains("Your order is created.")
                {
                    created += 1
                }
                if reply.isLast { break }
            }
        }
        #expect(try await desk.tasks().count == created, "seed \(seed)")
        print("seed \(seed): \(created) orders, \(try await desk.customers().count) customers")
    }

    @Test func theSameToolsInJSON() async throws {
        let desk = try Desk()
        func run(_ name: String, _ json: String, from: String = "+15552220041") async -> String {
            let context = ToolContext(
                rules: ReservationRules(desk.settings), store: desk.database, callSid: "CA1",
                callerNumber: from, conversation: "k-\(name)", now: wednesday)
            return await withCheckedContinuation { continuation in
                AssistantKind.serviceDesk.tools.run(name, json: Data(json.utf8), in: context) {
                    let text = (try? $0.get()).map { String(decoding: $0, as: UTF8.self) }
                    continuation.resume(returning: text ?? "failed")
                }
            }
        }
        #expect(
            await run("find_customer", #"{"number":"10042"}"#)
                == #"{"customer_number":"10042","name":"Anna Meyer","status":"found"}"#)
        #expect(await run("find_customer", "{}").contains("Paul Weber"))
        #expect(
            await run("find_customer", #"{"number":"55555"}"#) == #"{"status":"not_found"}"#)
        let entered = await run("create_customer", #"{"name":"Eve","phone":"+1 555 333 4444"}"#)
        #expect(entered == #"{"customer_number":"10043","name":"Eve","status":"entered"}"#)
        #expect(await run("create_customer", #"{"name":"Eve","phone":"soon"}"#).contains("refused"))
        let order =
            #"{"customer_number":"10043","service_type":"heating","description":"cold","location":"attic","urgency":"low"}"#
        #expect(
            await run("create_task_order", order) == #"{"status":"created","task_number":1001}"#)
        #expect(
            await run("create_task_order", order) == #"{"status":"created","task_number":1001}"#)
        #expect(
            await run("create_task_order", order.replacing("low", with: "whenever")) == "failed")
        #expect(try await desk.tasks().count == 1)
        for declaration in AssistantKind.serviceDesk.tools.declarations {
            #expect(
                try JSONSerialization.jsonObject(with: Data(declaration.parametersSchema.encoded()))
                    is [String: Any])
        }
    }

    @Test func aWholeNumberEndsTheTurn() throws {
        let call = try Desk().call()
        #expect(call.completeness(of: "one zero zero") == .incomplete)
        #expect(call.completeness(of: "10042") == .complete)
        _ = call.say("10042")
        #expect(call.completeness(of: "the heating in the") == .incomplete)
        _ = call.say("the heating in the kitchen is broken")
        #expect(call.completeness(of: "very urgent") == .complete)
    }
}
