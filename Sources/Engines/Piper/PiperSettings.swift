import Options
import Pipelines

/// `piper` in `tts`.
package struct PiperSettings: TextToSpeechSettings, RemoteSettings {
    package static let engineName = "piper"
    package static let server = EngineServer(baseURL: "http://127.0.0.1:5000")

    package var remote = RemoteKeys()
    package var voice = ""
    package var rate = 1.0
    package var requestsMax = 64

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .voice(\.voice, "Voice; empty means the server's choice."), .rate(\.rate),
        .requestsMax(\.requestsMax),
    ]

    package var identity: SpeechIdentity {
        SpeechIdentity(baseURL: remote.baseURL, voice: voice, rate: rate)
    }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        context.speech(
            PiperSpeech(service: try context.service(self), voice: voice, rate: rate),
            requestsMax: requestsMax)
    }
}
