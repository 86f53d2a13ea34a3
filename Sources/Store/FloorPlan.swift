/// The tables of a restaurant and when they are taken: decides who can sit where.
///
/// Pure, so that every database behind ``RecordStore`` seats guests alike.
struct FloorPlan {
    struct Taken {
        var tableID: Int64
        var startsAt: UnixSeconds
        var endsAt: UnixSeconds
    }

    var tables: [DiningTable]
    var taken: [Taken]

    /// The largest party that any table, or two joined, can seat.
    var partySizeMax: Int {
        var largest = 0
        for (index, table) in tables.enumerated() {
            largest = max(largest, table.seats)
            for other in tables[(index + 1)...] where canJoin(table, other) {
                largest = max(largest, table.seats + other.seats)
            }
        }
        return largest
    }

    /// The tables to keep for a party: the smallest single one that seats it, else the two of one
    /// join group with the fewest seats to spare; nil when it cannot be seated.
    func seating(partySize: Int, startsAt: UnixSeconds, endsAt: UnixSeconds) -> [DiningTable]? {
        let busy = Set(
            taken.lazy.filter { $0.startsAt < endsAt && $0.endsAt > startsAt }.map(\.tableID))
        let free = tables.filter { !busy.contains($0.id) }
            .sorted { ($0.seats, $0.id) < ($1.seats, $1.id) }
        if let single = free.first(where: { $0.seats >= partySize }) { return [single] }
        var best: [DiningTable]?
        var bestSeats = Int.max
        for (index, table) in free.enumerated() {
            for other in free[(index + 1)...] where canJoin(table, other) {
                let seats = table.seats + other.seats
                if seats >= partySize && seats < bestSeats {
                    best = [table, other]
                    bestSeats = seats
                }
            }
        }
        return best
    }

    /// The answer to a query, alternatives included.
    func availability(_ query: AvailabilityQuery) -> Availability {
        guard query.partySize <= partySizeMax else {
            return .tooLarge(partySizeMax: partySizeMax)
        }
        if isFree(query.slot, query) { return .free }
        let others = query.otherSlots.lazy.filter { isFree($0, query) }
        return .full(alternatives: Array(others.prefix(query.alternativesMax)))
    }

    private func isFree(_ slot: ReservationSlot, _ query: AvailabilityQuery) -> Bool {
        let end = slot.startsAt + Int64(query.durationSeconds)
        return seating(partySize: query.partySize, startsAt: slot.startsAt, endsAt: end) != nil
    }

    private func canJoin(_ one: DiningTable, _ other: DiningTable) -> Bool {
        guard let group = one.joinGroup else { return false }
        return other.joinGroup == group
    }
}
