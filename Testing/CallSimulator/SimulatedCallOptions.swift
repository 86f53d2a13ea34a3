import Net

/// How a call is placed.
public struct SimulatedCallOptions: Sendable {
    /// What the caller does.
    public var script: CallerScript
    /// `http(s)://…/twilio/voice`: asked first, as Twilio does; its TwiML names the stream.
    public var webhookURL: String?
    /// `ws(s)://…`: the stream, when there is no webhook, or in place of the one that its TwiML
    /// names (a public name that does not lead here, say).
    public var streamURL: String?
    /// Signs webhook and handshake as Twilio would. Nil: neither is signed.
    public var authToken: String?
    /// The webhook's URL as it is signed, when the server is known by another one.
    public var signedWebhookURL: String?
    /// Go into `start`, beside those of the TwiML.
    public var customParameters: [String: String] = [:]
    /// Caller and called number, in E.164.
    public var from = "+15550001111"
    public var to = "+15551234567"
    public var accountSid = "AC00000000000000000000000000000000"
    public var callSid: String
    public var streamSid: String
    /// How much of the call is recorded; 0 for nothing. Takes 16,000 bytes a second from the start.
    public var recordedSecondsMax = 0
    /// Where in the 20 ms of the monotonic clock this call's frames lie, 0..<20,000 µs, so that the
    /// frames of many calls can be spread evenly. Nil: where the stream happens to open.
    public var framePhaseMicros: Int?
    /// One message of the agent's in a hundred takes longer than this to come, the others less; none
    /// overtakes another. 0: they come as they come.
    public var jitterMs = 0.0
    public var jitterSeed: UInt64 = 1
    /// Silence of up to this long inside a reply is a gap.
    public var gapMs = 400
    /// The call is given up after this long.
    public var callTimeoutMs = 600_000
    /// Whom to trust, for `wss` and `https`.
    public var tls: TLSClientOptions?

    /// - Parameter number: goes into the call's and the stream's identifier; give each call its own.
    public init(script: CallerScript, number: UInt64) {
        self.script = script
        let digits = String(number, radix: 16)
        let padded = String(repeating: "0", count: max(0, 32 - digits.count)) + digits
        callSid = "CA" + padded
        streamSid = "MZ" + padded
    }
}
