import Net
import Pipelines

/// What remote engines need besides their settings: keys and addresses of the environment, HTTP
/// clients, and a loop for speech that comes over the network.
struct RemoteServices: Sendable {
    let clients = RemoteClients()
    let loop: EventLoop
    private let secrets: Secrets

    init(secrets: Secrets) throws {
        self.secrets = secrets
        loop = try EventLoop(label: "services")
        loop.start()
    }

    func close() {
        loop.stop()
        loop.join()
    }

    private struct Vendor {
        var baseURL: String
        var addressEnv: String
        var keyEnv: String
    }

    private static let vendors = [
        "openai": Vendor(
            baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
            keyEnv: "OPENAI_API_KEY"),
        "ollama": Vendor(
            baseURL: "http://127.0.0.1:11434/v1", addressEnv: "OLLAMA_URL", keyEnv: ""),
        "anthropic": Vendor(
            baseURL: "https://api.anthropic.com/v1", addressEnv: "ANTHROPIC_BASE_URL",
            keyEnv: "ANTHROPIC_API_KEY"),
        "openai-realtime": Vendor(
            baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
            keyEnv: "OPENAI_API_KEY"),
        "deepgram": Vendor(
            baseURL: "https://api.deepgram.com/v1", addressEnv: "", keyEnv: "DEEPGRAM_API_KEY"),
        "stt concya": Vendor(
            baseURL: "ws://127.0.0.1:8000", addressEnv: "CONCYA_STT_URL", keyEnv: ""),
    ]

    /// Where an engine's server is and what it wants to see.
    /// - Parameter name: of the entry, for errors: `stt[0]`.
    func service(
        _ stage: String, _ settings: EngineSettings, at name: String
    ) throws -> RemoteService {
        // A name may stand for different services in different lists.
        let known = Self.vendors["\(stage) \(settings.engine)"] ?? Self.vendors[settings.engine]
        guard let vendor = known else {
            preconditionFailure("\(settings.engine) is no remote engine")
        }
        let environmental = secrets.value(vendor.addressEnv).map {
            settings.engine == "ollama" ? Self.versioned($0) : $0
        }
        let baseURL =
            settings.baseURL.isEmpty ? environmental ?? vendor.baseURL : settings.baseURL
        // A vendor's key goes to nobody else unless that is said outright.
        let isOwn = settings.baseURL.isEmpty
        let keyEnv = settings.apiKeyEnv.isEmpty ? (isOwn ? vendor.keyEnv : "") : settings.apiKeyEnv
        var headers = HTTPHeaders()
        if !keyEnv.isEmpty {
            guard let key = secrets.value(keyEnv) else {
                throw ConfigurationError(
                    file: "environment", place: nil,
                    message:
                        "\(keyEnv) is not set, which \(name) (\(settings.engine)) needs; set it "
                        + "in the environment or in .env, or name another variable with apiKeyEnv")
            }
            switch settings.engine {
            case "anthropic": headers.add(name: "x-api-key", value: key)
            case "deepgram": headers.add(name: "Authorization", value: "Token \(key)")
            default: headers.add(name: "Authorization", value: "Bearer \(key)")
            }
        }
        let patience = settings.patience(stage)
        return RemoteService(
            stage: "\(stage) \(settings.engine)", baseURL: baseURL, headers: headers,
            connectMs: patience.connectMs, firstByteMs: patience.firstByteMs,
            totalMs: patience.totalMs, stallMs: patience.stallMs)
    }

    func languageModel(
        _ settings: EngineSettings, at name: String
    ) throws -> any LanguageModelWire {
        let service = try service("llm", settings, at: name)
        guard settings.engine == "anthropic" else {
            return OpenAIChat(
                name: settings.engine, service: service, model: settings.model,
                temperature: settings.temperature, tokensMax: settings.tokensMax)
        }
        return AnthropicMessages(
            service: service, model: settings.model, temperature: settings.temperature,
            tokensMax: settings.tokensMax)
    }

    /// Ollama's own variable holds the address without the version.
    private static func versioned(_ url: String) -> String {
        let bare = url.hasSuffix("/") ? String(url.dropLast()) : url
        return bare.hasSuffix("/v1") ? bare : bare + "/v1"
    }
}
