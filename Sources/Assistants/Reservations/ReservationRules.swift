import Foundation
import Language
import Store

/// The rules of a restaurant that need no database: hours, past, size of party.
public struct ReservationRules: Sendable {
    public let settings: AssistantSettings
    public let clock: BusinessClock

    public init(_ settings: AssistantSettings) {
        self.settings = settings
        clock = BusinessClock(timeZone: settings.timeZone)
    }

    /// Why a wish cannot be booked, whatever tables are free.
    public enum Refusal: Sendable, Equatable, Error {
        case partyTooLarge(max: Int)
        case past(LocalDateTime)
        case tooFarAhead(daysMax: Int)
        case closedDay(LocalDate)
        case closedAtTime(LocalDateTime)
    }

    public func today(_ now: Date) -> LocalDate { clock.local(at: now).date }

    /// Nil when the rules allow it.
    public func refusal(partySize: Int?, start: LocalDateTime, now: Date) -> Refusal? {
        if let partySize, let refusal = refusal(partySize: partySize) { return refusal }
        if let refusal = refusal(date: start.date, now: now) { return refusal }
        guard
            settings.openingHours.allowsStart(
                start, lastStartMinutes: settings.reservations.lastSeatingMinutes),
            clock.exists(start)
        else { return .closedAtTime(start) }
        if start <= clock.local(at: now) { return .past(start) }
        return nil
    }

    public func refusal(partySize: Int) -> Refusal? {
        (1...settings.reservations.partySizeMax).contains(partySize)
            ? nil : .partyTooLarge(max: settings.reservations.partySizeMax)
    }

    public func refusal(date: LocalDate, now: Date) -> Refusal? {
        let today = today(now)
        if date < today {
            return .past(LocalDateTime(date: date, time: LocalTime(wrappingMinutes: 720)))
        }
        if date.daysSince1970 - today.daysSince1970 > settings.reservations.daysAheadMax {
            return .tooFarAhead(daysMax: settings.reservations.daysAheadMax)
        }
        if settings.openingHours.periods(on: date).isEmpty {
            // After midnight a day may still have the evening before.
            let small = settings.openingHours.periods(on: date.adding(days: -1))
            if !small.contains(where: {
                $0.closesMinute - settings.reservations.lastSeatingMinutes > 1440
            }) {
                return .closedDay(date)
            }
        }
        return nil
    }

    /// The moment that a spoken time means on a day.
    ///
    /// Of morning and evening it is the one within the opening hours and still ahead; evening when
    /// that does not decide, because restaurants are visited then.
    public func moment(
        _ time: HeardTime, on date: LocalDate, partOfDay: PartOfDay?, now: Date
    ) -> LocalDateTime {
        let midnight = date.daysSince1970 * 1440
        var minutes = time.candidates
        if case .dial = time, let partOfDay {
            let fitting = minutes.filter { partOfDay.minutes.contains($0) }
            if !fitting.isEmpty { minutes = fitting }
        }
        if case .exact(let minute) = time, minute < 300, partOfDay == .evening {
            // "tonight at half past midnight" is on the next day's calendar.
            minutes = [minute + 1440]
        }
        let local = clock.local(at: now)
        let moments = minutes.map { LocalDateTime(clockMinutes: midnight + $0) }
        let open = moments.filter {
            settings.openingHours.allowsStart(
                $0, lastStartMinutes: settings.reservations.lastSeatingMinutes)
        }
        return open.first { $0 > local } ?? open.first ?? moments.first { $0 > local }
            ?? moments[0]
    }

    /// The question to the store for a wish that the rules allow.
    public func query(partySize: Int, start: LocalDateTime, now: Date, changing number: String?)
        -> AvailabilityQuery
    {
        AvailabilityQuery(
            assistantID: settings.id, partySize: partySize, slot: slot(start),
            durationSeconds: settings.reservations.minutes(forPartyOf: partySize) * 60,
            otherSlots: otherStarts(start, now: now).map(slot),
            ignoringConfirmationNumber: number)
    }

    private func slot(_ start: LocalDateTime) -> ReservationSlot {
        ReservationSlot(startsAt: clock.instant(of: start), local: start.description)
    }

    /// Starts to offer instead: the same day's, nearest first, then the same time on the next days.
    private func otherStarts(_ start: LocalDateTime, now: Date) -> [LocalDateTime] {
        let sameDay = settings.openingHours.starts(
            on: start.date, lastStartMinutes: settings.reservations.lastSeatingMinutes,
            stepMinutes: settings.reservations.slotMinutes
        ).filter { abs($0.clockMinutes - start.clockMinutes) <= 240 && $0 != start }
            .sorted {
                let left = abs($0.clockMinutes - start.clockMinutes)
                let right = abs($1.clockMinutes - start.clockMinutes)
                return (left, $0) < (right, $1)
            }
        let nextDays = (1...3).map {
            LocalDateTime(date: start.date.adding(days: $0), time: start.time)
        }
        return (sameDay + nextDays).filter {
            refusal(partySize: nil, start: $0, now: now) == nil
        }
    }
}
