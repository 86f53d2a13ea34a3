import DSP
import Realtime

/// Text to speech by the first of several engines whose audio arrives in time.
public final class ChainTextToSpeech: TextToSpeech {
    public let name: String
    let engines: [any TextToSpeech]
    let chain: Chain
    /// Where impatience is measured; speech itself does not go by it.
    let loop: any CallLoop
    let playoutMsMax: Int

    /// - Parameters:
    ///   - loop: any that runs as long as the chain is used.
    ///   - playoutMsMax: the longest sentence, in milliseconds of speech.
    public init(
        _ links: [ChainLink<any TextToSpeech>], loop: any CallLoop, playoutMsMax: Int,
        report: @escaping ChainReport
    ) {
        engines = links.map(\.engine)
        chain = Chain(links.map(\.place), report: report)
        self.loop = loop
        self.playoutMsMax = playoutMsMax
        name = engines.map(\.name).joined(separator: ",")
    }

    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(text: text, audio: audio, secondsMax: (playoutMsMax + 999) / 1000)
        ChainSentence(of: self, clip: clip, voice: voice, onAudio: onAudio).start()
        return clip
    }
}

extension ChainTextToSpeech {
    public func warm(voice: String?, on loop: any CallLoop) {
        for (place, engine) in engines.enumerated() {
            engine.warm(voice: place == 0 ? voice : nil, on: loop)
        }
    }
}
