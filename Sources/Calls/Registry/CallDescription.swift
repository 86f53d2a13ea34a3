/// What is known of a call from its beginning.
public struct CallDescription: Sendable, Equatable {
    public let id: CallID
    /// The carrier's own name for it: Twilio's CallSid.
    public let name: String
    public let assistantID: String
    /// Caller's and called number in E.164, as far as the carrier tells.
    public let from: String
    public let to: String
    /// How it is held: "stream", "gather".
    public let path: String
    /// Seconds since 1970-01-01T00:00Z.
    public let startedAt: Int64

    public init(
        carrier: String = "twilio", name: String, assistantID: String = "", from: String = "",
        to: String = "", path: String, startedAt: Int64 = 0
    ) {
        id = CallID(carrier: carrier, name: name)
        self.name = name
        self.assistantID = assistantID
        self.from = from
        self.to = to
        self.path = path
        self.startedAt = startedAt
    }
}
