import Assistants
import Foundation
import Language
import Pipelines
import Realtime
import Store

/// Wednesday the 25th of November 2026, 15:00 in New York.
let wednesday = instant("2026-11-25 15:00")
let newYork = TimeZone(identifier: "America/New_York") ?? .current
let today = date("2026-11-25")

func date(_ text: String) -> LocalDate {
    guard let date = LocalDate(text) else { preconditionFailure("no date: \(text)") }
    return date
}

func moment(_ text: String) -> LocalDateTime {
    guard let moment = LocalDateTime(text) else { preconditionFailure("no moment: \(text)") }
    return moment
}

func instant(_ text: String, _ zone: TimeZone = newYork) -> Date {
    Date(
        timeIntervalSince1970: Double(BusinessClock(timeZone: zone).instant(of: moment(text))))
}

/// A clock that tests set.
final class SettableNow: Sendable {
    private let value: Locked<Date>
    init(_ date: Date) { value = Locked(date) }
    var date: Date {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// A restaurant with a database in memory and a clock that stands still.
struct Restaurant {
    let database: Database
    let engine: ScriptedDialogueEngine
    let settings: AssistantSettings
    let now: SettableNow

    init(
        now: Date = wednesday, _ adjust: (inout AssistantSettings) -> Void = { _ in }
    ) throws {
        var settings = AssistantSettings.sampleRestaurant(timeZone: newYork)
        adjust(&settings)
        let clock = SettableNow(now)
        let database = try Database(DatabaseOptions(path: ":memory:"))
        let engine = ScriptedDialogueEngine(
            assistants: [settings], store: database, now: { clock.date })
        self.settings = settings
        self.now = clock
        self.database = database
        self.engine = engine
        let seeded = DispatchSemaphore(value: 0)
        engine.seed { _ in seeded.signal() }
        seeded.wait()
    }

    func call(_ sid: String = "CA1") -> TextConversation {
        TextConversation(
            engine: engine,
            call: CallInfo(callSid: sid, assistantID: settings.id, from: "+15550001111"))
    }

    /// All reservations, cancelled ones included.
    func reservations() async throws -> [Reservation] {
        try await database.value {
            database.reservations(
                assistantID: settings.id, startingIn: 0..<Int64.max, completion: $0)
        }
    }

    /// Books every table at a time, so that it is full.
    func fill(_ local: String, parties: [Int] = [2, 2, 2, 2, 4, 4, 4, 4, 6, 8]) async throws {
        let rules = ReservationRules(settings)
        for (index, size) in parties.enumerated() {
            var query = rules.query(
                partySize: size, start: moment(local), now: now.date, changing: nil)
            query.durationSeconds = 90 * 60
            let new = NewReservation(
                query: query, name: "Filler", phone: "", callSid: nil,
                idempotencyKey: "fill:\(local):\(index)", createdAt: 0)
            _ = try await database.value { database.createReservation(new, completion: $0) }
        }
    }
}
