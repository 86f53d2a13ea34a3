import Configuration
import Engines

/// How the synthesisers that answer over the network are set up against the stand-ins' process.
enum SynthesiserSettings {
    static let environment = [
        "ELEVENLABS_KEY_OF_TEST": "secret", "DEEPGRAM_KEY_OF_TEST": "secret",
    ]

    /// - Parameter engine: its name, with a format behind it where it has several: `openai opus`.
    static func remote(_ engine: String, _ services: ServiceProcess) -> EngineSettings {
        let name = engine.split(separator: " ")
        var settings = EngineSettings(engine: String(name[0]))
        if name.count > 1 {
            settings.format = EngineSettings.SpeechFormat(rawValue: String(name[1])) ?? .pcm
        }
        settings.model = "stand-in"
        settings.voice = "rms"
        settings.baseURL = services.baseURL
        switch settings.engine {
        case "espeak":
            // Of its voices the one that the transcriber makes fewest mistakes with.
            settings.voice = "en-us+f3"
            settings.rate = 0.9
        case "elevenlabs": settings.apiKeyEnv = "ELEVENLABS_KEY_OF_TEST"
        case "deepgram":
            settings.apiKeyEnv = "DEEPGRAM_KEY_OF_TEST"
            settings.model = "rms"
        case "piper": settings.baseURL = services.origin + "/piper"
        // As its owner may have it: with the route.
        case "concya": settings.baseURL = services.origin + "/speak"
        default: break
        }
        return settings
    }

    /// A crowded machine makes nobody sick.
    static func patient(_ engine: String, _ services: ServiceProcess) -> EngineSettings {
        var settings = remote(engine, services)
        settings.connectMs = 20_000
        settings.firstByteMs = 20_000
        settings.totalMs = 60_000
        settings.stallMs = 20_000
        settings.answerMs = 20_000
        return settings
    }
}
