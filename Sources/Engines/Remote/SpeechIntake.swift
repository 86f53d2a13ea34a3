import DSP
import Pipelines

/// The clip's end of a service that speaks: bytes come in, the call's audio goes into the clip. Bound to
/// the engine's loop, but for `init`.
final class SpeechIntake {
    let clip: SpeechClip
    private let encoder: SpeechEncoder
    private var decoder: any SpeechDecoder
    private let onAudio: @Sendable () -> Void
    private let onEnd: @Sendable () -> Void
    /// How much speech has come.
    private(set) var seconds = 0.0
    private(set) var isOver = false

    /// - Parameters:
    ///   - onAudio: the clip has grown or ended.
    ///   - onEnd: called once, before the last `onAudio`.
    init(
        _ clip: SpeechClip, decoder: any SpeechDecoder, resampler: StreamingResampler.Quality,
        onAudio: @escaping @Sendable () -> Void, onEnd: @escaping @Sendable () -> Void
    ) {
        self.clip = clip
        self.decoder = decoder
        self.onAudio = onAudio
        self.onEnd = onEnd
        encoder = SpeechEncoder(clip: clip, quality: resampler)
    }

    /// Reads a new answer from its beginning: nothing has been taken of the last one.
    func restart(with decoder: any SpeechDecoder) { self.decoder = decoder }

    func take(_ bytes: UnsafeRawBufferPointer) throws(SpeechFault) {
        try decoder.append(bytes, take: play)
    }

    /// Behind the last bytes; true where it is to be called again.
    func drain() throws(SpeechFault) -> Bool { try decoder.drain(take: play) }

    private func play(_ samples: UnsafeBufferPointer<Int16>, _ rate: Int) {
        seconds += Double(samples.count) / Double(rate)
        if encoder.append(samples, rate: rate) { onAudio() }
    }

    /// Nobody speaks eight times as fast as others: what is shorter is not speech.
    var isWhole: Bool {
        seconds > 0 && seconds >= SpeechLength.seconds(of: clip.text) / 8
    }

    /// What is wrong with an answer that ended too early.
    var shortness: String {
        "the answer holds \(Int(seconds * 1000)) ms of sound, too little for the text"
    }

    /// All has come, or `error` says why it has not. Once; later calls do nothing.
    func end(_ error: StageError?) {
        guard !isOver else { return }
        isOver = true
        if error == nil { encoder.finish() }
        if let error { clip.fail(error) } else { clip.finish() }
        onEnd()
        onAudio()
    }
}
