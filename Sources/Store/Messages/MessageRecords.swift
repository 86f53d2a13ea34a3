/// A message that came in: by SMS, or left by a caller after hours.
public struct InboundMessage: Sendable, Equatable {
    public enum Channel: String, Sendable { case sms, call }

    /// The provider's name of it; a second message of the same name is the same message.
    public var sid: String
    public var assistantID: String
    public var conversationID: String
    public var channel: Channel
    /// Numbers in E.164.
    public var customer: String
    public var business: String
    public var receivedAt: UnixSeconds
    public var body: String
    public var mediaCount: Int

    public init(
        sid: String, assistantID: String, conversationID: String, channel: Channel = .sms,
        customer: String, business: String, receivedAt: UnixSeconds, body: String,
        mediaCount: Int = 0
    ) {
        self.sid = sid
        self.assistantID = assistantID
        self.conversationID = conversationID
        self.channel = channel
        self.customer = customer
        self.business = business
        self.receivedAt = receivedAt
        self.body = body
        self.mediaCount = mediaCount
    }
}

/// A conversation by text between a customer and a business, as it is kept between messages.
public struct TextConversationRecord: Sendable, Equatable {
    /// Names the conversation, and with it the effects it has.
    public var id: String
    /// Messages that were answered in it.
    public var turn: Int
    /// What the dialogue remembers, in its own form.
    public var memory: String
    /// Forgotten from then on.
    public var expiresAt: UnixSeconds

    public init(id: String, turn: Int, memory: String, expiresAt: UnixSeconds) {
        self.id = id
        self.turn = turn
        self.memory = memory
        self.expiresAt = expiresAt
    }
}

/// The context of a message that comes in.
public struct MessageContext: Sendable, Equatable {
    /// The answer, where this very message was answered before.
    public var earlierReply: [String]?
    /// The conversation that goes on; nil where a new one begins.
    public var conversation: TextConversationRecord?
    /// Counts the changes of the conversation, to be handed back with the next one.
    public var version: Int
    public var hasOptedOut: Bool

    public init(
        earlierReply: [String]? = nil, conversation: TextConversationRecord? = nil,
        version: Int = 0, hasOptedOut: Bool = false
    ) {
        self.earlierReply = earlierReply
        self.conversation = conversation
        self.version = version
        self.hasOptedOut = hasOptedOut
    }
}

/// A message with its answer, to be kept together.
public struct AnsweredMessage: Sendable, Equatable {
    public var message: InboundMessage
    public var reply: [String]
    /// How the conversation goes on; nil ends it.
    public var conversation: TextConversationRecord?
    /// As ``MessageContext`` told it.
    public var version: Int
    /// True when the customer wants no more messages from now on; nil changes nothing.
    public var optsOut: Bool?

    public init(
        message: InboundMessage, reply: [String], conversation: TextConversationRecord?,
        version: Int, optsOut: Bool? = nil
    ) {
        self.message = message
        self.reply = reply
        self.conversation = conversation
        self.version = version
        self.optsOut = optsOut
    }
}

/// The outcome of an answer.
public enum AnswerOutcome: Sendable, Equatable {
    case stored
    /// The message was answered already, perhaps on another node; that answer counts.
    case answeredBefore([String])
    /// The conversation has gone on since it was read; the message has to be judged anew.
    case overtaken
}

/// Messages and the conversations they make. Like ``RecordStore`` in all else.
public protocol MessageStore: Sendable {
    /// Looks up what a message meets.
    func messageContext(
        sid: String, customer: String, business: String, at: UnixSeconds,
        completion: @escaping StoreCompletion<MessageContext>)
    /// Keeps message, answer and conversation in one step.
    func recordAnswer(
        _ answered: AnsweredMessage, completion: @escaping StoreCompletion<AnswerOutcome>)
    /// The newest messages first.
    func recentMessages(
        assistantID: String, limit: Int, completion: @escaping StoreCompletion<[InboundMessage]>)
}

/// Where a confirmation goes to and comes from, in E.164.
public struct ConfirmationRoute: Sendable, Equatable {
    public var recipient: String
    public var sender: String

    public init(recipient: String, sender: String) {
        self.recipient = recipient
        self.sender = sender
    }
}

/// A message that is to be sent.
public struct OutboundMessage: Sendable, Equatable {
    /// The record that it confirms.
    public enum Subject: Sendable, Equatable {
        case order(Order)
        case reservation(Reservation)
    }

    public var id: Int64
    public var assistantID: String
    public var route: ConfirmationRoute
    public var subject: Subject
    public var createdAt: UnixSeconds
    /// This one included.
    public var attempts: Int
    /// An earlier attempt may have been taken without an answer to us.
    public var isUncertain: Bool
}

/// The outcome of an attempt to send.
public enum SendOutcome: Sendable, Equatable {
    case sent(messageSid: String)
    /// To be tried again at that time, in milliseconds since 1970.
    case retry(atMs: Int64, error: String, isUncertain: Bool)
    /// Never to be tried again.
    case failed(error: String)
}

/// Messages to be sent; they are written in the transaction of what they confirm, so that none is
/// lost and none is sent for what was not done.
public protocol OutboxStore: Sendable {
    /// Takes messages that are due, for `leaseMs`: who does not settle one by then may have died,
    /// and it is given out again as uncertain. Times in milliseconds since 1970.
    func claimOutbound(
        limit: Int, nowMs: Int64, leaseMs: Int64,
        completion: @escaping StoreCompletion<[OutboundMessage]>)
    func settleOutbound(
        id: Int64, _ outcome: SendOutcome, completion: @escaping StoreCompletion<Void>)
    /// Notes what became of a sent message: Twilio's word (`delivered`, `undelivered`, …). Tells
    /// whether the message is one of ours.
    func recordDelivery(
        messageSid: String, status: String, completion: @escaping StoreCompletion<Bool>)
    /// Messages in a state: `waiting`, `sending`, `sent`, `failed`, `suppressed`.
    func outboundCount(status: String, completion: @escaping StoreCompletion<Int>)
}
