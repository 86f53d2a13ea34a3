import DSP
import Pipelines
import Realtime
import Synchronization

/// The options of a local Whisper.
public struct WhisperOptions: Sendable {
    /// A ggml model file.
    public var modelPath: String
    /// ISO 639-1 code; English-only models take "en".
    public var language = "en"
    /// Words to expect, such as the names on a menu.
    public var prompt = ""
    /// How many names of the call's vocabulary are told as well; each costs a little time.
    public var vocabularyMax = 0
    /// Decodes at once; each holds about 20 MB beside the shared model. 0 means one a core.
    public var workers = 0
    /// Threads of one decode.
    public var threads = 1
    /// Utterances that may wait for a worker.
    public var queueMax = 64
    /// Longest utterance, in milliseconds; Whisper itself hears 30 s at a time.
    public var utteranceMsMax = 30_000

    public init(modelPath: String) { self.modelPath = modelPath }

    /// What a decoder is told before it begins: whisper.cpp keeps the end of it, where it is too long.
    package func prompt(with vocabulary: [String]) -> String {
        let names = vocabulary.prefix(vocabularyMax)
        guard !names.isEmpty else { return prompt }
        let list = names.joined(separator: ", ") + "."
        return prompt.isEmpty ? list : prompt + " " + list
    }
}

/// Speech to text by whisper.cpp in this process: one model for all calls, a worker thread for each
/// decode under way, first come first served.
public final class WhisperEngine: SpeechToText {
    public let name = "whisper"
    let options: WhisperOptions
    let pool: WorkerPool
    let model: WhisperModel
    private let abortedCounter = Atomic<Int>(0)
    private let decodedCounter = Atomic<Int>(0)
    private let decodeNanosCounter = Atomic<UInt64>(0)

    /// Loads the model; blocking.
    public init(_ options: WhisperOptions) throws(StageError) {
        let workers = options.workers > 0 ? options.workers : WorkerPool.coreCount
        model = try WhisperModel(path: options.modelPath, workerCount: workers)
        self.options = options
        pool = WorkerPool(name: "whisper", workerCount: workers, queueMax: options.queueMax)
    }

    deinit { pool.close() }

    /// Utterances that wait for a worker.
    public var queuedCount: Int { pool.queuedCount }
    /// Decodes that were cancelled while they ran.
    public var abortedCount: Int { abortedCounter.load(ordering: .relaxed) }
    /// Decodes that came to an end.
    public var decodedCount: Int { decodedCounter.load(ordering: .relaxed) }
    /// Time spent on those, in seconds.
    public var decodeSeconds: Double { Double(decodeNanosCounter.load(ordering: .relaxed)) / 1e9 }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        WhisperSession(
            engine: self, prompt: options.prompt(with: call.vocabulary), loop: loop)
    }

    /// Decodes once so that the first call does not pay for what is done lazily. Blocking.
    public func warmUp() throws(StageError) {
        // A tone: silence is not decoded.
        _ = try transcribe(samples8k: (0..<8000).map { $0 % 16 < 8 ? 4000 : -4000 })
    }

    /// Transcribes a whole recording of at most 30 s. Blocking; for the command line and tests.
    /// - Parameter samples8k: linear samples at 8 kHz.
    /// - Parameter vocabulary: see ``CallInfo/vocabulary``.
    public func transcribe(
        samples8k: [Int16], vocabulary: [String] = []
    ) throws(StageError) -> Transcript {
        let prompt = options.prompt(with: vocabulary)
        let answer = Locked<Result<Transcript, StageError>?>(nil)
        let done = WaitFlag()
        let job = pool.submit { [self] worker in
            let result = decode(
                samples8k, prompt: prompt, worker: worker, cancellation: WhisperCancellation())
            answer.withLock {
                $0 = result ?? .failure(.failed(stage: "whisper", reason: "cancelled"))
            }
            done.set()
        }
        guard job != nil else { throw .overloaded(stage: "whisper") }
        done.wait()
        let result = answer.withLock { $0 }
        guard let result else { throw .failed(stage: "whisper", reason: "no answer") }
        return try result.get()
    }

    /// On a worker's thread. Nil when it was cancelled.
    func decode(
        _ samples8k: [Int16], prompt: String, worker: Int, cancellation: WhisperCancellation
    ) -> Result<Transcript, StageError>? {
        guard !cancellation.isCancelled else { return nil }
        guard WhisperAudio.hasSound(samples8k) else { return .success(Transcript(text: "")) }
        let began = MonotonicClock.nowNanos()
        do throws(StageError) {
            let transcript = try model.decode(
                WhisperAudio.prepare(samples8k), worker: worker,
                request: .init(
                    threads: options.threads, language: options.language, prompt: prompt,
                    cancellation: cancellation))
            guard let transcript else {
                abortedCounter.wrappingAdd(1, ordering: .relaxed)
                return nil
            }
            decodedCounter.wrappingAdd(1, ordering: .relaxed)
            decodeNanosCounter.wrappingAdd(MonotonicClock.nowNanos() - began, ordering: .relaxed)
            return .success(transcript)
        } catch {
            return .failure(error)
        }
    }
}
