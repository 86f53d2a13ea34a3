/// An instant: seconds since 1970-01-01 00:00 UTC.
public typealias UnixSeconds = Int64

/// One telephone call.
public struct CallRecord: Sendable, Equatable {
    public var callSid: String
    public var assistantID: String
    /// Caller's and called number in E.164.
    public var from: String
    public var to: String
    /// Twilio's word: queued, ringing, in-progress, completed, busy, failed, no-answer, canceled.
    public var status: String
    public var startedAt: UnixSeconds
    public var endedAt: UnixSeconds?
    public var durationSeconds: Int?

    public init(
        callSid: String, assistantID: String, from: String = "", to: String = "",
        status: String = "in-progress", startedAt: UnixSeconds, endedAt: UnixSeconds? = nil,
        durationSeconds: Int? = nil
    ) {
        self.callSid = callSid
        self.assistantID = assistantID
        self.from = from
        self.to = to
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.durationSeconds = durationSeconds
    }
}

/// The record of one turn of a call.
public struct TurnRecord: Sendable, Equatable {
    public var callSid: String
    public var assistantID: String
    public var turn: Int
    public var at: UnixSeconds
    public var callerText: String
    /// What the caller heard of the reply.
    public var agentText: String

    public init(
        callSid: String, assistantID: String, turn: Int, at: UnixSeconds, callerText: String,
        agentText: String
    ) {
        self.callSid = callSid
        self.assistantID = assistantID
        self.turn = turn
        self.at = at
        self.callerText = callerText
        self.agentText = agentText
    }
}

/// A table that guests can be seated at.
public struct DiningTable: Sendable, Equatable {
    /// Given by the store.
    public var id: Int64
    public var name: String
    public var seats: Int
    /// Two tables of one group can be pushed together; nil for a table that stands alone.
    public var joinGroup: String?

    public init(id: Int64 = 0, name: String, seats: Int, joinGroup: String? = nil) {
        self.id = id
        self.name = name
        self.seats = seats
        self.joinGroup = joinGroup
    }
}

/// A booked (or cancelled) table.
public struct Reservation: Sendable, Equatable {
    public enum Status: String, Sendable { case booked, cancelled }

    public var id: Int64
    public var assistantID: String
    public var confirmationNumber: String
    public var partySize: Int
    public var startsAt: UnixSeconds
    public var endsAt: UnixSeconds
    /// `yyyy-MM-dd HH:mm` on the business's clock.
    public var startsAtLocal: String
    public var name: String
    public var phone: String
    public var status: Status
    public var callSid: String?
    public var idempotencyKey: String
    public var createdAt: UnixSeconds
    /// Names of the tables that are kept for it.
    public var tableNames: [String]
}

/// A start that may be booked, on both clocks.
public struct ReservationSlot: Sendable, Equatable, Hashable {
    public var startsAt: UnixSeconds
    /// `yyyy-MM-dd HH:mm` on the business's clock.
    public var local: String

    public init(startsAt: UnixSeconds, local: String) {
        self.startsAt = startsAt
        self.local = local
    }
}

/// A question for a free table.
public struct AvailabilityQuery: Sendable, Equatable {
    public var assistantID: String
    public var partySize: Int
    public var slot: ReservationSlot
    public var durationSeconds: Int
    /// Other starts, best first, to try when the wanted one is full.
    public var otherSlots: [ReservationSlot]
    public var alternativesMax: Int
    /// A reservation that does not count as taken, because it is the one to be moved.
    public var ignoringConfirmationNumber: String?

    public init(
        assistantID: String, partySize: Int, slot: ReservationSlot, durationSeconds: Int,
        otherSlots: [ReservationSlot] = [], alternativesMax: Int = 2,
        ignoringConfirmationNumber: String? = nil
    ) {
        self.assistantID = assistantID
        self.partySize = partySize
        self.slot = slot
        self.durationSeconds = durationSeconds
        self.otherSlots = otherSlots
        self.alternativesMax = alternativesMax
        self.ignoringConfirmationNumber = ignoringConfirmationNumber
    }
}

/// The answer to an ``AvailabilityQuery``.
public enum Availability: Sendable, Equatable {
    case free
    /// Taken; these others are free, best first.
    case full(alternatives: [ReservationSlot])
    /// No table, not even two joined, seats so many at any time.
    case tooLarge(partySizeMax: Int)
}

/// A reservation to be made. A second one with the same key answers with the first, until that is
/// settled, changed or cancelled; another one under its key is a ``StoreError/conflict(key:)``.
public struct NewReservation: Sendable, Equatable {
    public var query: AvailabilityQuery
    public var name: String
    public var phone: String
    public var callSid: String?
    public var idempotencyKey: String
    public var createdAt: UnixSeconds
    /// Where a message goes that confirms it; nil for none.
    public var confirmation: ConfirmationRoute?

    public init(
        query: AvailabilityQuery, name: String, phone: String, callSid: String?,
        idempotencyKey: String, createdAt: UnixSeconds, confirmation: ConfirmationRoute? = nil
    ) {
        self.query = query
        self.name = name
        self.phone = phone
        self.callSid = callSid
        self.idempotencyKey = idempotencyKey
        self.createdAt = createdAt
        self.confirmation = confirmation
    }
}

/// A change of a booked reservation; it keeps its confirmation number.
public struct ReservationChange: Sendable, Equatable {
    public var confirmationNumber: String
    public var query: AvailabilityQuery
    public var name: String

    public init(confirmationNumber: String, query: AvailabilityQuery, name: String) {
        self.confirmationNumber = confirmationNumber
        self.query = query
        self.name = name
    }
}

/// The outcome of an attempt to book or change.
public enum ReservationOutcome: Sendable, Equatable {
    case booked(Reservation)
    case full(alternatives: [ReservationSlot])
    case tooLarge(partySizeMax: Int)
    /// There is no booked reservation of that number.
    case notFound
}
