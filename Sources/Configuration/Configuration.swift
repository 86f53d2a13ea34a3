import Engines
import Net
import Pipelines
import Telemetry
import Twilio
import VAD

/// All that an operator can set. Values here are the defaults, where another target does not own the
/// number; milliseconds end in `Ms`.
public struct Configuration: Sendable {
    public var server = ServerSettings()
    public var twilio = TwilioSettings()
    public var stt = [EngineRegistry.usual(.stt)]
    public var llm = [EngineRegistry.usual(.llm)]
    public var tts = [EngineRegistry.usual(.tts)]
    public var fallback = FallbackSettings()
    public var cache = CacheSettings()
    /// `turn`, and of `buffers` and `vad` what a conversation goes by; an assistant adds its own.
    public var conversation = ConversationOptions()
    /// `vad`: what counts as speech.
    public var vad = SpeechDetectorOptions()
    public var audio = AudioSettings()
    public var buffers = BufferSettings()
    public var limits = LimitSettings()
    public var gather = GatherSettings()
    public var queue = QueueSettings()
    public var sms = SMSSettings()
    public var outbox = OutboxSettings()
    public var store = StoreSettings()
    public var state = StateSettings()
    public var models = ModelSettings()
    public var log = LogSettings()
    public var telemetry = TelemetrySettings()
    public var assistants: [AssistantBlock] = []
    /// By called number in E.164.
    public var numbers: [String: NumberBlock] = [:]
    /// By path.
    public var routes = RouteBlock.shipped
    public var defaultAssistant = ""

    public init() {}

    /// `turn`: who speaks when.
    public var turn: TurnOptions {
        get { conversation.turn }
        set { conversation.turn = newValue }
    }
}

/// `server`: the sockets.
public struct ServerSettings: Sendable {
    public var host = HTTPServerOptions().host
    public var port = 8000
    public var loops = 0
    public var tlsCertificate = ""
    public var tlsKey = ""
    public var headerBytesMax = HTTPServerOptions().headerBytesMax
    public var bodyBytesMax = HTTPServerOptions().bodyBytesMax
    public var headerTimeoutMs = HTTPServerOptions().headerTimeoutMs
    public var bodyTimeoutMs = HTTPServerOptions().bodyTimeoutMs
    public var idleTimeoutMs = HTTPServerOptions().idleTimeoutMs
    public var writeTimeoutMs = HTTPServerOptions().writeTimeoutMs
    public var connectionsMax = HTTPServerOptions().connectionsMax
    public var drainMs = 30_000
}

/// `twilio`: trust and addresses.
public struct TwilioSettings: Sendable {
    public var validateSignatures = true
    public var publicURL = ""
    public var restURL = TwilioREST.standardBaseURL
    public var streamTokenMs = 60_000
    public var messageBytesMax = WebSocketLimits().messageBytesMax
    public var stallMs = 10_000
}

/// `fallback`: when an engine of a chain is left alone.
public struct FallbackSettings: Sendable {
    public var failuresMax = 3
    public var probeAfterMs = 10_000
}

/// `cache`: speech that is kept.
public struct CacheSettings: Sendable {
    public var memoryBytesMax = 16_777_216
    public var directory = ""
    public var diskBytesMax = 268_435_456
}

/// `audio`: treatment of the caller's voice.
public struct AudioSettings: Sendable {
    public enum NoiseSuppression: String, CaseIterable, Sendable {
        case off, low, moderate, high, veryHigh
    }
    public var highPass = false
    public var noiseSuppression = NoiseSuppression.off
    public var automaticGain = false
    public var echoCancellation = false
    public var echoDelayMs = 100
    public enum ResamplerQuality: String, CaseIterable, Sendable { case fastest, medium, best }
    public var resampler = ResamplerQuality.fastest
}

/// `buffers`: how much sound is held where, beside what ``ConversationOptions`` has of it.
public struct BufferSettings: Sendable {
    public var callerMs = TurnOptions().utteranceMaxMs
    public var outboundBytesMax = WebSocketLimits().outboundBytesMax

    public init() {}
}

/// `limits`: what is refused.
public struct LimitSettings: Sendable {
    public var maxCalls = 200
    public var callSeconds = TurnOptions().callSeconds
    public var webhooksPerSecond = 200
    public var startTimeoutMs = 5000
    public var streamTokens = 50_000
}

/// `store`: where records are kept.
public struct StoreSettings: Sendable {
    public var path = "var/streamd.sqlite"
    public var url = ""
}

/// `state`: where conversations of calls are kept between webhooks.
public struct StateSettings: Sendable {
    public var url = ""
    public var timeoutMs = 2000
}

/// `models`: where weights are found.
public struct ModelSettings: Sendable {
    public var directory = ""
    public var baseURL = ""

    public init() {}
}

/// One entry of `assistants`.
public struct AssistantBlock: Sendable, Equatable {
    public var id = ""
    public var kind = "reservations"
    public var name = ""
    public var greeting = ""
    public var voice = ""
    public var language = "en-US"
    public var timeZone = "UTC"
    public var hours: [String: String] = [:]
    /// By yyyy-MM-dd, in the form of `hours`.
    public var specialDays: [String: String] = [:]
    public var tables: [Int] = []
    public var partySizeMax = 12
    public var reservationMinutes = 120
    public var confirmBookings = true
    public var handOverNumber = ""
    /// A CSV file; read when the store has no menu yet.
    public var menu = ""
    public var pickupMinutes = 20
    public var deliveryMinutes = 30
    /// A CSV file; read when the store has no customers yet.
    public var customers = ""
    public var customerNumberDigits = 0
    /// Kind of work → words that mean it; empty for the trades of a house.
    public var services: [String: [String]] = [:]
    /// A CSV file; read when the store has no directory yet.
    public var hospitals = ""
    public var goodbye = ""
    public var notices: [String] = []
    /// Wordings of the scripted dialogue, by the names of the kind's prompts, in place of the standard
    /// ones.
    public var prompts: [String: [String]] = [:]
    public var prompt = ""
    /// Below 0: as the llm entry has it.
    public var temperature = -1.0
    /// 0: as the llm entry has it.
    public var tokensMax = 0
    public var toolRoundsMax = LanguageModelLimits().toolRoundsMax
    public var rememberedTurnsMax = LanguageModelLimits().turnsMax
    public enum Greeter: String, CaseIterable, Sendable { case stream, say }
    public var greetWith = Greeter.stream
    public var path = CallPath.stream
    public var sayVoice = "Polly.Joanna"
    public enum AfterHours: String, CaseIterable, Sendable { case answer, message, goodbye }
    public var afterHours = AfterHours.answer
    public var closedText = ""
    public var voicemail = ""
    public var confirmationSMS = true

    public init() {}
}
