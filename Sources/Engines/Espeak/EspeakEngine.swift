import DSP
import Pipelines
import Realtime

/// The options of local speech by espeak-ng.
public struct EspeakOptions: Sendable {
    /// A voice or a language of espeak-ng, with a variant where wanted: `en-us`, `de`, `en-us+f3`.
    public var voice = "en"
    /// 1 is the voice's own pace; kept within 80 to 450 words a minute.
    public var rate = 1.0
    /// Longest sentence, in milliseconds of speech.
    public var playoutMsMax = 60_000
    /// Of the conversion to the call's rate.
    public var resampler = StreamingResampler.Quality.fastest

    public init() {}
}

/// Text to speech by espeak-ng in this process, in a hundred languages, streamed as it is made.
public final class EspeakEngine: TextToSpeech {
    public let name = "espeak"
    private let options: EspeakOptions
    private let library = EspeakLibrary.shared

    /// Loads the voice. Blocking.
    /// - Throws: when the library has no such voice, or not its data.
    public init(_ options: EspeakOptions = EspeakOptions()) throws(StageError) {
        self.options = options
        let done = WaitFlag()
        let outcome = Locked<SpeechFault?>(nil)
        let isTaken = library.run { [voice = options.voice] speaker in
            do throws(SpeechFault) {
                try speaker.select(voice)
            } catch {
                outcome.withLock { $0 = error }
            }
            done.set()
        }
        guard isTaken else { throw .overloaded(stage: "espeak") }
        done.wait()
        if let fault = outcome.withLock({ $0 }) { throw Self.failed(fault) }
        G711.warmUp()
    }

    /// Sentences that wait for the library, of all engines.
    public var queuedCount: Int { library.queuedCount }

    /// - Parameter voice: as in ``EspeakOptions/voice``.
    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(
            text: text, audio: audio, secondsMax: (options.playoutMsMax + 999) / 1000)
        let isTaken = library.run { [options] speaker in
            Self.fill(clip, voice: voice ?? options.voice, options, speaker, onAudio: onAudio)
        }
        if !isTaken {
            clip.fail(.overloaded(stage: "espeak"))
            onAudio()
        }
        return clip
    }

    private static func fill(
        _ clip: SpeechClip, voice: String, _ options: EspeakOptions, _ speaker: EspeakSpeaker,
        onAudio: @escaping @Sendable () -> Void
    ) {
        guard !clip.isCancelled else { return clip.finish() }
        let encoder = SpeechEncoder(clip: clip, quality: options.resampler)
        do throws(SpeechFault) {
            try speaker.speak(clip.text, voice: voice, rate: options.rate) { piece, rate in
                if encoder.append(piece, rate: rate) { onAudio() }
                return !clip.isCancelled
            }
            encoder.finish()
            guard clip.byteCount > 0 || clip.isCancelled else {
                throw SpeechFault("no speech could be made of '\(clip.text)'")
            }
            clip.finish()
        } catch {
            clip.fail(failed(error))
        }
        onAudio()
    }

    private static func failed(_ fault: SpeechFault) -> StageError {
        .failed(stage: "espeak", reason: fault.reason)
    }
}
