import Configuration
import Engines
import Net
import Pipelines

/// The engines that hear over a WebSocket, each with its service in another process.
enum RecogniserKind: String, CaseIterable, Sendable {
    case deepgram
    case flux
    case openAIRealtime = "openai-realtime"
    case concya

    /// The stand-in's path.
    var path: String {
        switch self {
        case .deepgram: "/v1/listen"
        case .flux: "/v2/listen"
        case .openAIRealtime: "/v1/realtime"
        case .concya: "/asr"
        }
    }

    /// - Parameter patienceMs: for the first word and for all of it.
    func engine(_ services: ServiceProcess, patienceMs: Int) -> StreamedTranscription {
        engine(services, firstByteMs: patienceMs, totalMs: patienceMs)
    }

    func engine(
        _ services: ServiceProcess, firstByteMs: Int, totalMs: Int
    ) -> StreamedTranscription {
        let service = RemoteService(
            stage: "stt \(rawValue)", baseURL: self == .concya ? services.origin : services.baseURL,
            headers: [:], connectMs: 10_000, firstByteMs: firstByteMs, totalMs: totalMs,
            stallMs: totalMs)
        switch self {
        case .deepgram:
            var options = DeepgramOptions(service: service, model: "nova-3")
            options.endpointingMs = 300
            return .deepgram(options)
        case .flux:
            return .deepgram(DeepgramOptions(service: service, model: "flux-general-en"))
        case .openAIRealtime:
            return .openAIRealtime(
                OpenAIRealtimeOptions(service: service, model: "gpt-4o-mini-transcribe"))
        case .concya: return .concya(ConcyaListeningOptions(service: service))
        }
    }

    /// The entry of `stt` for the same.
    func settings(_ services: ServiceProcess) -> EngineSettings {
        var values = [
            "baseURL": self == .concya
                ? services.origin.replacing("http", with: "ws") : services.baseURL
        ]
        switch self {
        case .deepgram, .concya: break
        case .flux: values["model"] = "flux-general-en"
        case .openAIRealtime: values["model"] = "gpt-4o-mini-transcribe"
        }
        return .of(.stt, self == .flux ? "deepgram" : rawValue, values)
    }
}
