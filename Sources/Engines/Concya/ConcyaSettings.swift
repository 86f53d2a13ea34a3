import Options
import Pipelines

/// `concya` in `stt`.
package struct ConcyaListeningSettings: SpeechToTextSettings, RemoteSettings {
    package static let engineName = "concya"
    package static let server = EngineServer(
        baseURL: "ws://127.0.0.1:8000", addressEnv: "CONCYA_STT_URL", takesWebSocketAddress: true)

    package var remote = RemoteKeys()
    package var language = "en"

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [.spokenLanguage(\.language)]

    package var faults: [EngineFault] { LanguageTag.doubts(language) }

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        var options = ConcyaListeningOptions(service: try context.service(self))
        options.language = language
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.concya(options)
    }
}

/// `concya` in `llm`.
package struct ConcyaDialogueSettings: DialogueSettings, RemoteSettings {
    package static let engineName = "concya"
    package static let server = EngineServer(
        baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_LLM_URL")
    package static let leavesWordsToJudge = true

    package var remote = RemoteKeys()
    package var language = "en"

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text("language", \.language, allowed: "ISO 639-1 code", "Language that it is told.")
    ]

    package var faults: [EngineFault] { LanguageTag.doubts(language) }

    package func make(_ context: DialogueContext) throws -> any DialogueEngine {
        ConcyaDialogue(
            context.role(""), service: try context.engine.service(self), language: language,
            clients: context.engine.remote.clients)
    }
}

/// `concya` in `tts`.
package struct ConcyaSpeechSettings: TextToSpeechSettings, RemoteSettings {
    package static let engineName = "concya"
    package static let server = EngineServer(
        baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_TTS_URL")

    package var remote = RemoteKeys()
    package var voice = ""
    package var requestsMax = 64

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .voice(\.voice, "Voice; empty means the server's choice."), .requestsMax(\.requestsMax),
    ]

    package var identity: SpeechIdentity { SpeechIdentity(baseURL: remote.baseURL, voice: voice) }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        var wire = ConcyaSpeech(service: try context.service(self), voice: voice)
        wire.playoutMsMax = context.playoutMsMax
        return context.speech(wire, requestsMax: requestsMax)
    }
}
