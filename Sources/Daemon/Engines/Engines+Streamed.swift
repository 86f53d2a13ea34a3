import Configuration
import Engines
import Pipelines

/// The engines that hear the caller over a WebSocket.
extension Engines {
    static func streamedEar(
        _ settings: EngineSettings, service: RemoteService, _ configuration: Configuration
    ) throws -> StreamedTranscription {
        let utteranceMsMax = configuration.buffers.callerMs
        switch settings.engine {
        case "deepgram":
            var options = DeepgramOptions(
                service: service, model: settings.model.isEmpty ? "nova-3" : settings.model)
            options.language = settings.language
            options.keyTerms = settings.prompt.split(separator: ",").map {
                $0.split(separator: " ").joined(separator: " ")
            }.filter { !$0.isEmpty }
            options.isLinear16k = settings.sampleRate == 16_000
            options.endpointingMs = settings.endpointingMs
            options.endOfTurnThreshold = settings.endOfTurnThreshold
            options.earlyEndOfTurnThreshold = settings.earlyEndOfTurnThreshold
            options.utteranceMsMax = utteranceMsMax
            return .deepgram(options)
        case "openai-realtime":
            var options = OpenAIRealtimeOptions(service: service, model: settings.model)
            options.language = settings.language
            options.prompt = settings.prompt
            options.utteranceMsMax = utteranceMsMax
            return .openAIRealtime(options)
        default:
            var options = ConcyaListeningOptions(service: service)
            options.language = settings.language
            options.utteranceMsMax = utteranceMsMax
            return .concya(options)
        }
    }
}
