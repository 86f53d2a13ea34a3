import DSP
import Net
import Pipelines
import Synchronization

/// Bounds of speech that comes over the network.
public struct RemoteSpeechOptions: Sendable {
    /// Sentences made at once; more are refused.
    public var requestsMax = 64
    /// Longest sentence, in milliseconds of speech.
    public var playoutMsMax = 60_000
    /// Of the conversion to the call's rate.
    public var resampler = StreamingResampler.Quality.fastest

    public init() {}

    func makeClip(_ text: String, _ audio: CallAudio) -> SpeechClip {
        SpeechClip(text: text, audio: audio, secondsMax: (playoutMsMax + 999) / 1000)
    }
}

/// Counts what is under way and says when that is enough. Any thread.
final class RequestGate: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// False when there is no room; otherwise ``leave()`` must follow.
    func enter() -> Bool {
        let before = count.wrappingAdd(1, ordering: .relaxed).oldValue
        if before >= limit { leave() }
        return before < limit
    }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// Text to speech by a service behind HTTP, sent on as it arrives.
///
/// Requests run on one loop for all calls, off the calls' own loops: rate conversion takes time.
public final class RemoteSpeech: TextToSpeech {
    public var name: String { wire.name }
    private let wire: any SpeechWire
    private let options: RemoteSpeechOptions
    private let clients: RemoteClients
    private let loop: EventLoop
    private let gate: RequestGate

    /// - Parameter loop: any that runs as long as the engine is used.
    public init(
        _ wire: any SpeechWire, options: RemoteSpeechOptions = RemoteSpeechOptions(),
        clients: RemoteClients, loop: EventLoop
    ) {
        self.wire = wire
        self.options = options
        self.clients = clients
        self.loop = loop
        gate = RequestGate(limit: options.requestsMax)
        G711.warmUp()
    }

    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = options.makeClip(text, audio)
        guard gate.enter() else {
            clip.fail(.overloaded(stage: wire.service.stage))
            onAudio()
            return clip
        }
        let intake = SpeechIntake(
            clip, decoder: wire.makeDecoder(for: audio), resampler: options.resampler,
            onAudio: onAudio,
            onEnd: { [gate] in gate.leave() })
        let transfer = RemoteSpeechTransfer(
            wire, voice: voice, intake: intake, clients: clients, loop: loop)
        clip.onCancel { [loop] in loop.execute { transfer.cancel() } }
        loop.execute { transfer.start() }
        return clip
    }
}

extension RemoteSpeech: ServiceWarming {
    /// Warms the engine's own loop, where its requests are made; all voices share its connections.
    public func warm(on loop: any CallLoop) {
        self.loop.execute { [clients, wire, loop = self.loop] in
            clients.warm(wire.service, on: loop)
        }
    }
}

/// One sentence on its way from the server into its clip. Bound to the engine's loop, but for `init`.
private final class RemoteSpeechTransfer: @unchecked Sendable {
    private let wire: any SpeechWire
    private let voice: String?
    private let intake: SpeechIntake
    private let clients: RemoteClients
    private let loop: EventLoop
    private var form: Int
    private var task: HTTPClientTask?
    private var watch: SpeechWatch?
    private var status = 0
    private var refusal: [UInt8] = []

    init(
        _ wire: any SpeechWire, voice: String?, intake: SpeechIntake, clients: RemoteClients,
        loop: EventLoop
    ) {
        self.wire = wire
        self.voice = voice
        self.intake = intake
        self.clients = clients
        self.loop = loop
        form = wire.firstForm
    }

    func start() {
        guard !intake.isOver else { return }
        status = 0
        refusal = []
        let request = wire.request(
            for: intake.clip.text, voice: voice, audio: intake.clip.audio, form: form)
        task = clients.send(
            request, on: loop, onHead: { [self] in took($0) }, onBody: { [self] in took($0) },
            onEnd: { [self] in ended($0) })
    }

    func cancel() { end(nil) }

    private var isAnswer: Bool { (200..<300).contains(status) }

    private func took(_ head: HTTPClientHead) {
        status = head.status
        let type = head.headers["Content-Type"] ?? ""
        if isAnswer, !wire.canBeSpeech(contentType: type) {
            return end(wire.service.failed("the answer is \(type), not audio"))
        }
        // A server may send its head long before the first sound.
        heard()
    }

    private func took(_ bytes: UnsafeRawBufferPointer) {
        guard !intake.isOver else { return }
        guard isAnswer else {
            heard()
            refusal += bytes.prefix(RemoteService.refusalBytesMax - refusal.count)
            return
        }
        do throws(SpeechFault) {
            try intake.take(bytes)
            heard()
        } catch {
            end(wire.service.failed(error.reason))
        }
    }

    private func heard() {
        let lateMs = wire.service.silenceMsMax
        let watch =
            self.watch
            ?? SpeechWatch(loop: loop, lateMs: lateMs) { [unowned self] in
                end(.timedOut(stage: wire.service.stage, afterMs: lateMs))
            }
        self.watch = watch
        watch.heard(seconds: intake.seconds)
    }

    private func ended(_ result: Result<HTTPClientSummary, NetError>) {
        guard !intake.isOver else { return }
        task = nil
        watch?.close()
        watch = nil
        switch result {
        case .failure(let error): end(wire.service.error(error))
        case .success where isAnswer:
            wire.understood(form: form)
            drain()
        case .success:
            guard let next = wire.form(after: form, refusedWith: status) else {
                return end(wire.service.refusal(status: status, body: refusal))
            }
            form = next
            start()
        }
    }

    private func drain() {
        guard !intake.isOver else { return }
        do throws(SpeechFault) {
            if try intake.drain() { return loop.execute { self.drain() } }
            end(intake.isWhole ? nil : wire.service.failed(intake.shortness))
        } catch {
            end(wire.service.failed(error.reason))
        }
    }

    private func end(_ error: StageError?) {
        watch?.close()
        watch = nil
        task?.cancel()
        task = nil
        intake.end(error)
    }
}
