import CFlite

/// One voice of flite on one worker thread. Instances share the voice's data but not its settings,
/// so each thread needs its own.
final class FliteVoice: @unchecked Sendable {
    // Made on the thread that makes the engine, used by one worker at a time.

    /// Voices of the Debian package that Whisper and people understand over a telephone.
    static let names = ["rms", "slt", "awb", "kal"]

    private let voice: UnsafeMutablePointer<cst_voice>

    /// Not to be called on two threads at once: flite's registration is not made for it.
    init?(name: String) {
        let made: UnsafeMutablePointer<cst_voice>? =
            switch name {
            case "rms": register_cmu_us_rms(nil)
            case "slt": register_cmu_us_slt(nil)
            case "awb": register_cmu_us_awb(nil)
            case "kal": register_cmu_us_kal(nil)
            default: nil
            }
        guard let made else { return nil }
        voice = made
    }

    /// What the callback needs while a sentence is made.
    private final class Listener {
        let take: (UnsafeBufferPointer<Int16>, _ rate: Int) -> Bool
        init(_ take: @escaping (UnsafeBufferPointer<Int16>, Int) -> Bool) { self.take = take }
    }

    /// Speaks `text`, handing each piece over as it is made: linear samples and their rate in hertz.
    /// Blocking. Ends early when `take` returns false.
    /// - Returns: false when flite could make nothing of the text.
    func speak(
        _ text: String, take: @escaping (UnsafeBufferPointer<Int16>, _ rate: Int) -> Bool
    ) -> Bool {
        guard let streaming = new_audio_streaming_info() else { return false }
        let listener = Listener(take)
        // Half of a telephone frame: small enough for a quick start, large enough to be cheap.
        streaming.pointee.min_buffsize = 160
        streaming.pointee.userdata = Unmanaged.passUnretained(listener).toOpaque()
        streaming.pointee.asc = { wave, start, size, _, info in
            guard let wave, let data = info?.pointee.userdata, let samples = wave.pointee.samples
            else { return CST_AUDIO_STREAM_STOP }
            let listener = Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue()
            let piece = UnsafeBufferPointer(start: samples + Int(start), count: Int(size))
            return listener.take(piece, Int(wave.pointee.sample_rate))
                ? CST_AUDIO_STREAM_CONT : CST_AUDIO_STREAM_STOP
        }
        // The voice's features own the streaming block from here on and free the one before.
        feat_set(voice.pointee.features, "streaming_info", audio_streaming_info_val(streaming))
        return withExtendedLifetime(listener) {
            guard let utterance = flite_synth_text(text, voice) else { return false }
            delete_utterance(utterance)
            return true
        }
    }
}
