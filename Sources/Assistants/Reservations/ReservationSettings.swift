import Store

/// The settings of tables and of how they are booked.
public struct ReservationSettings: KindSettings {
    /// Put into the store when it has no tables for this assistant.
    public var tables: [DiningTable] = []
    /// The largest party that is booked without a person.
    public var partySizeMax = 12
    /// How long a table is kept, in minutes.
    public var reservationMinutes = 90
    /// How long a party of ``largePartySize`` or more keeps its table, in minutes.
    public var largePartyMinutes = 120
    public var largePartySize = 6
    /// The last guests come this long before closing, in minutes.
    public var lastSeatingMinutes = 60
    /// Distance of the starts that are offered when the wanted one is full, in minutes.
    public var slotMinutes = 30
    /// How far ahead a table can be booked, in days.
    public var daysAheadMax = 365
    /// True when all is read back and a yes awaited before booking.
    public var confirmsBeforeBooking = true

    public init() {}

    /// How long a party keeps its table, in minutes.
    public func minutes(forPartyOf size: Int) -> Int {
        size >= largePartySize ? largePartyMinutes : reservationMinutes
    }

    func problems() -> [String] {
        var found: [String] = []
        let positive: [(String, Int)] = [
            ("partySizeMax", partySizeMax), ("reservationMinutes", reservationMinutes),
            ("largePartyMinutes", largePartyMinutes), ("largePartySize", largePartySize),
            ("slotMinutes", slotMinutes), ("daysAheadMax", daysAheadMax),
        ]
        for (key, value) in positive where value < 1 {
            found.append("\(key): is \(value); it must be 1 or more")
        }
        if lastSeatingMinutes < 0 {
            found.append("lastSeatingMinutes: is \(lastSeatingMinutes); it must be 0 or more")
        }
        for table in tables where table.seats < 1 {
            found.append("tables: \(table.name) has \(table.seats) seats; it needs 1 or more")
        }
        if Set(tables.map(\.name)).count != tables.count {
            found.append("tables: two have the same name; names must differ")
        }
        return found
    }
}

extension AssistantSettings {
    public var reservations: ReservationSettings {
        get { self[ReservationSettings.self] }
        set { self[ReservationSettings.self] = newValue }
    }
}
