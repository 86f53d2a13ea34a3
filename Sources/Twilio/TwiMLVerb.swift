/// A verb of TwiML, Twilio's answer language. What is nil is left out, and Twilio's default counts.
///
/// Source: Twilio's documentation, "TwiML for Programmable Voice" and "TwiML for Messaging".
public indirect enum TwiMLVerb: Sendable, Equatable {
    /// Speaks the text. `voice`: `Polly.Joanna`; `language`: `en-US`.
    case say(String, voice: String? = nil, language: String? = nil)
    /// Plays a sound file. `loop` 0 plays it until the call ends.
    case play(url: String, loop: Int? = nil)
    case pause(seconds: Int)
    /// Connects the call to a stream, both ways, until our side closes it.
    case connect(TwiMLStream, action: String? = nil)
    /// Collects speech or digits while the inner verbs (`say`, `play`, `pause`) are heard.
    case gather(TwiMLGather, [TwiMLVerb] = [])
    case redirect(url: String, method: TwiMLMethod? = nil)
    case dial(TwiMLDial)
    case record(TwiMLRecord)
    /// Answers a text message, or sends one from a call's number.
    case message(String, to: String? = nil, mediaURL: String? = nil)
    case reject(TwiMLRejectReason? = nil)
    case hangup
}

/// How Twilio requests a URL.
public enum TwiMLMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
}

/// The signal that the caller of a rejected call hears.
public enum TwiMLRejectReason: String, Sendable {
    case rejected, busy
}

/// `<Stream>` inside `<Connect>`.
public struct TwiMLStream: Sendable, Equatable {
    /// `wss://…` without a query string.
    public var url: String
    public var name: String?
    public var statusCallback: String?
    /// Come back in `start` as custom parameters, in this order. A name and its value together must
    /// stay under 500 characters.
    public var parameters: [TwiMLParameter]
    /// True when `ws://` is let through. Twilio refuses it; a simulator on the same machine does
    /// not.
    public var allowsInsecureURL: Bool

    public init(
        url: String, name: String? = nil, statusCallback: String? = nil,
        parameters: [TwiMLParameter] = [], allowsInsecureURL: Bool = false
    ) {
        self.url = url
        self.name = name
        self.statusCallback = statusCallback
        self.parameters = parameters
        self.allowsInsecureURL = allowsInsecureURL
    }
}

/// `<Parameter>` of a stream.
public struct TwiMLParameter: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// `<Gather>`: times are in seconds.
public struct TwiMLGather: Sendable, Equatable {
    /// Of `dtmf` and `speech`, at least one.
    public var input: [String]
    public var action: String?
    public var method: TwiMLMethod?
    public var timeout: Int?
    /// A number of seconds, or `auto`.
    public var speechTimeout: String?
    public var maxSpeechTime: Int?
    public var finishOnKey: String?
    public var numDigits: Int?
    public var language: String?
    public var hints: String?
    public var profanityFilter: Bool?
    public var partialResultCallback: String?
    public var bargeIn: Bool?
    public var actionOnEmptyResult: Bool?
    public var speechModel: String?
    public var enhanced: Bool?

    public init(input: [String] = ["speech"], action: String? = nil) {
        self.input = input
        self.action = action
    }
}

/// `<Dial>` to a number: times are in seconds.
public struct TwiMLDial: Sendable, Equatable {
    public var number: String
    public var action: String?
    public var method: TwiMLMethod?
    public var timeout: Int?
    public var timeLimit: Int?
    public var callerID: String?
    /// `record-from-answer-dual` and the like.
    public var record: String?
    public var answerOnBridge: Bool?

    public init(number: String, action: String? = nil, callerID: String? = nil) {
        self.number = number
        self.action = action
        self.callerID = callerID
    }
}

/// `<Record>`: times are in seconds.
public struct TwiMLRecord: Sendable, Equatable {
    public var action: String?
    public var method: TwiMLMethod?
    public var maxLength: Int?
    public var timeout: Int?
    public var finishOnKey: String?
    public var playBeep: Bool?
    /// `trim-silence` or `do-not-trim`.
    public var trim: String?
    public var recordingStatusCallback: String?

    public init(action: String? = nil) { self.action = action }
}
