import CFlite

/// One voice of flite on one worker thread. Instances share the voice's data but not its settings,
/// so each thread needs its own.
package final class FliteVoice: @unchecked Sendable {
    // Made on the thread that makes the engine, used by one worker at a time.

    /// Voices of the Debian package that Whisper and people understand over a telephone.
    package static let names = ["rms", "slt", "awb", "kal"]

    private let voice: UnsafeMutablePointer<cst_voice>

    /// Not to be called on two threads at once: flite's registration is not made for it.
    init?(name: String) {
        guard let made = streamd_flite_new_voice(name) else { return nil }
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
    package func speak(
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
        guard let blank = new_utterance() else {
            delete_audio_streaming_info(streaming)
            return false
        }
        // The utterance's features own the streaming block and free it with the utterance.
        utt_set_input_text(blank, text)
        feat_set(blank.pointee.features, "streaming_info", audio_streaming_info_val(streaming))
        return withExtendedLifetime(listener) {
            // What can't be spoken is deleted by flite itself.
            guard let utterance = flite_do_synth(blank, voice, utt_synth) else { return false }
            delete_utterance(utterance)
            return true
        }
    }
}
