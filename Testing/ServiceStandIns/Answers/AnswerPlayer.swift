import Net

/// Sends an answer as its plan says. Lives on the connection's loop; it and the responder keep each
/// other until the answer is complete or the client is gone.
final class AnswerPlayer {
    private let responder: HTTPResponder
    private let plan: AnswerPlan
    private let service: StandInService
    private let statistics: ServiceStatistics
    private let startNanos: UInt64
    private var timer: LoopTimer?
    private var next = 0
    private var hasBegun = false
    private var isOver = false

    /// - Parameter startNanos: when the request came (CLOCK_MONOTONIC).
    init(
        _ plan: AnswerPlan, to responder: HTTPResponder, service: StandInService,
        startNanos: UInt64, statistics: ServiceStatistics
    ) {
        self.plan = plan
        self.responder = responder
        self.service = service
        self.startNanos = startNanos
        self.statistics = statistics
    }

    /// Loop only. The request has been counted as begun.
    func start() {
        guard responder.isOpen else { return end(cancelled: true) }
        responder.onClosed = { self.end(cancelled: true) }
        // Clients of such services that end their side have given up.
        responder.onPeerEnded = { self.end(cancelled: true) }
        responder.onWritable = { [unowned self] in advance() }
        guard !plan.pieces.isEmpty else {
            if plan.ending != .hang { end(cancelled: false) }
            return
        }
        // The timer holds the player until it is closed at the end.
        timer = responder.loop.makeTimer { self.advance() }
        advance()
    }

    private func advance() {
        while !isOver, next < plan.pieces.count {
            let dueNanos = startNanos + plan.pieces[next].atNanos
            let nowNanos = responder.loop.nowNanos
            guard dueNanos <= nowNanos else {
                timer?.set(atNanos: dueNanos)
                return
            }
            guard send(plan.pieces[next].bytes) else { return }
            statistics.sent(service, lateNanos: nowNanos - dueNanos)
            next += 1
        }
        if !isOver { conclude() }
    }

    /// False when the client's queue is full or the client gone: `onWritable` or `onClosed` follows.
    private func send(_ bytes: [UInt8]) -> Bool {
        var head = HTTPResponse(
            status: plan.status, headers: ["Content-Type": plan.contentType])
        if let date = plan.date { head.headers["Date"] = date }
        guard plan.isStreamed else {
            var whole = head
            whole.body = plan.body
            next = plan.pieces.count - 1
            responder.respond(whole)
            return true
        }
        if !hasBegun {
            hasBegun = true
            responder.startStreaming(head)
        }
        return bytes.isEmpty || bytes.withUnsafeBytes { responder.write($0) }
    }

    private func conclude() {
        switch plan.ending {
        case .finish:
            if plan.isStreamed { responder.finish() }
            end(cancelled: false)
        case .hang: break
        // A streamed answer that is dropped unfinished cuts its connection.
        case .cut: end(cancelled: false)
        }
    }

    private func end(cancelled: Bool) {
        guard !isOver else { return }
        isOver = true
        statistics.ended(service, cancelled: cancelled)
        timer?.close()
        timer = nil
        responder.onClosed = nil
        responder.onPeerEnded = nil
        responder.onWritable = nil
    }
}
