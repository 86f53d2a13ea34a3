import Net
import Realtime
import Twilio

/// A webhook that waits for an answer that may be slow: it is answered by whichever comes first, the
/// answer or the end of its patience. Lives on its request's loop.
final class WebhookWait {
    private var responder: HTTPResponder?
    private let timer: LoopTimer
    private let filler: () -> HTTPResponse

    /// - Parameter filler: what is answered when the time is over.
    init(_ responder: HTTPResponder, afterMs: Int, filler: @escaping () -> HTTPResponse) {
        self.responder = responder
        self.filler = filler
        let relay = Relay()
        timer = responder.loop.makeTimer { relay.wait?.timeIsUp() }
        relay.wait = self
        timer.set(afterMs: afterMs)
    }

    /// Holds the wait until its timer is closed.
    private final class Relay { var wait: WebhookWait? }

    /// Answers, where nothing was answered yet.
    func answer(_ response: HTTPResponse) {
        guard let responder else { return }
        self.responder = nil
        timer.close()
        responder.respond(response)
    }

    private func timeIsUp() { answer(filler()) }
}
