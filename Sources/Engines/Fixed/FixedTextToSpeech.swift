import DSP
import Pipelines

/// Says everything with one clip of speech that was made beforehand. For benchmarks: it takes the
/// synthesiser's time out of a measurement.
public struct FixedTextToSpeech: TextToSpeech {
    public let name = "fixed"
    private let clip: SpeechClip

    /// - Parameters:
    ///   - engine: makes the speech once, now (blocking).
    ///   - clipMs: length of the clip in milliseconds: the speech is repeated or cut to it.
    public init(clipMs: Int, madeBy engine: some TextToSpeech) throws(StageError) {
        let sample = "This is a sentence of speech that always sounds the same."
        let ready = WaitFlag()
        let made = engine.synthesize(sample, voice: nil) { ready.set() }
        while !made.isFinished {
            if let error = made.error { throw error }
            ready.wait()
        }
        guard made.byteCount > 0 else {
            throw .failed(stage: engine.name, reason: "it made no speech of '\(sample)'")
        }
        var bytes = [UInt8](repeating: G711.muLawSilence, count: made.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { made.read(from: 0, into: $0) }
        let wanted = clipMs * 8
        let clip = SpeechClip(text: sample, secondsMax: (clipMs + 999) / 1000)
        while clip.byteCount < wanted {
            bytes.prefix(wanted - clip.byteCount).withUnsafeBufferPointer { _ = clip.append($0) }
        }
        clip.finish()
        self.clip = clip
    }

    public func synthesize(
        _ text: String, voice: String?, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        onAudio()
        return clip
    }
}
