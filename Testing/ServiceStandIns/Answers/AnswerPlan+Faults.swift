import TestSupport
import Wire

extension AnswerPlan {
    /// A complete JSON body.
    public init(status: Int = 200, json: JSONValue, atNanos: UInt64 = 0) {
        self.init(
            contentType: "application/json", isStreamed: false,
            pieces: [Piece(atNanos: atNanos, bytes: json.encoded())])
        self.status = status
    }

    /// An error as OpenAI's services put it.
    /// - Parameters:
    ///   - parameter: the one that is refused.
    ///   - code: OpenAI's word for the error; nil for the one that goes with the status, where one does.
    public init(
        status: Int, message: String, parameter: String? = nil, code: String? = nil,
        atNanos: UInt64 = 0
    ) {
        let type =
            switch status {
            case 400..<429, 430..<500: "invalid_request_error"
            case 429: "rate_limit_error"
            default: "server_error"
            }
        let error = JSONValue.object([
            .init("message", .string(message)), .init("type", .string(type)),
            .init("param", parameter.map { .string($0) } ?? .null),
            .init(
                "code",
                (code ?? (status == 429 ? "rate_limit_exceeded" : nil)).map { .string($0) }
                    ?? .null),
        ])
        self.init(status: status, json: .object([.init("error", error)]), atNanos: atNanos)
    }

    /// The plan with something gone wrong.
    public func suffering(_ fault: ServiceFault) -> AnswerPlan {
        var plan = self
        let firstNanos = pieces.first?.atNanos ?? 0
        switch fault {
        case .hang:
            plan.pieces = []
            plan.ending = .hang
        case .stall:
            plan.keepHalf()
            plan.ending = .hang
        case .cut:
            plan.keepHalf()
            plan.ending = .cut
        case .status(let status):
            return AnswerPlan(
                status: status, message: "The stand-in was told to fail.", atNanos: firstNanos)
        case .garbage:
            var generator = SeededGenerator(seed: 0xBAD)
            plan.pieces = [
                Piece(
                    atNanos: firstNanos,
                    bytes: (0..<257).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
            ]
        case .drip(let bytes, let everyMs): plan.drip(bytes: bytes, everyMs: everyMs)
        }
        return plan
    }

    private mutating func keepHalf() {
        isStreamed = true
        if pieces.count > 1 {
            pieces.removeLast(pieces.count / 2)
        } else if let only = pieces.first {
            pieces = [
                Piece(atNanos: only.atNanos, bytes: Array(only.bytes.prefix(only.bytes.count / 2)))
            ]
        }
    }

    private mutating func drip(bytes count: Int, everyMs: Int) {
        isStreamed = true
        let all = body
        var moment = pieces.first?.atNanos ?? 0
        pieces = stride(from: 0, to: all.count, by: count).map { start in
            defer { moment += UInt64(everyMs) * 1_000_000 }
            return Piece(atNanos: moment, bytes: Array(all[start..<min(start + count, all.count)]))
        }
    }
}
