import Foundation
import Store
import Testing

/// Customers and task orders in the database.
@Suite struct ServiceDeskStoreTests {
    private let people = [
        Customer(number: "10041", name: "Paul Weber", phone: "+15552220041"),
        Customer(number: "10042", name: "Anna Meyer", phone: "+15552220042"),
        Customer(number: "00123", name: "Zoe Null", phone: ""),
    ]

    private func makeStore() async throws -> Database {
        let store = try Database(DatabaseOptions(path: ":memory:"))
        _ = try await store.value {
            store.mergeCustomers(people, assistantID: "a", completion: $0)
        }
        return store
    }

    private func find(_ store: Database, _ digits: String, _ id: String = "a") async throws
        -> Customer?
    {
        try await store.value { store.customer(digits: digits, assistantID: id, completion: $0) }
    }

    private func task(_ number: String, key: String, assistant: String = "a") -> NewTaskOrder {
        NewTaskOrder(
            assistantID: assistant, customerNumber: number, service: "heating",
            summary: "'; DROP TABLE customers; -- 🔥 תנור", location: "basement",
            urgency: .urgent, createdAt: 1000, callSid: "CA1", idempotencyKey: key)
    }

    private func tasks(_ store: Database, _ id: String = "a") async throws -> [TaskOrder] {
        try await store.value {
            store.tasks(assistantID: id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    @Test func customersAreFoundByNumberAndByTelephone() async throws {
        let store = try await makeStore()
        #expect(try await find(store, "10042")?.name == "Anna Meyer")
        #expect(try await find(store, "00123")?.name == "Zoe Null")
        #expect(try await find(store, "123") == nil)
        #expect(try await find(store, "10042", "b") == nil)
        // With and without the country's code; too few digits are not a telephone number.
        for digits in ["5552220042", "15552220042", "2220042"] {
            #expect(try await find(store, digits)?.name == "Anna Meyer", "\(digits)")
        }
        #expect(try await find(store, "220042") == nil)
        #expect(try await find(store, "%%%%%%%%") == nil)
    }

    @Test func whatSeveralShareFindsNobody() async throws {
        let store = try await makeStore()
        let other = Customer(number: "10099", name: "Max Meyer", phone: "5552220042")
        _ = try await store.value {
            store.mergeCustomers([other], assistantID: "a", completion: $0)
        }
        #expect(try await find(store, "5552220042") == nil)
    }

    @Test func anImportAddsAndChangesAndRemovesNobody() async throws {
        let store = try await makeStore()
        _ = try await store.value {
            store.createTask(task("10041", key: "t"), completion: $0)
        }
        let new = [
            Customer(number: "10042", name: "Anna Schulz", phone: "+15552220042"),
            people[0], Customer(number: "20000", name: "New One"),
        ]
        let merge = try await store.value {
            store.mergeCustomers(new, assistantID: "a", completion: $0)
        }
        #expect(merge == CustomerMerge(added: 1, changed: 1))
        let all = try await store.value { store.customers(assistantID: "a", completion: $0) }
        #expect(all.map(\.number) == ["00123", "10041", "10042", "20000"])
        #expect(try await find(store, "10042")?.name == "Anna Schulz")
    }

    @Test func customersAreSeededOnce() async throws {
        let store = try await makeStore()
        for (id, seeded) in [("a", false), ("b", true), ("b", false)] {
            #expect(
                try await store.value {
                    store.seedCustomers([people[0]], assistantID: id, completion: $0)
                } == seeded)
        }
    }

    @Test func aNewCustomerGetsTheNextNumberOnce() async throws {
        let store = try await makeStore()
        func enter(_ key: String, _ id: String = "a") async throws -> Customer {
            let new = NewCustomer(
                assistantID: id, name: "Peter", phone: "123456", createdAt: 1, idempotencyKey: key)
            return try await store.value { store.createCustomer(new, completion: $0) }
        }
        #expect(try await enter("k").number == "10043")
        #expect(try await enter("k").number == "10043")
        #expect(try await enter("l").number == "10044")
        #expect(try await enter("m", "empty").number == "10001")
        #expect(try await find(store, "10044")?.phone == "123456")
    }

    @Test func aTaskIsCreatedOnceAndKeepsItsWords() async throws {
        let store = try await makeStore()
        func create(_ new: NewTaskOrder) async throws -> TaskOutcome {
            try await store.value { store.createTask(new, completion: $0) }
        }
        let first = try await create(task("10042", key: "k"))
        #expect(try await create(task("10042", key: "k")) == first)
        _ = try await create(task("10041", key: "l"))
        #expect(try await create(task("77777", key: "m")) == .unknownCustomer)
        #expect(try await create(task("10042", key: "n", assistant: "b")) == .unknownCustomer)
        let found = try await tasks(store)
        #expect(found.map(\.number) == [1001, 1002])
        #expect(found[0].customer == people[1] && found[0].urgency == .urgent)
        #expect(found[0].summary == "'; DROP TABLE customers; -- 🔥 תנור")
        #expect(try await tasks(store, "b").isEmpty)
    }

    @Test func tasksOutliveTheProgram() async throws {
        let path = NSTemporaryDirectory() + "streamd-desk-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
        let store = try Database(DatabaseOptions(path: path))
        _ = try await store.value {
            store.mergeCustomers(people, assistantID: "a", completion: $0)
        }
        _ = try await store.value { store.createTask(task("10041", key: "k"), completion: $0) }
        store.close()
        let again = try Database(DatabaseOptions(path: path))
        #expect(try await tasks(again).map(\.idempotencyKey) == ["k"])
        again.close()
    }
}

/// Directories, and the tables of a restaurant that is rebuilt.
@Suite struct DirectoryStoreTests {
    private let list = [
        Hospital(name: "Lotus", address: "1 Main Road", city: "Pune", aliases: ["L", "Padma"]),
        Hospital(name: "Lotus", city: "Delhi"),
    ]

    private func read(_ store: Database, _ version: Int64 = 0) async throws -> HospitalList? {
        try await store.value {
            store.hospitals(assistantID: "a", unlessVersion: version, completion: $0)
        }
    }

    @Test func aDirectoryIsReadOncePerVersion() async throws {
        let store = try Database(DatabaseOptions(path: ":memory:"))
        #expect(try await read(store) == HospitalList(version: 0, hospitals: []))
        for seeded in [true, false] {
            #expect(
                try await store.value {
                    store.seedHospitals(list, assistantID: "a", completion: $0)
                } == seeded)
        }
        #expect(try await read(store) == HospitalList(version: 1, hospitals: list))
        #expect(try await read(store, 1) == nil)
        try await store.value {
            store.replaceHospitals([list[1]], assistantID: "a", completion: $0)
        }
        #expect(try await read(store, 1) == HospitalList(version: 2, hospitals: [list[1]]))
        // An emptied directory stays empty: it is not seeded again.
        try await store.value { store.replaceHospitals([], assistantID: "a", completion: $0) }
        let isSeeded = try await store.value {
            store.seedHospitals(list, assistantID: "a", completion: $0)
        }
        #expect(!isSeeded)
        #expect(try await read(store)?.hospitals == [])
    }

    @Test func tablesAreReplacedAndReservationsStay() async throws {
        let store = try Database(DatabaseOptions(path: ":memory:"))
        func replace(_ tables: [DiningTable], now: Int64) async throws -> [String] {
            try await store.value {
                store.replaceDiningTables(tables, assistantID: "a", now: now, completion: $0)
            }
        }
        let (small, large) = (
            DiningTable(name: "Small", seats: 2), DiningTable(name: "Large", seats: 8)
        )
        #expect(try await replace([small, large], now: 0) == [])
        let new = NewReservation(
            query: AvailabilityQuery(
                assistantID: "a", partySize: 6,
                slot: ReservationSlot(startsAt: 10_000, local: "2026-11-25 19:00"),
                durationSeconds: 3600), name: "Ann", phone: "", callSid: nil, idempotencyKey: "k",
            createdAt: 0)
        _ = try await store.value { store.createReservation(new, completion: $0) }
        #expect(try await replace([small], now: 5000) == ["Large"])
        #expect(try await replace([small], now: 20_000) == [])
        let found = try await store.value {
            store.reservations(assistantID: "a", startingIn: 0..<Int64.max, completion: $0)
        }
        #expect(found.map(\.tableNames) == [["Large"]])
        let names = try await store.value { store.diningTables(assistantID: "a", completion: $0) }
        #expect(names.map(\.name) == ["Small"])
        let tooLarge = try await store.value { store.availability(new.query, completion: $0) }
        #expect(tooLarge == .tooLarge(partySizeMax: 2))
        // Back again, with other seats.
        #expect(try await replace([DiningTable(name: "Large", seats: 10), small], now: 0) == [])
        let again = try await store.value { store.diningTables(assistantID: "a", completion: $0) }
        #expect(again.map(\.seats) == [2, 10])
    }
}
