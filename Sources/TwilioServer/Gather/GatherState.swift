import Foundation

/// The state of a call between two of its webhooks.
struct GatherState: Codable, Equatable {
    var assistantID: String
    /// Names the conversation in records: the call's SID, with the turn behind it where the memory of
    /// the call was lost and a new conversation began in it.
    var conversationID: String
    var from: String
    var to: String
    /// Where the caller's words are sent.
    var speechPath: String
    var startedAt: Int64
    /// The last turn that was answered; 0 is the greeting.
    var turn = 0
    /// What the dialogue remembers; nil before its first turn.
    var memory: String?
    /// Turns in a row without a word, and turns in a row that were not understood.
    var silences = 0
    var misses = 0
    /// Answers by turn, the last few: a webhook that comes again gets the same.
    var answers: [Int: String] = [:]
    /// Turns by `I-Twilio-Idempotency-Token`, for webhooks that do not say which turn they are.
    var tokens: [String: Int] = [:]
    /// Outside the opening hours what the caller says next is a message.
    var takesMessage = false
    var hints: [String] = []

    /// Webhooks come twice within seconds; answers older than this many turns are forgotten.
    static let answersMax = 4

    /// Keeps the answer of a turn.
    mutating func keep(_ answer: String, of turn: Int, token: String?) {
        self.turn = max(self.turn, turn)
        answers[turn] = answer
        if let token { tokens[token] = turn }
        answers = answers.filter { $0.key > self.turn - Self.answersMax }
        tokens = tokens.filter { $0.value > self.turn - Self.answersMax }
    }

    /// The answer that a turn has had, or for an older one the latest; nil for a turn that is new.
    func answer(to turn: Int) -> String? {
        answers[turn] ?? (turn < self.turn ? answers[self.turn] : nil)
    }

    static func key(_ callSid: String) -> String { "call:" + callSid }

    init(
        assistantID: String, conversationID: String, from: String, to: String, speechPath: String,
        startedAt: Int64
    ) {
        self.assistantID = assistantID
        self.conversationID = conversationID
        self.from = from
        self.to = to
        self.speechPath = speechPath
        self.startedAt = startedAt
    }

    /// Reads what ``bytes`` wrote.
    init?(_ bytes: [UInt8]) {
        guard let state = try? JSONDecoder().decode(GatherState.self, from: Data(bytes)) else {
            return nil
        }
        self = state
    }

    /// For the expiring state, in memory or elsewhere.
    var bytes: [UInt8] {
        guard let data = try? JSONEncoder().encode(self) else {
            preconditionFailure("texts and numbers can always be written as JSON")
        }
        return Array(data)
    }
}
