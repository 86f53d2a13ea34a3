import Foundation
import Language
import Store

/// A tool's answer about a wished table.
public enum ReservationAnswer: Sendable, Equatable, Encodable {
    case free
    case booked(confirmationNumber: String)
    case cancelled
    /// Full; these starts are free, best first.
    case full(alternatives: [LocalDateTime])
    case refused(ReservationRules.Refusal)
    case notFound

    private enum Key: String, CodingKey {
        case status
        case confirmationNumber = "confirmation_number"
        case alternatives
        case reason
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .free: try container.encode("available", forKey: .status)
        case .booked(let number):
            try container.encode("booked", forKey: .status)
            try container.encode(number, forKey: .confirmationNumber)
        case .cancelled: try container.encode("cancelled", forKey: .status)
        case .full(let others):
            try container.encode("full", forKey: .status)
            try container.encode(others.map(\.description), forKey: .alternatives)
        case .refused(let refusal):
            try container.encode("refused", forKey: .status)
            try container.encode(refusal.summary, forKey: .reason)
        case .notFound: try container.encode("not_found", forKey: .status)
        }
    }
}

extension ReservationRules.Refusal {
    /// For logs and language models.
    public var summary: String {
        switch self {
        case .partyTooLarge(let most): "parties of up to \(most) can be booked"
        case .past(let moment): "\(moment) is over"
        case .tooFarAhead(let days): "tables are booked up to \(days) days ahead"
        case .closedDay(let date): "closed all day on \(date)"
        case .closedAtTime(let moment): "no guests are taken at \(moment)"
        }
    }
}

/// The table somebody wishes for, on the business's clock.
public struct TableWish: Codable, Sendable, Equatable {
    public var partySize: Int
    public var date: LocalDate
    public var time: LocalTime

    public init(partySize: Int, date: LocalDate, time: LocalTime) {
        self.partySize = partySize
        self.date = date
        self.time = time
    }

    public var start: LocalDateTime { LocalDateTime(date: date, time: time) }

    enum CodingKeys: String, CodingKey {
        case partySize = "party_size"
        case date, time
    }

    static let parameters = [
        ToolParameter("party_size", .integer(1...100), "Number of people."),
        ToolParameter(
            "date", .string(pattern: "^\\d{4}-\\d{2}-\\d{2}$"), "Day, as yyyy-MM-dd."),
        ToolParameter(
            "time", .string(pattern: "^\\d{2}:\\d{2}$"), "Local time of arrival, as HH:mm."),
    ]
    static let name = ToolParameter("name", .string(pattern: nil), "Name the table is kept under.")
    static let number = ToolParameter(
        "confirmation_number", .string(pattern: "^\\d{6,8}$"), "Number of the reservation.")
}

/// Whether a table is free, with the nearest free times if not.
public enum CheckAvailability: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var wish: TableWish
        /// A reservation that is to be moved, so that it is not in its own way.
        public var changing: String?

        public init(wish: TableWish, changing: String? = nil) {
            self.wish = wish
            self.changing = changing
        }

        public init(from decoder: any Decoder) throws {
            wish = try TableWish(from: decoder)
            changing = nil
        }

        public func encode(to encoder: any Encoder) throws { try wish.encode(to: encoder) }
    }

    public static let declaration = ToolDeclaration(
        name: "check_availability",
        summary: "Tells whether a table is free, and the nearest free times if not.",
        effect: .readOnly, parameters: TableWish.parameters)

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ReservationAnswer>
    ) {
        guard let query = context.query(arguments.wish, arguments.changing, completion) else {
            return
        }
        context.store.availability(query) { result in
            completion(result.mapError(ToolError.store).map(ReservationAnswer.init))
        }
    }
}

/// Books a table. Two calls for the same in one conversation book one.
public enum CreateReservation: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var wish: TableWish
        public var name: String

        public init(wish: TableWish, name: String) {
            self.wish = wish
            self.name = name
        }

        private enum Key: String, CodingKey { case name }

        public init(from decoder: any Decoder) throws {
            wish = try TableWish(from: decoder)
            name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .name)
        }

        public func encode(to encoder: any Encoder) throws {
            try wish.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
        }
    }

    public static let declaration = ToolDeclaration(
        name: "create_reservation",
        summary:
            "Books a table after the guest has confirmed; answers with the confirmation number.",
        effect: .writes, parameters: TableWish.parameters + [TableWish.name])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ReservationAnswer>
    ) {
        guard let query = context.query(arguments.wish, nil, completion) else { return }
        let new = NewReservation(
            query: query, name: arguments.name, phone: context.callerNumber,
            callSid: context.callSid, idempotencyKey: context.effectName(Self.self, arguments),
            createdAt: Int64(context.now.timeIntervalSince1970),
            confirmation: context.confirmation)
        context.store.createReservation(new) { result in
            completion(result.mapError(ToolError.store).map(ReservationAnswer.init))
        }
    }
}

/// Moves or resizes a booked table; it keeps its number. When full, nothing changes.
public enum ChangeReservation: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var confirmationNumber: String
        public var wish: TableWish
        public var name: String

        public init(confirmationNumber: String, wish: TableWish, name: String) {
            self.confirmationNumber = confirmationNumber
            self.wish = wish
            self.name = name
        }

        private enum Key: String, CodingKey {
            case confirmationNumber = "confirmation_number"
            case name
        }

        public init(from decoder: any Decoder) throws {
            wish = try TableWish(from: decoder)
            let container = try decoder.container(keyedBy: Key.self)
            confirmationNumber = try container.decode(String.self, forKey: .confirmationNumber)
            name = try container.decode(String.self, forKey: .name)
        }

        public func encode(to encoder: any Encoder) throws {
            try wish.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(confirmationNumber, forKey: .confirmationNumber)
            try container.encode(name, forKey: .name)
        }
    }

    public static let declaration = ToolDeclaration(
        name: "change_reservation",
        summary: "Changes party, day, time or name of a booked table.",
        effect: .writes,
        parameters: [TableWish.number] + TableWish.parameters + [TableWish.name])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ReservationAnswer>
    ) {
        let number = arguments.confirmationNumber
        guard let query = context.query(arguments.wish, number, completion) else { return }
        let change = ReservationChange(
            confirmationNumber: number, query: query, name: arguments.name)
        context.store.changeReservation(change) { result in
            completion(result.mapError(ToolError.store).map(ReservationAnswer.init))
        }
    }
}

/// Gives a booked table back.
public enum CancelReservation: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var confirmationNumber: String

        public init(confirmationNumber: String) { self.confirmationNumber = confirmationNumber }

        enum CodingKeys: String, CodingKey { case confirmationNumber = "confirmation_number" }
    }

    public static let declaration = ToolDeclaration(
        name: "cancel_reservation", summary: "Cancels a booked table by its number.",
        effect: .writes, parameters: [TableWish.number])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ReservationAnswer>
    ) {
        context.store.cancelReservation(
            confirmationNumber: arguments.confirmationNumber,
            assistantID: context.rules.settings.id
        ) { result in
            completion(
                result.mapError(ToolError.store).map { $0 == nil ? .notFound : .cancelled })
        }
    }
}

extension ToolContext {
    /// The store's query for a wish, or nil after a refusal by the rules has been answered.
    fileprivate func query(
        _ wish: TableWish, _ changing: String?, _ completion: ToolCompletion<ReservationAnswer>
    ) -> AvailabilityQuery? {
        if let refusal = rules.refusal(partySize: wish.partySize, start: wish.start, now: now) {
            completion(.success(.refused(refusal)))
            return nil
        }
        return rules.query(
            partySize: wish.partySize, start: wish.start, now: now, changing: changing)
    }
}

extension ReservationAnswer {
    fileprivate init(_ availability: Availability) {
        switch availability {
        case .free: self = .free
        case .full(let slots):
            self = .full(alternatives: slots.compactMap { LocalDateTime($0.local) })
        case .tooLarge(let most): self = .refused(.partyTooLarge(max: most))
        }
    }

    fileprivate init(_ outcome: ReservationOutcome) {
        switch outcome {
        case .booked(let reservation):
            self = .booked(confirmationNumber: reservation.confirmationNumber)
        case .full(let slots):
            self = .full(alternatives: slots.compactMap { LocalDateTime($0.local) })
        case .tooLarge(let most): self = .refused(.partyTooLarge(max: most))
        case .notFound: self = .notFound
        }
    }
}
