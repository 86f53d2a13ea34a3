import Store
import Testing

/// What is asked for under one name is made once; anything else under it is a conflict.
@Suite struct EffectStoreTests {
    private func settle(_ name: String, _ database: Database) async throws {
        try await database.value { database.settleEffect(name, completion: $0) }
    }

    @Test(arguments: StoreKind.allCases)
    func aKnownKeyWithOtherContentIsAConflict(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4, 4])
        let first = try #require(try await store.database.book(new(query(4), key: "k")).reservation)
        #expect(
            try await store.database.book(new(query(4), key: "k", name: "ANN")).reservation == first
        )
        await #expect(throws: StoreError.conflict(key: "k")) {
            try await store.database.book(new(query(2), key: "k"))
        }
        await #expect(throws: StoreError.conflict(key: "k")) {
            try await store.database.book(new(query(4), key: "k", name: "Other"))
        }
        #expect(try await store.database.all() == [first])
    }

    @Test(arguments: StoreKind.allCases)
    func whatIsSettledIsMadeAnew(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4, 4, 4])
        // Nothing is there to be settled.
        try await settle("k", store.database)
        let first = try await store.database.book(new(query(4), key: "k")).reservation
        #expect(first?.idempotencyKey == "k")
        try await settle("k", store.database)
        // Told by another session too.
        try await settle("k", store.database)
        let second = try await store.database.book(new(query(4), key: "k")).reservation
        #expect(second?.idempotencyKey == "k#2")
        #expect(try await store.database.book(new(query(4), key: "k")).reservation == second)
        try await settle("k", store.database)
        let third = try await store.database.book(new(query(4), key: "k")).reservation
        #expect(third?.idempotencyKey == "k#3")
        #expect(try await store.database.all().count == 3)
    }

    @Test(arguments: StoreKind.allCases)
    func whatWasChangedOrCancelledIsNoAnswer(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        let database = store.database
        try await database.seed([4, 4, 4, 4])
        let first = try #require(try await database.book(new(query(4), key: "k")).reservation)
        let change = ReservationChange(
            confirmationNumber: first.confirmationNumber, query: query(2), name: "Ann")
        _ = try await database.value { database.changeReservation(change, completion: $0) }
        let second = try #require(try await database.book(new(query(4), key: "k")).reservation)
        #expect(second.confirmationNumber != first.confirmationNumber)
        for _ in 0..<2 {
            let cancelled = try await database.value {
                database.cancelReservation(
                    confirmationNumber: second.confirmationNumber, assistantID: "r", completion: $0)
            }
            #expect(cancelled?.status == .cancelled)
        }
        let third = try #require(try await database.book(new(query(4), key: "k")).reservation)
        #expect(third.idempotencyKey == "k#3" && third.status == .booked)
    }

    /// Two programs that are asked the same at once make one.
    @Test(arguments: StoreKind.allCases)
    func theSameAtOnceIsMadeOnce(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed(Array(repeating: 4, count: 20))
        let other = try store.another()
        defer { other.close() }
        let made = try await withThrowingTaskGroup(of: Reservation?.self) { group in
            for index in 0..<16 {
                let database = index % 2 == 0 ? store.database : other
                group.addTask { try await database.book(new(query(4), key: "k")).reservation }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(made.map { $0?.confirmationNumber }).count == 1)
        #expect(try await store.database.all().count == 1)
    }
}
