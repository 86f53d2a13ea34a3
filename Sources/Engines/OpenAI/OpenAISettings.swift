import Options
import Pipelines

extension EngineServer {
    static let openAI = EngineServer(
        baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
        keyEnv: "OPENAI_API_KEY")
}

/// `openai` in `stt`.
package struct OpenAITranscriptionSettings: SpeechToTextSettings, RemoteSettings {
    package static let engineName = "openai"
    package static let server = EngineServer.openAI

    package var remote = RemoteKeys()
    package var model = ""
    package var language = "en"
    package var prompt = ""
    package var sampleRate = 0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .serversModel(\.model).required(), .spokenLanguage(\.language), .expectedWords(\.prompt),
        .integer(
            "sampleRate", \.sampleRate, 0...48_000, unit: "Hz",
            "Of the audio sent: 8000 or 16000; 0 means 16000."),
    ]

    package var faults: [EngineFault] {
        var faults = LanguageTag.doubts(language)
        if ![0, 8000, 16_000].contains(sampleRate) {
            faults.append(
                EngineFault(
                    key: "sampleRate",
                    message: "openai is sent audio at 8000 or 16000 Hz, not \(sampleRate)"))
        }
        return faults
    }

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        var options = OpenAITranscriptionOptions(
            service: try context.service(self), model: model)
        options.language = language
        options.prompt = prompt
        if sampleRate == 8000 { options.sampleRate = 8000 }
        options.utteranceMsMax = context.utteranceMsMax
        return OpenAITranscription(options, clients: context.remote.clients)
    }
}

/// `openai` in `llm`.
package struct OpenAIChatSettings: LanguageModelSettings {
    package static let engineName = "openai"
    package static let server = EngineServer.openAI

    package var remote = RemoteKeys()
    package var modelKeys = LanguageModelKeys()

    package init() {}

    package func wire(_ service: RemoteService) -> any LanguageModelWire {
        OpenAIChat(name: Self.engineName, service: service, modelKeys)
    }
}

/// `ollama` in `llm`: a server with OpenAI's interface.
package struct OllamaSettings: LanguageModelSettings {
    package static let engineName = "ollama"
    package static let server = EngineServer(
        baseURL: "http://127.0.0.1:11434/v1", addressEnv: "OLLAMA_URL", addressEnvIsBare: true)

    package var remote = RemoteKeys()
    package var modelKeys = LanguageModelKeys()

    package init() {}

    package func wire(_ service: RemoteService) -> any LanguageModelWire {
        OpenAIChat(name: Self.engineName, service: service, modelKeys)
    }
}

extension OpenAIChat {
    fileprivate init(name: String, service: RemoteService, _ keys: LanguageModelKeys) {
        self.init(
            name: name, service: service, model: keys.model, temperature: keys.temperature,
            tokensMax: keys.tokensMax)
    }
}

/// `openai` in `tts`.
package struct OpenAISpeechSettings: TextToSpeechSettings, RemoteSettings {
    package static let engineName = "openai"
    package static let server = EngineServer.openAI

    package var remote = RemoteKeys()
    package var model = ""
    package var voice = ""
    package var format = OpenAISpeech.Format.pcm
    package var sampleRate = 0
    package var rate = 1.0
    package var requestsMax = 64

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .serversModel(\.model).required(),
        .voice(\.voice, "The server's name for the voice.").required(),
        .choice("format", \.format, "Form in which speech comes."),
        .integer(
            "sampleRate", \.sampleRate, 0...48_000, unit: "Hz",
            "Of pcm that comes; 0 means 24000."),
        .rate(\.rate), .requestsMax(\.requestsMax),
    ]

    package var identity: SpeechIdentity {
        SpeechIdentity(baseURL: remote.baseURL, model: model, voice: voice, rate: rate)
    }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        var wire = OpenAISpeech(service: try context.service(self), model: model, voice: voice)
        wire.format = format
        if sampleRate > 0 { wire.pcmRate = sampleRate }
        wire.rate = rate
        return context.speech(wire, requestsMax: requestsMax)
    }
}
