import Configuration
import Engines
import Language
import Net
import Options
import Pipelines

/// What remote engines need besides their settings: keys and addresses of the environment, HTTP
/// clients, and a loop for speech that comes over the network.
package struct RemoteServices: Sendable {
    package let clients = RemoteClients()
    package let loop: EventLoop
    private let secrets: Secrets

    package init(secrets: Secrets) throws {
        self.secrets = secrets
        loop = try EventLoop(label: "services")
        loop.start()
    }

    package func close() {
        loop.stop()
        loop.join()
    }

    private struct Vendor {
        var baseURL: String
        var addressEnv = ""
        var keyEnv = ""
        /// The header that carries the key, and what stands before it.
        var keyHeader = "Authorization"
        var keyPrefix = "Bearer "
    }

    /// By engine, or by stage and engine where the stages differ.
    private static let vendors = [
        "openai": Vendor(
            baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
            keyEnv: "OPENAI_API_KEY"),
        "ollama": Vendor(baseURL: "http://127.0.0.1:11434/v1", addressEnv: "OLLAMA_URL"),
        "anthropic": Vendor(
            baseURL: "https://api.anthropic.com/v1", addressEnv: "ANTHROPIC_BASE_URL",
            keyEnv: "ANTHROPIC_API_KEY", keyHeader: "x-api-key", keyPrefix: ""),
        "elevenlabs": Vendor(
            baseURL: "https://api.elevenlabs.io/v1", keyEnv: "ELEVENLABS_API_KEY",
            keyHeader: "xi-api-key", keyPrefix: ""),
        "deepgram": Vendor(
            baseURL: "https://api.deepgram.com/v1", keyEnv: "DEEPGRAM_API_KEY",
            keyPrefix: "Token "),
        "openai-realtime": Vendor(
            baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
            keyEnv: "OPENAI_API_KEY"),
        "piper": Vendor(baseURL: "http://127.0.0.1:5000"),
        "stt concya": Vendor(baseURL: "ws://127.0.0.1:8000", addressEnv: "CONCYA_STT_URL"),
        "llm concya": Vendor(baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_LLM_URL"),
        "tts concya": Vendor(baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_TTS_URL"),
    ]

    /// Where an engine's server is and what it wants to see.
    /// - Parameter name: of the entry, for errors: `stt[0]`.
    package func service(
        _ stage: String, _ settings: EngineSettings, at name: String
    ) throws -> RemoteService {
        let found = Self.vendors["\(stage) \(settings.engine)"] ?? Self.vendors[settings.engine]
        guard let vendor = found else {
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
            headers.add(name: vendor.keyHeader, value: vendor.keyPrefix + key)
        }
        let patience = settings.patience(stage)
        return RemoteService(
            stage: "\(stage) \(settings.engine)", baseURL: baseURL, headers: headers,
            connectMs: patience.connectMs, firstByteMs: patience.firstByteMs,
            totalMs: patience.totalMs, stallMs: patience.stallMs)
    }

    package func languageModel(
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
