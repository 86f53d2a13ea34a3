import Assembly
import Calls
import Configuration
import Foundation
import Net
import Realtime
import Store
import TwilioServer
import Wire

/// What the pages about calls need.
struct CallPageContext: Sendable {
    let registry: CallRegistry
    /// Calls that are held turn by turn; they end by being heard of no more.
    let gatherCalls: GatherCallList
    let database: Database
}

/// The pages that an operator's programs ask about calls; only with a token.
struct CallPages {
    let context: CallPageContext

    private static let sidCharactersMax = 64

    /// `GET /api/phone/active-calls`: the calls that are live now.
    func active() -> HTTPResponse {
        context.gatherCalls.sweep()
        let calls = context.registry.all.map(\.call)
        let now = WallClock.nowSeconds()
        return HTTPResponse(
            status: 200,
            json: .object([
                .init("active_calls", .integer(calls.count)),
                .init("calls", .array(calls.map { Self.json($0, now: now) })),
            ]))
    }

    /// `GET /api/phone/call-status/{sid}`: a call of now or before, with what was said.
    func status(_ callSid: String, _ responder: HTTPResponder) {
        guard callSid.count <= Self.sidCharactersMax, callSid.utf8.allSatisfy(Self.isPlain) else {
            return responder.respond(Self.unknown(callSid))
        }
        let bound = LoopBound(responder, loop: responder.loop)
        let live = context.registry[CallID(carrier: "twilio", name: callSid)]?.call
        context.database.call(sid: callSid) { [context] result in
            switch result {
            case .failure(let error):
                bound.loop.execute { bound.value.respond(Self.trouble(error)) }
            case .success(let record):
                guard let record = record ?? live.map(CallRecord.init) else {
                    return bound.loop.execute { bound.value.respond(Self.unknown(callSid)) }
                }
                context.database.turns(callSid: callSid) { turns in
                    bound.loop.execute {
                        switch turns {
                        case .failure(let error): bound.value.respond(Self.trouble(error))
                        case .success(let turns):
                            bound.value.respond(
                                HTTPResponse(status: 200, json: Self.json(record, live, turns)))
                        }
                    }
                }
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func unknown(_ callSid: String) -> HTTPResponse {
        .error(404, "unknown_call", "No call with this CallSid is known.")
    }

    private static func trouble(_ error: StoreError) -> HTTPResponse {
        .error(503, "unavailable", "The call log can't be read now: \(error)")
    }

    // MARK: - JSON

    private static func json(_ call: CallDescription, now: Int64) -> JSONValue {
        .object([
            .init("call_sid", .string(call.name)), .init("assistant", .string(call.assistantID)),
            .init("from", .string(call.from)), .init("to", .string(call.to)),
            .init("path", .string(call.path)), .init("status", .string("in-progress")),
            .init("started_at", date(call.startedAt)),
            .init("duration_seconds", .integer(Int(max(0, now - call.startedAt)))),
        ])
    }

    private static func json(
        _ record: CallRecord, _ live: CallDescription?, _ turns: [TurnRecord]
    ) -> JSONValue {
        let running = live.map { Int(max(0, WallClock.nowSeconds() - $0.startedAt)) }
        return .object([
            .init("call_sid", .string(record.callSid)),
            .init("assistant", .string(record.assistantID)),
            .init("from", .string(record.from)), .init("to", .string(record.to)),
            .init("status", .string(record.status)), .init("is_live", .bool(live != nil)),
            .init("path", live.map { .string($0.path) } ?? .null),
            .init("started_at", date(record.startedAt)),
            .init("ended_at", record.endedAt.map(date) ?? .null),
            .init(
                "duration_seconds",
                (record.durationSeconds ?? running).map { .integer($0) } ?? .null),
            .init(
                "turns",
                .array(
                    turns.map { turn in
                        .object([
                            .init("turn", .integer(turn.turn)), .init("at", date(turn.at)),
                            .init("caller", .string(turn.callerText)),
                            .init("assistant", .string(turn.agentText)),
                        ])
                    })),
        ])
    }

    private static func date(_ seconds: Int64) -> JSONValue {
        .string(Date(timeIntervalSince1970: Double(seconds)).ISO8601Format())
    }
}

extension CallRecord {
    /// A call that has begun and is not written down yet.
    fileprivate init(_ call: CallDescription) {
        self.init(
            callSid: call.name, assistantID: call.assistantID, from: call.from, to: call.to,
            startedAt: call.startedAt)
    }
}

extension CallPages {
    var pages: [Page] {
        [
            Page(
                "/api/phone/active-calls",
                APIOperation(
                    id: "listActiveCalls", tag: "calls", summary: "The calls that are live now.",
                    access: .bearer,
                    answers: [.init("200", "The calls.", .json(.named("LiveCalls")))]
                        + APIOperation.refusals),
                schemas: [("LiveCall", Self.liveCallSchema), ("LiveCalls", Self.liveCallsSchema)]
            ) { $2.respond(active()) },
            Page(
                "/api/phone/call-status/{call_sid}",
                APIOperation(
                    id: "getCallStatus", tag: "calls",
                    summary: "A call of now or before, with what was said.", access: .bearer,
                    parameters: [.init("call_sid", .text, "Twilio's CallSid.")],
                    answers: [.init("200", "The call.", .json(.named("Call")))]
                        + APIOperation.refusals + [
                            .init("404", "No such call is known.", .json(.named("Error"))),
                            .init("default", "The call log can't be read.", .json(.named("Error"))),
                        ]),
                schemas: [("Call", Self.callSchema), ("Turn", Self.turnSchema)]
            ) { status($1, $2) },
        ]
    }

    private static let liveCallSchema = APISchema.object(
        callFields + [
            .init("path", path, pathText), .init("status", .word(of: ["in-progress"])),
            .init("started_at", .date), .init("duration_seconds", .integer),
        ])

    private static let liveCallsSchema = APISchema.object([
        .init("active_calls", .integer), .init("calls", .list(.named("LiveCall"))),
    ])

    private static let callSchema = APISchema.object(
        callFields + [
            .init("status", .text, "Twilio's word: in-progress, completed, busy …"),
            .init("is_live", .boolean), .init("path", .orNull(path), pathText),
            .init("started_at", .date), .init("ended_at", .orNull(.date)),
            .init("duration_seconds", .orNull(.integer)),
            .init("turns", .list(.named("Turn"))),
        ])

    private static let turnSchema = APISchema.object([
        .init("turn", .integer), .init("at", .date), .init("caller", .text),
        .init("assistant", .text, "What the caller heard of the reply."),
    ])

    private static let callFields: [APISchema.Field] = [
        .init("call_sid", .text), .init("assistant", .text, "Its id in the configuration."),
        .init("from", .text), .init("to", .text),
    ]
    private static let path = APISchema.word(of: CallPath.allCases.map(\.rawValue))
    private static let pathText = "How the call is held; null for a call that is over."
}
