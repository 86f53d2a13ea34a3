import DSP
import Pipelines
import Realtime

/// Says everything with one clip of speech that was made beforehand. For benchmarks: it takes the
/// synthesiser's time out of a measurement.
public final class FixedTextToSpeech: TextToSpeech {
    public let name = "fixed"
    private let clipMs: Int
    /// The speech, linear at the telephone's rate.
    private let samples: [Int16]
    /// By the form of the calls, each made when it is first asked for.
    private let clips: Locked<[CallAudio: SpeechClip]>

    private static let text = "This is a sentence of speech that always sounds the same."

    /// - Parameters:
    ///   - engine: makes the speech once, now (blocking).
    ///   - clipMs: length of the clip in milliseconds: the speech is repeated or cut to it.
    public init(clipMs: Int, madeBy engine: some TextToSpeech) throws(StageError) {
        let ready = WaitFlag()
        let made = engine.synthesize(Self.text, voice: nil, audio: .telephone) { ready.set() }
        while !made.isFinished {
            if let error = made.error { throw error }
            ready.wait()
        }
        guard made.byteCount > 0 else {
            throw .failed(stage: engine.name, reason: "it made no speech of '\(Self.text)'")
        }
        var bytes = [UInt8](repeating: 0, count: made.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { made.read(from: 0, into: $0) }
        self.clipMs = clipMs
        samples = CallAudio.telephone.decoded(bytes)
        clips = Locked([:])
        _ = clip(.telephone)
    }

    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        onAudio()
        return clip(audio)
    }

    private func clip(_ audio: CallAudio) -> SpeechClip {
        clips.withLock { clips in
            if let made = clips[audio] { return made }
            let made = makeClip(audio)
            clips[audio] = made
            return made
        }
    }

    private func makeClip(_ audio: CallAudio) -> SpeechClip {
        let clip = SpeechClip(text: Self.text, audio: audio, secondsMax: (clipMs + 999) / 1000)
        var converted: [Int16] = []
        if let converter = try? RateConverter(
            from: CallAudio.telephone.sampleRate, to: audio.sampleRate)
        {
            samples.withUnsafeBufferPointer { converter.process($0, appendingTo: &converted) }
            converter.flush(appendingTo: &converted)
        }
        let bytes = audio.encoded(converted)
        let wanted = audio.byteCount(ms: clipMs)
        while clip.byteCount < wanted, !bytes.isEmpty {
            bytes.prefix(wanted - clip.byteCount).withUnsafeBufferPointer { _ = clip.append($0) }
        }
        clip.finish()
        return clip
    }
}
