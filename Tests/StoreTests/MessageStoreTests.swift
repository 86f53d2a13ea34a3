import Foundation
import Store
import Testing

private func message(_ sid: String, at: UnixSeconds = 100, body: String = "hi") -> InboundMessage {
    InboundMessage(
        sid: sid, assistantID: "r", conversationID: "text:1", customer: "+1", business: "+2",
        receivedAt: at, body: body)
}

private func conversation(turn: Int, expiresAt: UnixSeconds = 1000) -> TextConversationRecord {
    TextConversationRecord(id: "text:1", turn: turn, memory: "{\"t\":1}", expiresAt: expiresAt)
}

extension Database {
    fileprivate func context(_ sid: String, at: UnixSeconds = 100) async throws -> MessageContext {
        try await value {
            messageContext(sid: sid, customer: "+1", business: "+2", at: at, completion: $0)
        }
    }
    fileprivate func record(_ answered: AnsweredMessage) async throws -> AnswerOutcome {
        try await value { recordAnswer(answered, completion: $0) }
    }
    fileprivate func claim(nowMs: Int64 = 10_000, leaseMs: Int64 = 500) async throws
        -> [OutboundMessage]
    {
        try await value {
            claimOutbound(limit: 10, nowMs: nowMs, leaseMs: leaseMs, completion: $0)
        }
    }
    fileprivate func settle(_ id: Int64, _ outcome: SendOutcome) async throws {
        try await value { settleOutbound(id: id, outcome, completion: $0) }
    }
    fileprivate func count(_ status: String) async throws -> Int {
        try await value { outboundCount(status: status, completion: $0) }
    }
}

/// Messages, conversations by text and the outbox.
@Suite struct MessageStoreTests {
    @Test(arguments: StoreKind.allCases)
    func aMessageIsAnsweredOnce(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        #expect(try await store.database.context("SM1") == MessageContext())
        let answered = AnsweredMessage(
            message: message("SM1"), reply: ["one", "two"], conversation: conversation(turn: 1),
            version: 0)
        #expect(try await store.database.record(answered) == .stored)
        var again = answered
        again.reply = ["another"]
        #expect(try await store.database.record(again) == .answeredBefore(["one", "two"]))
        // It is all there after a restart.
        store.database.close()
        let reopened = try store.another()
        defer { reopened.close() }
        let context = try await reopened.context("SM1")
        #expect(context.earlierReply == ["one", "two"])
        #expect(context.conversation == conversation(turn: 1) && context.version == 1)
        let kept = try await reopened.value {
            reopened.recentMessages(assistantID: "r", limit: 5, completion: $0)
        }
        #expect(kept == [message("SM1")])
    }

    @Test(arguments: StoreKind.allCases)
    func anEmptyReplyIsAReply(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let answered = AnsweredMessage(
            message: message("SM1"), reply: [], conversation: nil, version: 0)
        #expect(try await store.database.record(answered) == .stored)
        #expect(try await store.database.context("SM1").earlierReply == [])
        #expect(try await store.database.context("SM2").earlierReply == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func whoWasOvertakenStartsAgain(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        func answer(_ sid: String, version: Int) async throws -> AnswerOutcome {
            try await store.database.record(
                AnsweredMessage(
                    message: message(sid), reply: [sid], conversation: conversation(turn: 1),
                    version: version))
        }
        #expect(try await answer("SM1", version: 0) == .stored)
        #expect(try await answer("SM2", version: 0) == .overtaken)
        #expect(try await store.database.context("SM2").earlierReply == nil)
        #expect(try await answer("SM2", version: 1) == .stored)
    }

    @Test(arguments: StoreKind.allCases)
    func conversationsExpireAndEnd(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        _ = try await database.record(
            AnsweredMessage(
                message: message("SM1"), reply: [], conversation: conversation(turn: 1),
                version: 0))
        #expect(try await database.context("SM2", at: 999).conversation?.turn == 1)
        let late = try await database.context("SM2", at: 1000)
        #expect(late.conversation == nil && late.version == 1)
        _ = try await database.record(
            AnsweredMessage(message: message("SM2"), reply: [], conversation: nil, version: 1))
        let ended = try await database.context("SM3", at: 100)
        #expect(ended.conversation == nil && ended.version == 2)
    }

    @Test(arguments: StoreKind.allCases)
    func whoStopsGetsNoConfirmations(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        try await database.seed([4])
        _ = try await database.record(
            AnsweredMessage(
                message: message("SM1"), reply: [], conversation: nil, version: 0, optsOut: true))
        #expect(try await database.context("SM2").hasOptedOut)
        var wish = new(query(2), key: "k")
        wish.confirmation = ConfirmationRoute(recipient: "+1", sender: "+2")
        _ = try await database.book(wish)
        #expect(try await database.claim().isEmpty)
        #expect(try await database.count("suppressed") == 1)
        _ = try await database.record(
            AnsweredMessage(
                message: message("SM2"), reply: [], conversation: nil, version: 1, optsOut: false))
        #expect(try await !database.context("SM3").hasOptedOut)
    }

    @Test(arguments: StoreKind.allCases)
    func aConfirmationIsQueuedWithWhatItConfirms(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        try await database.seed([2])
        var wish = new(query(2), key: "k")
        wish.confirmation = ConfirmationRoute(recipient: "+15550001111", sender: "+15552223333")
        _ = try await database.book(wish)
        _ = try await database.book(wish)
        // The table is taken: nothing is booked and nothing is sent.
        var other = new(query(2), key: "other")
        other.confirmation = wish.confirmation
        _ = try await database.book(other)
        let claimed = try await database.claim()
        #expect(claimed.count == 1 && claimed.first?.attempts == 1)
        #expect(claimed.first?.isUncertain == false && claimed.first?.route == wish.confirmation)
        guard case .reservation(let reservation)? = claimed.first?.subject else {
            Issue.record("it is of no reservation")
            return
        }
        #expect(reservation.idempotencyKey == "k")
    }

    @Test(arguments: StoreKind.allCases)
    func aClaimThatIsNotSettledIsGivenOutAgainAsUncertain(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        try await database.seed([4, 4])
        for key in ["a", "b"] {
            var wish = new(query(2), key: key)
            wish.confirmation = ConfirmationRoute(recipient: "+1", sender: "+2")
            _ = try await database.book(wish)
        }
        let first = try await database.claim(nowMs: 10_000, leaseMs: 500)
        #expect(first.count == 2)
        #expect(try await database.claim(nowMs: 10_499).isEmpty)
        try await database.settle(first[0].id, .sent(messageSid: "SMx"))
        let second = try await database.claim(nowMs: 10_500)
        #expect(second.map(\.id) == [first[1].id])
        #expect(second.first?.isUncertain == true && second.first?.attempts == 2)
        try await database.settle(
            first[1].id, .retry(atMs: 20_000, error: "busy", isUncertain: false))
        #expect(try await database.claim(nowMs: 19_999).isEmpty)
        #expect(try await database.claim(nowMs: 20_000).first?.isUncertain == false)
        try await database.settle(first[1].id, .failed(error: "no"))
        #expect(try await database.claim(nowMs: 1_000_000).isEmpty)
        #expect(try await database.count("sent") == 1)
        #expect(try await database.count("failed") == 1)
        for (status, isKnown) in [("delivered", true), ("sent", true)] {
            let found = try await database.value {
                database.recordDelivery(messageSid: "SMx", status: status, completion: $0)
            }
            #expect(found == isKnown)
        }
        let unknown = try await database.value {
            database.recordDelivery(messageSid: "SMy", status: "delivered", completion: $0)
        }
        #expect(!unknown)
    }
}

/// Many operations at once share commits; what fails among them takes nothing with it.
@Suite struct CommitGroupTests {
    @Test(arguments: StoreKind.allCases)
    func thousandsAtOnceAreAllKeptInOrder(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        try await database.seed([2])
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<2000 {
                group.addTask {
                    // Every third is refused by a rule of the schema.
                    let size = number % 3 == 0 ? 0 : 1
                    let query = query(size, at: evening + Int64(number) * 86_400)
                    let booked = try? await database.book(new(query, key: "k\(number)"))
                    return (number, booked != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes.filter(\.value).count == 1333)
        #expect(outcomes.allSatisfy { ($0.key % 3 != 0) == $0.value })
        // They are on the disk: another connection sees them.
        let other = try store.another()
        defer { other.close() }
        #expect(try await other.all().count == 1333)
    }

    @Test(arguments: StoreKind.allCases)
    func answersComeInTheOrderAsked(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        let order = OrderOfAnswers()
        await withCheckedContinuation { continuation in
            for number in 0..<500 {
                let call = CallRecord(callSid: "CA\(number)", assistantID: "r", startedAt: 1)
                database.recordCall(call) { _ in
                    order.append(number)
                    if number == 499 { continuation.resume() }
                }
            }
        }
        #expect(order.numbers == Array(0..<500))
    }

    /// Appended to on the store's worker, read behind the last.
    private final class OrderOfAnswers: @unchecked Sendable {
        private(set) var numbers: [Int] = []
        func append(_ number: Int) { numbers.append(number) }
    }

    @Test(arguments: StoreKind.allCases)
    func aMenuThatAnotherProgramWritesIsSoldAtOnce(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let other = try store.another()
        defer { other.close() }
        func menu(_ price: Int64) -> [MenuItem] {
            [
                MenuItem(
                    name: "Soup", category: "Starters",
                    sizes: [.init(name: "", price: Money(cents: price))])
            ]
        }
        for price in [450, 495, 520] as [Int64] {
            try await other.value {
                other.replaceMenu(menu(price), assistantID: "r", completion: $0)
            }
            for _ in 0..<2 {
                let read = try await store.database.value {
                    store.database.menu(assistantID: "r", completion: $0)
                }
                #expect(read == menu(price))
            }
        }
    }
}
