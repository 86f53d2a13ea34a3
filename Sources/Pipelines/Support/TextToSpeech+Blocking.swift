import DSP
import Dispatch

extension TextToSpeech {
    /// Synthesises a whole sentence now. Blocking: for the start and the command line.
    package func speakToEnd(
        _ text: String, voice: String?, audio: CallAudio
    ) throws -> SpeechClip {
        let arrived = DispatchSemaphore(value: 0)
        let clip = synthesize(text, voice: voice, audio: audio) { arrived.signal() }
        while !clip.isFinished {
            if let error = clip.error { throw error }
            _ = arrived.wait(timeout: .now() + .milliseconds(100))
        }
        return clip
    }
}
