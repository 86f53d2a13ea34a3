import Language
import Pipelines

/// Everything the reservation dialogue remembers of one conversation.
public struct ReservationState: Sendable, Equatable, Codable {
    public enum Stage: Sendable, Equatable, Codable {
        /// Parts are missing.
        case collecting
        /// The wished start is full; these were offered.
        case choosing([LocalDateTime])
        /// All is known and was read back.
        case confirming
        /// Something is wrong, it was asked what.
        case changing
        /// It was asked whether to cancel what is booked.
        case cancelling
        /// The store failed, it was asked whether to try again.
        case retrying
        /// Nothing is under way; it was asked whether there is anything else.
        case done
    }

    /// What is in the store.
    public struct Booking: Sendable, Equatable, Codable {
        public var number: String
        public var wish: TableWish
        public var name: String
    }

    public var stage = Stage.collecting
    public var partySize: Int?
    public var date: LocalDate?
    public var time: HeardTime?
    public var partOfDay: PartOfDay?
    public var name: String?
    /// What was asked last.
    public var expectation = ReservationExpectation.slots([.party, .date, .time])

    /// The wish that was last found free.
    var freeWish: TableWish?
    var booking: Booking?
    /// False until the caller has heard the confirmation number.
    var isNumberHeard = true
    /// What is being waited for.
    var waiting: ReservationCall.Kind?
    /// Parts understood in this turn, to be acknowledged in the reply.
    var news: ReservationSlots = []
    /// The caller said something of use in this turn.
    var hasProgressed = false
    /// The caller has said goodbye along with the last answer.
    var endsAfterBooking = false
    /// The question asked last, with its key, for repeating and asking differently.
    var question = PromptKey.askAll
    var askCounts: [PromptKey: Int] = [.askAll: 1]
    var lastReply: [String] = []
    /// Turns in a row without progress.
    var failures = 0
    var storeFailures = 0
    /// Effects that came to an outcome; part of the idempotency key.
    var sequence = 1

    public init() {}

    /// The members that a conversation keeps between its messages: nothing is waited for then.
    private enum CodingKeys: CodingKey {
        case stage, partySize, date, time, partOfDay, name, expectation, freeWish, booking
        case isNumberHeard, news, hasProgressed, endsAfterBooking, question, askCounts, lastReply
        case failures, storeFailures, sequence
    }

    var missing: ReservationSlots {
        var result: ReservationSlots = []
        if partySize == nil { result.insert(.party) }
        if date == nil { result.insert(.date) }
        if time == nil { result.insert(.time) }
        if name == nil { result.insert(.name) }
        return result
    }

    mutating func clear(_ slots: ReservationSlots) {
        if slots.contains(.party) { partySize = nil }
        if slots.contains(.date) { date = nil }
        if slots.contains(.time) {
            time = nil
            partOfDay = nil
        }
        if slots.contains(.name) { name = nil }
    }
}

/// A tool call of the reservation dialogue.
public struct ReservationCall: ScriptedToolCall {
    public enum Kind: Sendable, Equatable {
        case check(CheckAvailability.Arguments)
        case create(CreateReservation.Arguments)
        case change(ChangeReservation.Arguments)
        case cancel(CancelReservation.Arguments)
    }

    public var kind: Kind
    public var sequence: Int

    public var declaration: ToolDeclaration {
        switch kind {
        case .check: CheckAvailability.declaration
        case .create: CreateReservation.declaration
        case .change: ChangeReservation.declaration
        case .cancel: CancelReservation.declaration
        }
    }

    public var isReadOnly: Bool { declaration.effect == .readOnly }

    public func action(answered answer: ReservationAnswer) -> DialogueAction? {
        let arguments =
            switch kind {
            case .check(let arguments): DialogueAction.json(arguments)
            case .create(let arguments): DialogueAction.json(arguments)
            case .change(let arguments): DialogueAction.json(arguments)
            case .cancel(let arguments): DialogueAction.json(arguments)
            }
        return DialogueAction(declaration, arguments: arguments, answer: answer)
    }

    public func run(
        in context: ToolContext, completion: @escaping ToolCompletion<ReservationAnswer>
    ) {
        switch kind {
        case .check(let arguments):
            CheckAvailability.run(arguments, in: context, completion: completion)
        case .create(let arguments):
            CreateReservation.run(arguments, in: context, completion: completion)
        case .change(let arguments):
            ChangeReservation.run(arguments, in: context, completion: completion)
        case .cancel(let arguments):
            CancelReservation.run(arguments, in: context, completion: completion)
        }
    }
}
