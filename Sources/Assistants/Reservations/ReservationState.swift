import Language
import Pipelines

/// Everything the reservation dialogue remembers of one conversation.
public struct ReservationState: ScriptedState, Equatable, Codable {
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
    var waiting: ReservationCall?
    /// Parts understood in this turn, to be acknowledged in the reply.
    var news: ReservationSlots = []
    var hasProgressed = false
    /// The caller has said goodbye along with the last answer.
    var endsAfterBooking = false
    var question = ReservationPromptKey.askAll
    var askCounts: [ReservationPromptKey: Int] = [.askAll: 1]
    var lastReply: [String] = []
    var failures = 0
    var storeFailures = 0

    public init() {}

    /// The members that a conversation keeps between its messages: nothing is waited for then.
    private enum CodingKeys: CodingKey {
        case stage, partySize, date, time, partOfDay, name, expectation, freeWish, booking
        case isNumberHeard, news, hasProgressed, endsAfterBooking, question, askCounts, lastReply
        case failures, storeFailures
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
public enum ReservationCall: DeclaredToolCall {
    public typealias Answer = ReservationAnswer

    case check(CheckAvailability.Arguments)
    case create(CreateReservation.Arguments)
    case change(ChangeReservation.Arguments)
    case cancel(CancelReservation.Arguments)

    public var tool: PreparedTool<ReservationAnswer> {
        switch self {
        case .check(let arguments): PreparedTool(CheckAvailability.self, arguments)
        case .create(let arguments): PreparedTool(CreateReservation.self, arguments)
        case .change(let arguments): PreparedTool(ChangeReservation.self, arguments)
        case .cancel(let arguments): PreparedTool(CancelReservation.self, arguments)
        }
    }

    public func effectName(in context: ToolContext) -> String? {
        switch self {
        case .create(let arguments): context.effectName(CreateReservation.self, arguments)
        // These name their record.
        case .check, .change, .cancel: nil
        }
    }
}
