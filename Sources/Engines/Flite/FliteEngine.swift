import CFlite
import DSP
import Pipelines
import Realtime

/// The options of local speech by flite.
public struct FliteOptions: Sendable {
    /// rms, slt, awb or kal.
    public var voice = "rms"
    /// Sentences made at once; 0 means one a core.
    public var workers = 0
    /// Sentences that may wait.
    public var queueMax = 256
    /// Longest sentence, in milliseconds of speech.
    public var playoutMsMax = 60_000
    /// Of the conversion to the call's rate, for voices that are not made at 16 kHz.
    public var resampler = StreamingResampler.Quality.fastest

    public init() {}
}

/// Text to speech by flite in this process, streamed as it is made.
public final class FliteEngine: TextToSpeech {
    public let name = "flite"
    private let options: FliteOptions
    private let pool: WorkerPool
    /// By voice, one instance a worker; made when a voice is first asked for.
    private let voices: Locked<[String: [FliteVoice]]>

    /// - Throws: when the voice is not one of those that are built in.
    public init(_ options: FliteOptions = FliteOptions()) throws(StageError) {
        self.options = options
        let workers = options.workers > 0 ? options.workers : WorkerPool.coreCount
        guard let instances = Self.makeVoices(options.voice, count: workers) else {
            throw Self.unknownVoice(options.voice)
        }
        voices = Locked([options.voice: instances])
        pool = WorkerPool(name: "flite", workerCount: workers, queueMax: options.queueMax)
        G711.warmUp()
    }

    deinit { pool.close() }

    /// Sentences that wait for a worker.
    public var queuedCount: Int { pool.queuedCount }

    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(
            text: text, audio: audio, secondsMax: (options.playoutMsMax + 999) / 1000)
        let voiceName = voice ?? options.voice
        let job = pool.submit { [self] worker in
            guard let instance = instance(of: voiceName, worker: worker) else {
                clip.fail(Self.unknownVoice(voiceName))
                onAudio()
                return
            }
            fill(clip, with: instance, onAudio: onAudio)
        }
        if job == nil {
            clip.fail(.overloaded(stage: "flite"))
            onAudio()
        }
        return clip
    }

    private func fill(
        _ clip: SpeechClip, with voice: FliteVoice, onAudio: @escaping @Sendable () -> Void
    ) {
        guard !clip.isCancelled else { return clip.finish() }
        let encoder = SpeechEncoder(clip: clip, quality: options.resampler)
        var sampleCount = 0
        func speak() -> Bool {
            voice.speak(clip.text) { piece, rate in
                sampleCount += piece.count
                if encoder.append(piece, rate: rate) { onAudio() }
                return !clip.isCancelled
            }
        }
        var isSpoken = speak()
        // flite, which shares values between threads, now and then makes nothing of words that it
        // speaks the next time; what has no words has no speech.
        let hasWords = clip.text.contains { $0.isLetter || $0.isNumber }
        if sampleCount == 0, hasWords, !clip.isCancelled { isSpoken = speak() && sampleCount > 0 }
        encoder.finish()
        if isSpoken || clip.isCancelled {
            clip.finish()
        } else {
            clip.fail(.failed(stage: "flite", reason: "no speech could be made of '\(clip.text)'"))
        }
        onAudio()
    }

    private func instance(of name: String, worker: Int) -> FliteVoice? {
        voices.withLock { voices in
            if voices[name] == nil {
                voices[name] = Self.makeVoices(name, count: pool.workerCount)
            }
            return voices[name]?[worker]
        }
    }

    private static let registration = Locked(())
    /// Once a process: flite makes its tables anew each time, under the hands of who is speaking.
    private static let isInitialised: Bool = { flite_init() == 0 }()

    /// Instances of one voice, one for each thread that is to speak with it; nil for a voice that is
    /// not built in. Any thread.
    package static func makeVoices(_ name: String, count: Int) -> [FliteVoice]? {
        registration.withLock { _ in
            _ = isInitialised
            let made = (0..<count).compactMap { _ in FliteVoice(name: name) }
            return made.count == count ? made : nil
        }
    }

    private static func unknownVoice(_ name: String) -> StageError {
        .failed(
            stage: "flite",
            reason: "there is no voice '\(name)'; choose one of "
                + FliteVoice.names.joined(separator: ", "))
    }
}
