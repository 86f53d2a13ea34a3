/// How a call is held.
public enum CallPath: String, CaseIterable, Sendable {
    /// As audio over a WebSocket.
    case stream
    /// Turn by turn: Twilio listens with `<Gather>` and speaks with `<Say>`.
    case gather
}

/// An entry of `numbers`: who answers a called number, and how.
public struct NumberBlock: Sendable, Equatable, ExpressibleByStringLiteral {
    public var assistant: String
    /// Nil leaves it to the route, and then to the assistant.
    public var path: CallPath?

    public init(assistant: String, path: CallPath? = nil) {
        self.assistant = assistant
        self.path = path
    }

    public init(stringLiteral assistant: String) { self.init(assistant: assistant) }
}

/// An entry of `routes`: what is answered at a path of ours.
public struct RouteBlock: Sendable, Equatable {
    /// The kinds of webhook.
    public enum Webhook: String, CaseIterable, Sendable {
        /// A call comes in.
        case voice
        /// What a caller said or keyed to a `<Gather>`.
        case speech
        /// A stream or a `<Dial>` has ended.
        case after
        /// The progress of a call or of a message that we sent.
        case status
        /// A text message comes in.
        case sms
    }

    public var webhook: Webhook
    /// Who answers a number that nobody has; empty means `defaultAssistant`.
    public var assistant = ""
    /// How calls are held that come in here; nil leaves it to the assistant.
    public var path: CallPath?
    /// Of a voice route: where its callers' words go.
    public var speech = "/twilio/process-speech"

    public init(
        _ webhook: Webhook, assistant: String = "", path: CallPath? = nil,
        speech: String = "/twilio/process-speech"
    ) {
        self.webhook = webhook
        self.assistant = assistant
        self.path = path
        self.speech = speech
    }

    /// The addresses of the five systems that streamd takes the place of.
    public static let shipped: [String: RouteBlock] = [
        "/twilio/voice": RouteBlock(.voice),
        "/twilio/process-speech": RouteBlock(.speech),
        "/twilio/after": RouteBlock(.after),
        "/twilio/status": RouteBlock(.status),
        "/twilio/sms": RouteBlock(.sms),
        "/api/voice/welcome": RouteBlock(.voice, path: .gather, speech: "/api/voice/process"),
        "/api/voice/process": RouteBlock(.speech),
        "/api/voice/status": RouteBlock(.status),
        "/api/voice/sms/incoming": RouteBlock(.sms),
        "/api/phone/incoming": RouteBlock(
            .voice, path: .gather, speech: "/api/phone/process-speech"),
        "/api/phone/process-speech": RouteBlock(.speech),
        "/api/phone/status": RouteBlock(.status),
        "/webhook/voice": RouteBlock(.voice, path: .stream),
        "/webhook/status": RouteBlock(.status),
        "/webhook/sms": RouteBlock(.sms),
    ]
}

/// `gather`: calls that are held turn by turn.
public struct GatherSettings: Sendable {
    public var timeoutSeconds = 5
    public var speechTimeout = "auto"
    public var speechModel = ""
    public var hintsMax = 100
    public var confidenceMin = 0.7
    public var confidenceMissesMax = 3
    public var answerMs = 4000
    public var waitsMax = 6
    public var stateMinutes = 60
    public var idleSeconds = 180

    public init() {}
}

/// `sms`: conversations by text.
public struct SMSSettings: Sendable {
    public enum KeywordReplies: String, CaseIterable, Sendable { case streamd, twilio }
    public var conversationMinutes = 240
    public var charactersMax = 2000
    public var repliesMax = 4
    public var keywordReplies = KeywordReplies.streamd

    public init() {}
}

/// `queue`: callers who wait for a free line.
public struct QueueSettings: Sendable {
    public var placesMax = 0
    public var music = ""
    public var holdSeconds = 15
    public var waitSecondsMax = 300
    public var alternative = ""

    public init() {}
}

/// `outbox`: messages that are sent through Twilio's REST API.
public struct OutboxSettings: Sendable {
    public var pollMs = 250
    public var timeoutMs = 10_000
    public var retryMs = 1000
    public var retryMsMax = 300_000
    public var attemptsMax = 12

    public init() {}
}
