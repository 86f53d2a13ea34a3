import DSP
import Net
import Synchronization

/// What text to speech by `POST /v1/audio/speech` is set up with.
public struct OpenAISpeechOptions: Sendable {
    public enum Format: String, Sendable, CaseIterable { case pcm, wav }

    public var service: RemoteService
    public var model: String
    public var voice: String
    public var format = Format.pcm
    /// Of `pcm`, which does not say so itself: Hz.
    public var pcmRate = 24_000
    /// 1 is the voice's own pace.
    public var rate = 1.0
    /// Of the conversion to the telephone's rate.
    public var resampler = StreamingResampler.Quality.fastest
    /// Sentences made at once; more are refused.
    public var requestsMax = 64
    /// Longest sentence, in milliseconds of speech.
    public var playoutMsMax = 60_000

    public init(service: RemoteService, model: String, voice: String) {
        self.service = service
        self.model = model
        self.voice = voice
    }
}

/// Text to speech by a server with OpenAI's interface, sent on as it arrives.
///
/// Source: OpenAI API reference, "Create speech"; `pcm` is 24 kHz, 16 bits, mono, little-endian.
/// Requests run on one loop for all calls, off the calls' own loops: rate conversion takes time.
public final class OpenAISpeech: TextToSpeech {
    public let name = "openai"
    let options: OpenAISpeechOptions
    private let clients: RemoteClients
    private let loop: EventLoop
    private let requestCount = Atomic<Int>(0)

    /// - Parameter loop: any that runs as long as the engine is used.
    public init(_ options: OpenAISpeechOptions, clients: RemoteClients, loop: EventLoop) {
        self.options = options
        self.clients = clients
        self.loop = loop
        G711.warmUp()
    }

    public func synthesize(
        _ text: String, voice: String?, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(text: text, secondsMax: (options.playoutMsMax + 999) / 1000)
        let before = requestCount.wrappingAdd(1, ordering: .relaxed).oldValue
        guard before < options.requestsMax else {
            requestCount.wrappingSubtract(1, ordering: .relaxed)
            clip.fail(.overloaded(stage: options.service.stage))
            onAudio()
            return clip
        }
        let transfer = OpenAISpeechTransfer(options, clip: clip, onAudio: onAudio) { [self] in
            requestCount.wrappingSubtract(1, ordering: .relaxed)
        }
        let request = request(for: text, voice: voice)
        clip.onCancel { [loop] in loop.execute { transfer.cancel() } }
        loop.execute { [clients, loop] in transfer.start(request, with: clients, on: loop) }
        return clip
    }

    private func request(for text: String, voice: String?) -> HTTPClientRequest {
        var members: [JSONValue.Member] = [
            .init("model", .string(options.model)), .init("input", .string(text)),
            .init("voice", .string(voice ?? options.voice)),
            .init("response_format", .string(options.format.rawValue)),
        ]
        if options.rate != 1 { members.append(.init("speed", .number(options.rate))) }
        return options.service.post(
            "/audio/speech", contentType: "application/json",
            body: JSONValue.object(members).encoded())
    }
}

extension OpenAISpeech: ServiceWarming {
    /// Warms the engine's own loop, where its requests are made.
    public func warm(on loop: EventLoop) {
        self.loop.execute { [clients, options, loop = self.loop] in
            clients.warm(options.service, on: loop)
        }
    }
}

/// One sentence on its way from the server into its clip. Bound to the engine's loop, but for `init`.
private final class OpenAISpeechTransfer: @unchecked Sendable {
    private let options: OpenAISpeechOptions
    private let clip: SpeechClip
    private let onAudio: @Sendable () -> Void
    private let onEnd: @Sendable () -> Void
    private let encoder: SpeechEncoder
    private var task: HTTPClientTask?
    private var status = 0
    private var refusal: [UInt8] = []
    private var wave = WaveStream()
    /// Half a sample, when a piece ended inside one.
    private var oddByte: UInt8?
    private var sampleCount = 0
    private var isOver = false

    init(
        _ options: OpenAISpeechOptions, clip: SpeechClip, onAudio: @escaping @Sendable () -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.options = options
        self.clip = clip
        self.onAudio = onAudio
        self.onEnd = onEnd
        encoder = SpeechEncoder(clip: clip, quality: options.resampler)
    }

    func start(_ request: HTTPClientRequest, with clients: RemoteClients, on loop: EventLoop) {
        guard !isOver else { return }
        task = clients.send(
            request, on: loop, onHead: { [self] in took($0) }, onBody: { [self] in took($0) },
            onEnd: { [self] in ended($0) })
    }

    func cancel() {
        guard !isOver else { return }
        end(nil)
    }

    private func took(_ head: HTTPClientHead) {
        status = head.status
        let type = head.headers["Content-Type"] ?? ""
        guard (200..<300).contains(status), type.contains("json") || type.hasPrefix("text/") else {
            return
        }
        end(options.service.failed("the answer is \(type), not audio"))
    }

    private func took(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver else { return }
        guard (200..<300).contains(status) else {
            refusal += bytes.prefix(RemoteService.refusalBytesMax - refusal.count)
            return
        }
        do throws(WaveStream.Fault) {
            let sound = options.format == .wav ? try wave.append(Array(bytes)) : Array(bytes)
            take(sound, rate: wave.rate ?? options.pcmRate)
        } catch {
            switch error {
            case .notWave: end(options.service.failed("the answer is no WAV file"))
            case .format(let reason): end(options.service.failed(reason))
            }
        }
    }

    private func take(_ sound: [UInt8], rate: Int) {
        var bytes = sound[...]
        var samples: [Int16] = []
        samples.reserveCapacity(bytes.count / 2 + 1)
        if let low = oddByte, let high = bytes.popFirst() {
            oddByte = nil
            samples.append(Int16(bitPattern: UInt16(low) | UInt16(high) << 8))
        }
        if bytes.count % 2 == 1 { oddByte = bytes.popLast() }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            samples.append(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8))
            index += 2
        }
        guard !samples.isEmpty else { return }
        sampleCount += samples.count
        if samples.withUnsafeBufferPointer({ encoder.append($0, rate: rate) }) { onAudio() }
    }

    private func ended(_ result: Result<HTTPClientSummary, NetError>) {
        guard !isOver else { return }
        switch result {
        case .failure(let error): end(options.service.error(error))
        case .success where !(200..<300).contains(status):
            end(options.service.refusal(status: status, body: refusal))
        case .success where sampleCount < sampleCountMin:
            end(
                options.service.failed(
                    "the answer holds \(sampleCount) samples, too few for the text"))
        case .success:
            encoder.finish()
            end(nil)
        }
    }

    /// Nobody speaks eight times as fast as others: what is shorter is no speech.
    private var sampleCountMin: Int {
        let rate = wave.rate ?? options.pcmRate
        return max(1, clip.text.count * rate / SpokenLength.lettersPerSecond / 8)
    }

    private func end(_ error: StageError?) {
        isOver = true
        task?.cancel()
        task = nil
        if let error { clip.fail(error) } else { clip.finish() }
        onEnd()
        onAudio()
    }
}
