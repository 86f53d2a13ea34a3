import Net

/// Tells when an answer that has begun to come falls silent: nothing has come for too long, and the speech
/// that came has been listened to. Whoever speaks last in a chain has nobody else to notice. Bound to a loop.
final class SpeechWatch {
    private let loop: EventLoop
    private let lateMs: Int
    private var timer: LoopTimer?
    private var beginNanos: UInt64?
    /// When the listener has come to the end of what is there, and when the last of it came.
    private var listenedNanos: UInt64 = 0
    private var heardNanos: UInt64 = 0

    /// - Parameters:
    ///   - lateMs: silence that is still waited for.
    ///   - onLate: called once.
    init(loop: EventLoop, lateMs: Int, onLate: @escaping () -> Void) {
        self.loop = loop
        self.lateMs = lateMs
        timer = loop.makeTimer { [unowned self] in
            if loop.nowNanos < dueNanos { timer?.set(atNanos: dueNanos) } else { onLate() }
        }
    }

    private var dueNanos: UInt64 { max(listenedNanos, heardNanos) + UInt64(lateMs) * 1_000_000 }

    /// Something has come.
    /// - Parameter seconds: of speech that are there by now.
    func heard(seconds: Double) {
        let now = loop.nowNanos
        let begin = beginNanos ?? now
        if beginNanos == nil { timer?.set(afterMs: lateMs) }
        beginNanos = begin
        listenedNanos = begin + UInt64(seconds * 1e9)
        heardNanos = now
    }

    /// Nothing more is expected.
    func close() {
        timer?.close()
        timer = nil
    }
}
