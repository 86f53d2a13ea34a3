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
        var values = ["model": "stand-in", "voice": "rms", "baseURL": services.baseURL]
        if name.count > 1 { values["format"] = String(name[1]) }
        switch name[0] {
        case "espeak":
            // Of its voices the one that the transcriber makes fewest mistakes with.
            values["voice"] = "en-us+f3"
        case "elevenlabs": values["apiKeyEnv"] = "ELEVENLABS_KEY_OF_TEST"
        case "deepgram":
            values["apiKeyEnv"] = "DEEPGRAM_KEY_OF_TEST"
            values["model"] = "rms"
        case "piper": values["baseURL"] = services.origin + "/piper"
        // As its owner may have it: with the route.
        case "concya": values["baseURL"] = services.origin + "/speak"
        default: break
        }
        var settings = EngineSettings.of(.tts, String(name[0]), values)
        if name[0] == "espeak" { settings[\EspeakSettings.rate] = 0.9 }
        return settings
    }

    /// A crowded machine makes nobody sick.
    static func patient(_ engine: String, _ services: ServiceProcess) -> EngineSettings {
        var settings = remote(engine, services)
        settings.times = .patient
        return settings
    }
}
