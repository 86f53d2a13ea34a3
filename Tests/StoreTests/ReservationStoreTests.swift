import Foundation
import Store
import TestSupport
import Testing

let evening: UnixSeconds = 1_800_000_000

func query(
    _ size: Int, at start: UnixSeconds = evening, others: [UnixSeconds] = [],
    assistant: String = "r", minutes: Int = 90
) -> AvailabilityQuery {
    func slot(_ seconds: UnixSeconds) -> ReservationSlot {
        ReservationSlot(startsAt: seconds, local: "local \(seconds)")
    }
    return AvailabilityQuery(
        assistantID: assistant, partySize: size, slot: slot(start), durationSeconds: minutes * 60,
        otherSlots: others.map(slot))
}

func new(_ query: AvailabilityQuery, key: String, name: String = "Ann") -> NewReservation {
    NewReservation(
        query: query, name: name, phone: "+1", callSid: "CA", idempotencyKey: key, createdAt: 5)
}

extension Database {
    func seed(_ seats: [Int], group: String? = nil, assistant: String = "r") async throws {
        let tables = seats.enumerated().map {
            DiningTable(name: "T\($0.offset)", seats: $0.element, joinGroup: group)
        }
        _ = try await value { seedDiningTables(tables, assistantID: assistant, completion: $0) }
    }
    func book(_ new: NewReservation) async throws -> ReservationOutcome {
        try await value { createReservation(new, completion: $0) }
    }
    func all(assistant: String = "r") async throws -> [Reservation] {
        try await value {
            reservations(assistantID: assistant, startingIn: 0..<Int64.max, completion: $0)
        }
    }
}

extension ReservationOutcome {
    var reservation: Reservation? { if case .booked(let made) = self { made } else { nil } }
}

@Suite struct ReservationStoreTests {
    @Test(arguments: StoreKind.allCases)
    func smallestSufficientTableFirst(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([8, 2, 4, 6])
        var names: [[String]] = []
        for index in 0..<4 {
            let outcome = try await store.database.book(new(query(2), key: "\(index)"))
            names.append(try #require(outcome.reservation).tableNames)
        }
        #expect(names == [["T1"], ["T2"], ["T3"], ["T0"]])
        #expect(try await store.database.book(new(query(2), key: "5")) == .full(alternatives: []))
    }

    @Test(arguments: StoreKind.allCases)
    func joinsTablesOfAGroupOnly(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([2, 4, 4], group: "hall")
        try await store.database.seed([2, 4, 4], assistant: "apart")
        let six = try await store.database.book(new(query(6), key: "1"))
        #expect(try #require(six.reservation).tableNames.sorted() == ["T0", "T1"])
        #expect(
            try await store.database.book(new(query(9), key: "2")) == .tooLarge(partySizeMax: 8))
        let apart = try await store.database.book(new(query(6, assistant: "apart"), key: "3"))
        #expect(apart == .tooLarge(partySizeMax: 4))
    }

    @Test(arguments: StoreKind.allCases)
    func overlapIsHalfOpen(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4])
        _ = try await store.database.book(new(query(4), key: "1"))
        let length: Int64 = 90 * 60
        for (start, isFree) in [
            (evening - length, true), (evening - length + 1, false), (evening + length - 1, false),
            (evening + length, true),
        ] {
            let answer = try await store.database.value {
                store.database.availability(query(4, at: start), completion: $0)
            }
            #expect(answer == (isFree ? .free : .full(alternatives: [])), "\(start - evening)")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func offersFreeAlternativesInOrder(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4])
        _ = try await store.database.book(new(query(4), key: "1"))
        let others = [evening + 1800, evening - 7200, evening + 7200, evening + 9000]
        let answer = try await store.database.value {
            store.database.availability(query(4, others: others), completion: $0)
        }
        guard case .full(let alternatives) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(alternatives.map(\.startsAt) == [evening - 7200, evening + 7200])
    }

    @Test(arguments: StoreKind.allCases)
    func theSameKeyBooksOnce(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4, 4])
        let first = try #require(try await store.database.book(new(query(4), key: "k")).reservation)
        let second = try await store.database.book(new(query(4), key: "k"))
        #expect(second.reservation == first)
        #expect(try await store.database.all() == [first])
        #expect(first.confirmationNumber.count == 6)
    }

    @Test(arguments: StoreKind.allCases)
    func oneOfManyRequestsForTheLastTableWins(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        // A second program writes the same file.
        let other = try store.another()
        defer { other.close() }
        for round in 0..<5 {
            let assistant = "r\(round)"
            try await store.database.seed([4], assistant: assistant)
            let outcomes = try await withThrowingTaskGroup(of: ReservationOutcome.self) { group in
                for index in 0..<16 {
                    let database = index % 2 == 0 ? store.database : other
                    group.addTask {
                        try await database.book(
                            new(query(4, assistant: assistant), key: "\(round):\(index)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0.reservation != nil }.count == 1)
            #expect(outcomes.filter { $0 == .full(alternatives: []) }.count == 15)
            #expect(try await store.database.all(assistant: assistant).count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func noTableIsEverTakenTwice(kind: StoreKind) async throws {
        let seed = UInt64.random(in: 0..<UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([2, 2, 4, 4, 6], group: "g")
        for index in 0..<150 {
            let start = evening + Int64.random(in: 0..<12, using: &random) * 1800
            let size = Int.random(in: 1...10, using: &random)
            if index % 7 == 6,
                let some = try await store.database.all().randomElement(using: &random)
            {
                _ = try await store.database.value {
                    store.database.cancelReservation(
                        confirmationNumber: some.confirmationNumber, assistantID: "r",
                        completion: $0)
                }
            }
            _ = try await store.database.book(new(query(size, at: start), key: "\(index)"))
        }
        let booked = try await store.database.all().filter { $0.status == .booked }
        #expect(booked.count > 5)
        let seats = ["T0": 2, "T1": 2, "T2": 4, "T3": 4, "T4": 6]
        for (index, one) in booked.enumerated() {
            #expect(one.tableNames.reduce(0) { $0 + (seats[$1] ?? 0) } >= one.partySize)
            for other in booked[(index + 1)...]
            where one.startsAt < other.endsAt && other.startsAt < one.endsAt {
                #expect(Set(one.tableNames).isDisjoint(with: other.tableNames))
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func changesInPlaceOrNotAtAll(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([2, 4])
        let made = try #require(try await store.database.book(new(query(2), key: "1")).reservation)
        let number = made.confirmationNumber
        func change(_ query: AvailabilityQuery, _ number: String) async throws -> ReservationOutcome
        {
            try await store.database.value {
                store.database.changeReservation(
                    ReservationChange(confirmationNumber: number, query: query, name: "Bob"),
                    completion: $0)
            }
        }
        let larger = try #require(try await change(query(4), number).reservation)
        #expect(larger.tableNames == ["T1"] && larger.partySize == 4 && larger.name == "Bob")
        #expect(larger.confirmationNumber == number)
        // Its own table is not in its way.
        #expect(try await change(query(3, at: evening + 600), number).reservation != nil)
        #expect(try await change(query(5), number) == .tooLarge(partySizeMax: 4))
        #expect(try await change(query(2), "000000") == .notFound)
        _ = try await store.database.book(new(query(4, at: evening + 50_000), key: "2"))
        #expect(try await change(query(4, at: evening + 50_000), number) == .full(alternatives: []))
        #expect(try await store.database.all().first?.startsAt == evening + 600)
    }

    @Test(arguments: StoreKind.allCases)
    func cancellingFreesTheTable(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4])
        let made = try #require(try await store.database.book(new(query(4), key: "1")).reservation)
        func cancel(_ assistant: String) async throws -> Reservation? {
            try await store.database.value {
                store.database.cancelReservation(
                    confirmationNumber: made.confirmationNumber, assistantID: assistant,
                    completion: $0)
            }
        }
        #expect(try await cancel("somebody else") == nil)
        #expect(try await cancel("r")?.status == .cancelled)
        #expect(try await cancel("r")?.status == .cancelled)
        #expect(try await store.database.book(new(query(4), key: "2")).reservation != nil)
    }

    @Test(arguments: StoreKind.allCases)
    func tablesAreSeededOnce(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        func seed(_ tables: [DiningTable]) async throws -> Bool {
            try await store.database.value {
                store.database.seedDiningTables(tables, assistantID: "r", completion: $0)
            }
        }
        #expect(try await !seed([]))
        #expect(try await seed([DiningTable(name: "A", seats: 2, joinGroup: "x")]))
        #expect(try await !seed([DiningTable(name: "B", seats: 2)]))
        let tables = try await store.database.value {
            store.database.diningTables(assistantID: "r", completion: $0)
        }
        #expect(tables.map(\.name) == ["A"] && tables.map(\.joinGroup) == ["x"])
    }

    @Test(arguments: StoreKind.allCases)
    func hostileTextIsKeptAsText(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4])
        let name =
            "Robert'); DROP TABLE reservations;-- \u{0}😀\u{202E}"
            + String(repeating: "x", count: 10_000)
        let made = try await store.database.book(new(query(4), key: "1", name: name)).reservation
        #expect(made?.name == name)
    }
}
