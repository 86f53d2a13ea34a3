import ServiceStandIns
import Testing
import Wire

@Suite struct FaultTests {
    private let plan = AnswerPlan(
        contentType: "text/event-stream", isStreamed: true,
        pieces: (1...6).map {
            .init(atNanos: UInt64($0) * 10, bytes: [UInt8](repeating: 65, count: $0))
        })

    @Test func hangingSendsNothingAndKeepsTheConnection() {
        let hung = plan.suffering(.hang)
        #expect(hung.pieces.isEmpty)
        #expect(hung.ending == .hang)
    }

    @Test func stallAndCutSendHalf() {
        #expect(plan.suffering(.stall).pieces == Array(plan.pieces.prefix(3)))
        #expect(plan.suffering(.stall).ending == .hang)
        #expect(plan.suffering(.cut).pieces == Array(plan.pieces.prefix(3)))
        #expect(plan.suffering(.cut).ending == .cut)
        let whole = AnswerPlan(json: .object([.init("text", .string("four people"))]), atNanos: 9)
        let cut = whole.suffering(.cut)
        #expect(cut.isStreamed)
        #expect(cut.body == Array(whole.body.prefix(whole.body.count / 2)))
    }

    @Test(arguments: [(429, "rate_limit_error"), (500, "server_error"), (503, "server_error")])
    func statusIsOpenAIsError(_ status: Int, _ type: String) throws {
        let failed = plan.suffering(.status(status))
        #expect(failed.status == status)
        #expect(failed.pieces.map(\.atNanos) == [10])
        let json = try JSONValue(parsing: failed.body.span)
        #expect(json["error"]?["type"]?.stringValue == type)
        #expect(json["error"]?["message"]?.stringValue?.isEmpty == false)
    }

    @Test func garbageIsNoJSON() {
        let garbled = plan.suffering(.garbage)
        #expect(garbled.status == 200)
        #expect(garbled.ending == .finish)
        #expect(throws: JSONError.self) { try JSONValue(parsing: garbled.body.span) }
    }

    @Test func dripLosesNothing() {
        let dripped = plan.suffering(.drip(bytes: 4, everyMs: 5))
        #expect(dripped.body == plan.body)
        #expect(dripped.pieces.count == 6)
        #expect(dripped.pieces.map(\.atNanos) == (0..<6).map { 10 + $0 * 5_000_000 })
    }

    @Test func faultsAreCountedDown() throws {
        let board = FaultBoard()
        let order = try JSONValue(
            parsing: Array(#"{"service":"llm","fault":"status","status":429,"count":2}"#.utf8).span)
        #expect(board.obey(order) == nil)
        #expect(board.take(.stt) == nil)
        #expect(board.take(.llm) == .status(429))
        #expect(board.take(.llm) == .status(429))
        #expect(board.take(.llm) == nil)
    }

    @Test func faultsWithoutCountLastUntilTakenAway() throws {
        let board = FaultBoard()
        let order = try JSONValue(parsing: Array(#"{"fault":"drip","bytes":8}"#.utf8).span)
        #expect(board.obey(order) == nil)
        for service in StandInService.allCases {
            for _ in 0..<5 { #expect(board.take(service) == .drip(bytes: 8, everyMs: 200)) }
        }
        let none = try JSONValue(parsing: Array(#"{"service":"tts","fault":"none"}"#.utf8).span)
        #expect(board.obey(none) == nil)
        #expect(board.take(.tts) == nil)
        #expect(board.take(.stt) != nil)
    }

    @Test(arguments: [
        #"{"fault":"explode"}"#, #"{"service":"dns","fault":"hang"}"#,
        #"{"fault":"hang","count":0}"#,
        #"{"fault":"status","status":200}"#, #"{"fault":"drip","bytes":0}"#, "{}",
    ])
    func nonsenseIsRefused(_ text: String) throws {
        let board = FaultBoard()
        #expect(board.obey(try JSONValue(parsing: Array(text.utf8).span)) != nil)
        #expect(StandInService.allCases.allSatisfy { board.take($0) == nil })
    }
}
