import Options
import Pipelines

/// `openai-realtime` in `stt`.
package struct OpenAIRealtimeSettings: SpeechToTextSettings, RemoteSettings {
    package static let engineName = "openai-realtime"
    package static let server: EngineServer = {
        var server = EngineServer.openAI
        server.takesWebSocketAddress = true
        return server
    }()

    package var remote = RemoteKeys()
    package var model = ""
    package var language = "en"
    package var prompt = ""

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .serversModel(\.model).required(), .spokenLanguage(\.language), .expectedWords(\.prompt),
    ]

    package var faults: [EngineFault] { LanguageTag.doubts(language) }

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        var options = OpenAIRealtimeOptions(service: try context.service(self), model: model)
        options.language = language
        options.prompt = prompt
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.openAIRealtime(options)
    }
}
