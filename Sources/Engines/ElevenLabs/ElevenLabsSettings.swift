import Options
import Pipelines

/// `elevenlabs` in `tts`.
package struct ElevenLabsSettings: TextToSpeechSettings, RemoteSettings {
    package static let engineName = "elevenlabs"
    package static let server = EngineServer(
        baseURL: "https://api.elevenlabs.io/v1", keyEnv: "ELEVENLABS_API_KEY",
        keyHeader: "xi-api-key", keyPrefix: "")

    package var remote = RemoteKeys()
    package var model = ""
    package var voice = ""
    package var sampleRate = 0
    package var rate = 1.0
    package var requestsMax = 64
    package var spares = 2

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text("model", \.model, allowed: "name", "Empty means eleven_flash_v2_5."),
        .voice(\.voice, "The service's id of the voice.").required(),
        .integer(
            "sampleRate", \.sampleRate, 0...48_000, unit: "Hz",
            "8000 for µ-law (0 means that), 16000 for linear samples."),
        .rate(\.rate, 0.7...1.2),
        .requestsMax(\.requestsMax),
        .integer(
            "spares", \.spares, 0...16,
            "Connections that stand open for the sentences to come."),
    ]

    package var faults: [EngineFault] {
        guard ![0, 8000, 16_000].contains(sampleRate) else { return [] }
        return [
            EngineFault(
                key: "sampleRate",
                message: "elevenlabs takes sampleRate 8000 or 16000, not \(sampleRate)")
        ]
    }

    package var identity: SpeechIdentity {
        SpeechIdentity(baseURL: remote.baseURL, model: model, voice: voice, rate: rate)
    }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        var options = ElevenLabsOptions(service: try context.service(self), voice: voice)
        if !model.isEmpty { options.model = model }
        if sampleRate == 16_000 { options.format = .linear16000 }
        options.rate = rate
        options.sparesMax = spares
        options.speech = context.speechOptions(requestsMax: requestsMax)
        return ElevenLabsSpeech(options, loop: context.remote.loop)
    }
}
