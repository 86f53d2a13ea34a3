import Options
import Pipelines

/// `espeak` in `tts`.
package struct EspeakSettings: TextToSpeechSettings {
    package static let engineName = "espeak"

    package var voice = ""
    package var language = "en"
    package var rate = 1.0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .voice(
            \.voice,
            "One of the library's own names, with a variant where wanted (en-us+f3); empty "
                + "means that of the language."),
        .text(
            "language", \.language, allowed: "ISO 639-1 code",
            "Its language, with the region where there are several (en-us)."),
        .rate(\.rate),
    ]

    package var identity: SpeechIdentity {
        SpeechIdentity(voice: voice, language: language, rate: rate)
    }

    private var chosenVoice: String {
        if !voice.isEmpty { return voice }
        return language.isEmpty ? EspeakOptions().voice : language
    }

    package static func fault(ofVoice voice: String) -> String? {
        var options = EspeakOptions()
        options.voice = voice
        do throws(StageError) {
            _ = try EspeakEngine(options)
            return nil
        } catch { return "\(error)" }
    }

    package func faults(in surroundings: EngineSurroundings) -> [EngineFault] {
        guard let fault = Self.fault(ofVoice: chosenVoice) else { return [] }
        return [EngineFault(key: voice.isEmpty ? "language" : "voice", message: fault)]
    }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        var options = EspeakOptions()
        options.voice = chosenVoice
        options.rate = rate
        options.playoutMsMax = context.playoutMsMax
        options.resampler = context.resampler
        return try EspeakEngine(options)
    }
}
