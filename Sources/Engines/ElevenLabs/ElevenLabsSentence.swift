import Net
import Pipelines

/// One sentence on its way from ElevenLabs into its clip. Bound to the engine's loop, but for `init`.
final class ElevenLabsSentence: @unchecked Sendable {
    private let intake: SpeechIntake
    private let url: String
    private let service: RemoteService
    private let sockets: ElevenLabsSockets
    private let loop: EventLoop
    private var socket: ElevenLabsSocket?
    private var isSpare = false
    private var hasHeard = false
    /// Its body holds the sentence for as long as it waits.
    private var total: LoopTimer?
    private var first: LoopTimer?
    private var watch: SpeechWatch?

    init(
        _ intake: SpeechIntake, url: String, service: RemoteService, sockets: ElevenLabsSockets,
        loop: EventLoop
    ) {
        self.intake = intake
        self.url = url
        self.service = service
        self.sockets = sockets
        self.loop = loop
    }

    var text: String { intake.clip.text }

    func start() {
        guard !intake.isOver else { return }
        let total = loop.makeTimer { [self] in timeIsUp(afterMs: service.totalMs) }
        total.set(afterMs: service.totalMs)
        self.total = total
        first = loop.makeTimer { [unowned self] in timeIsUp(afterMs: service.firstByteMs) }
        let lateMs = service.silenceMsMax
        watch = SpeechWatch(loop: loop, lateMs: lateMs) { [unowned self] in
            timeIsUp(afterMs: lateMs)
        }
        let (socket, isSpare) = sockets.take(url)
        self.isSpare = isSpare
        use(socket)
        // Behind this sentence's own request, for the one that follows it.
        sockets.fill(url)
    }

    private func use(_ socket: ElevenLabsSocket) {
        self.socket = socket
        socket.speak(for: self)
    }

    func cancel() { end(nil) }

    // MARK: - Told by the socket

    /// The text is on its way.
    func sent() { first?.set(afterMs: service.firstByteMs) }

    func took(_ bytes: UnsafeRawBufferPointer) {
        guard !intake.isOver else { return }
        hasHeard = true
        do throws(SpeechFault) {
            switch try ElevenLabsMessage(bytes) {
            case .audio(let sound, let isLast):
                first?.cancel()
                try take(sound)
                if isLast { finish() }
            case .refused(let said): failed("the server says: \(said.prefix(200))")
            case .other: break
            }
        } catch {
            failed(error.reason)
        }
    }

    private func take(_ sound: [UInt8]) throws(SpeechFault) {
        var fault: SpeechFault?
        sound.withUnsafeBytes { bytes in
            do throws(SpeechFault) {
                try intake.take(bytes)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        watch?.heard(seconds: intake.seconds)
    }

    func failed(_ reason: String) { end(service.failed(reason)) }

    func closed(wasOpen: Bool, code: UInt16, reason: String) {
        guard !intake.isOver else { return }
        if isSpare, !hasHeard {
            // It was closed while nobody looked: that says nothing of the service.
            isSpare = false
            first?.cancel()
            return use(sockets.connect(url))
        }
        if code == WebSocketCloseCode.normal, intake.isWhole { return finish() }
        failed(
            wasOpen
                ? "the server closed the connection (\(code) \(reason.prefix(200)))"
                : "no connection: \(reason.prefix(200))")
    }

    // MARK: - The end

    private func finish() { end(intake.isWhole ? nil : service.failed(intake.shortness)) }

    private func timeIsUp(afterMs milliseconds: Int) {
        end(.timedOut(stage: service.stage, afterMs: milliseconds))
    }

    private func end(_ error: StageError?) {
        guard !intake.isOver else { return }
        total?.close()
        total = nil
        first?.close()
        first = nil
        watch?.close()
        watch = nil
        socket?.close()
        socket = nil
        intake.end(error)
    }
}
