import CWhisper
import Foundation
import Pipelines

/// A ggml Whisper model in memory, shared by all calls, with one decoding state a worker.
final class WhisperModel: @unchecked Sendable {
    // The context is read-only after init; each state is used by one worker thread at a time.

    private let context: OpaquePointer
    private let states: [OpaquePointer]

    /// Loads the file (blocking: about 75 MB for tiny).
    init(path: String, workerCount: Int) throws(StageError) {
        whisper_log_set({ _, _, _ in }, nil)
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .failed(
                stage: "whisper",
                reason: "the model file \(path) can't be read; get it with streamd model pull, or "
                    + "name a ggml file with stt: [{engine: whisper, model: /path/to/ggml-….bin}]")
        }
        var parameters = whisper_context_default_params()
        parameters.use_gpu = false
        guard let context = whisper_init_from_file_with_params_no_state(path, parameters) else {
            throw .failed(
                stage: "whisper", reason: "\(path) is not a ggml Whisper model; fetch it again")
        }
        var states: [OpaquePointer] = []
        for _ in 0..<workerCount {
            guard let state = whisper_init_state(context) else {
                states.forEach(whisper_free_state)
                whisper_free(context)
                throw .failed(
                    stage: "whisper", reason: "no memory for \(workerCount) decoders; lower workers"
                )
            }
            states.append(state)
        }
        self.context = context
        self.states = states
    }

    deinit {
        states.forEach(whisper_free_state)
        whisper_free(context)
    }

    /// The request of one decode.
    struct Request {
        var threads: Int
        var language: String
        var prompt: String
        /// Looked at between the steps of the computation.
        var cancellation: WhisperCancellation
    }

    /// Decodes one utterance. Blocking; call it on worker `worker` only.
    ///
    /// - Parameter samples: 16 kHz, −1…1.
    /// - Returns: nil when it was cancelled.
    func decode(
        _ samples: [Float], worker: Int, request: Request
    ) throws(StageError) -> Transcript? {
        let state = states[worker]
        var parameters = whisper_full_default_params(WHISPER_SAMPLING_GREEDY)
        parameters.n_threads = Int32(request.threads)
        parameters.no_context = true
        parameters.no_timestamps = true
        parameters.single_segment = true
        parameters.print_progress = false
        parameters.print_realtime = false
        parameters.print_timestamps = false
        parameters.print_special = false
        parameters.suppress_blank = true
        parameters.suppress_nst = true
        parameters.temperature_inc = 0
        parameters.max_tokens = Self.tokenCountMax(sampleCount: samples.count)
        parameters.audio_ctx = Self.audioContext(sampleCount: samples.count)
        parameters.greedy.best_of = 1
        parameters.abort_callback = { data in
            guard let data else { return false }
            return Unmanaged<WhisperCancellation>.fromOpaque(data).takeUnretainedValue().isCancelled
        }
        let cancellation = request.cancellation
        parameters.abort_callback_user_data = Unmanaged.passUnretained(cancellation).toOpaque()
        let result = withExtendedLifetime(cancellation) {
            request.language.withCString { language in
                request.prompt.withCString { prompt in
                    parameters.language = language
                    parameters.initial_prompt = request.prompt.isEmpty ? nil : prompt
                    return whisper_full_with_state(
                        context, state, parameters, samples, Int32(samples.count))
                }
            }
        }
        if cancellation.isCancelled { return nil }
        guard result == 0 else {
            throw .failed(stage: "whisper", reason: "the decoder gave up with code \(result)")
        }
        return transcript(of: state)
    }

    private func transcript(of state: OpaquePointer) -> Transcript {
        var text = ""
        var probabilitySum = 0.0
        var tokenCount = 0
        for segment in 0..<whisper_full_n_segments_from_state(state) {
            if let words = whisper_full_get_segment_text_from_state(state, segment) {
                text += String(cString: words)
            }
            for token in 0..<whisper_full_n_tokens_from_state(state, segment) {
                probabilitySum += Double(
                    whisper_full_get_token_p_from_state(state, segment, token))
                tokenCount += 1
            }
        }
        let confidence = tokenCount > 0 ? probabilitySum / Double(tokenCount) : 0
        let words = WhisperText.spoken(text)
        return Transcript(
            text: confidence < Self.confidenceMin ? "" : words, confidence: confidence)
    }

    /// Below this mean probability of the tokens there are no words: six of the eight coughs among the
    /// fixtures are heard as "you" or "oh" at 0.22…0.39 (the others as "okay" and "uh-huh", above it),
    /// while all that was understood exactly has 0.43 and more. The model's own no-speech
    /// probability is 0 throughout.
    static let confidenceMin = 0.4

    /// Frames of the encoder, 20 ms each: the utterance and a margin of 256, as tighter contexts make
    /// the decoder repeat itself and the full 1,500 cost several times as much. Rounded up to a
    /// multiple of 256: whisper.cpp's flash attention reads its keys in such blocks without a mask, so
    /// that the rest of a block would be what an earlier utterance, of any call, left there.
    static func audioContext(sampleCount: Int) -> Int32 {
        let frames = sampleCount / 320
        // The model's own length is not a multiple of 256: it is for what fits nothing shorter (25
        // s).
        return frames > 1280 ? 1500 : Int32(min(1280, (frames + 256 + 255) / 256 * 256))
    }

    /// Nobody says more than eight tokens a second. Without this bound a hum is written as sixty
    /// times "mm-hmm", which takes three times as long as a sentence.
    static func tokenCountMax(sampleCount: Int) -> Int32 {
        Int32(min(60, 16 + 8 * sampleCount / 16_000))
    }
}
