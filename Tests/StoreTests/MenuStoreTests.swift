import Foundation
import PrivateServers
import Store
import Testing

private let soup = MenuItem(
    name: "Soup", category: "Starters", summary: "hot", tags: ["vegan", "halal"],
    aliases: ["broth", "potage"],
    sizes: [
        .init(name: "Small", price: Money(cents: 450)),
        .init(name: "Large", price: Money(cents: 795)),
    ],
    extras: [
        .init(name: "Bread", price: Money(cents: 105)), .init(name: "Egg", price: Money(cents: 99)),
    ])
private let cake = MenuItem(
    name: "Cake", category: "Desserts", sizes: [.init(name: "", price: Money(cents: 600))])

private func order(
    _ wishes: [OrderWish], total: Int64, key: String, assistant: String = "a",
    service: OrderService = .pickup, address: String = ""
) -> NewOrder {
    NewOrder(
        assistantID: assistant, wishes: wishes, service: service, address: address, phone: "+1555",
        expectedTotal: Money(cents: total), createdAt: 1000, readyAt: 2200, callSid: "CA1",
        idempotencyKey: key)
}

private let oneCake = [OrderWish(item: "Cake")]

/// Menus and orders in the database.
@Suite struct MenuStoreTests {
    private func makeStore(_ kind: StoreKind) async throws -> Database {
        let options =
            switch kind {
            case .sqlite: DatabaseOptions(path: ":memory:")
            case .postgres: DatabaseOptions(url: try PostgresServer.shared().makeSchema())
            }
        let store = try Database(options)
        try await store.value { store.replaceMenu([soup, cake], assistantID: "a", completion: $0) }
        return store
    }

    private func menu(_ store: Database, _ id: String) async throws -> [MenuItem] {
        try await store.value { store.menu(assistantID: id, completion: $0) }
    }

    private func orders(_ store: Database, _ id: String = "a") async throws -> [Order] {
        try await store.value {
            store.orders(assistantID: id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    private func create(_ store: Database, _ new: NewOrder) async throws -> OrderOutcome {
        try await store.value { store.createOrder(new, completion: $0) }
    }

    @Test(arguments: StoreKind.allCases)
    func aMenuComesBackAsItWasPutIn(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        #expect(try await menu(store, "a") == [soup, cake])
        #expect(try await menu(store, "b") == [])
        try await store.value { store.replaceMenu([cake], assistantID: "a", completion: $0) }
        #expect(try await menu(store, "a") == [cake])
    }

    @Test(arguments: StoreKind.allCases)
    func aMenuIsSeededOnce(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        #expect(
            try await store.value { store.seedMenu([cake], assistantID: "a", completion: $0) }
                == false)
        #expect(
            try await store.value { store.seedMenu([cake], assistantID: "b", completion: $0) })
        #expect(try await menu(store, "a") == [soup, cake])
        #expect(try await menu(store, "b") == [cake])
    }

    @Test(arguments: StoreKind.allCases)
    func anOrderHasItsLinesAndItsTotal(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        let wishes = [
            OrderWish(item: "Soup", size: "Large", extras: ["Egg", "Bread"], quantity: 3),
            OrderWish(item: "Cake", quantity: 2),
        ]
        let new = order(
            wishes, total: 3 * (795 + 99 + 105) + 1200, key: "k", service: .delivery,
            address: "12 Main Street")
        guard case .placed(let placed) = try await create(store, new) else {
            Issue.record("not placed")
            return
        }
        #expect(placed.number == 1001 && placed.total.decimal == "41.97")
        #expect(placed.lines.map(\.total.cents) == [2997, 1200])
        #expect(placed.lines[0].extras.map(\.name) == ["Egg", "Bread"])
        #expect(placed.address == "12 Main Street" && placed.readyAt == 2200)
        #expect(try await orders(store) == [placed])
    }

    @Test(arguments: StoreKind.allCases)
    func oneKeyOrdersOnce(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        let first = try await create(store, order(oneCake, total: 600, key: "k"))
        #expect(try await create(store, order(oneCake, total: 600, key: "k")) == first)
        _ = try await create(store, order(oneCake, total: 600, key: "l"))
        #expect(try await orders(store).map(\.number) == [1001, 1002])
    }

    @Test(arguments: StoreKind.allCases)
    func numbersAndMenusAreEachAssistantsOwn(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        let dear = MenuItem(
            name: "Cake", category: "Desserts", sizes: [.init(name: "", price: Money(cents: 900))])
        try await store.value { store.replaceMenu([dear], assistantID: "b", completion: $0) }
        _ = try await create(store, order(oneCake, total: 600, key: "k"))
        _ = try await create(store, order(oneCake, total: 900, key: "l", assistant: "b"))
        #expect(try await orders(store, "a").map(\.total.cents) == [600])
        #expect(try await orders(store, "b").map(\.total.cents) == [900])
        #expect(try await orders(store, "b").map(\.number) == [1001])
    }

    @Test(arguments: StoreKind.allCases)
    func anOrderAtAnotherPriceIsNotPlaced(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        #expect(
            try await create(store, order(oneCake, total: 599, key: "k"))
                == .priceChanged(total: Money(cents: 600)))
        #expect(try await orders(store).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func whatTheMenuDoesNotHaveIsRefused(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        let cases: [(OrderWish, OrderFault)] = [
            (OrderWish(item: "Pie"), .unknownItem("Pie")),
            (OrderWish(item: "Soup"), .sizeNeeded(item: "Soup", sizes: ["Small", "Large"])),
            (
                OrderWish(item: "Cake", extras: ["Egg"]),
                .unknownExtra(item: "Cake", extra: "Egg")
            ),
            (OrderWish(item: "Cake", quantity: 0), .tooMany(item: "Cake", max: 50)),
            (OrderWish(item: "Cake", quantity: 51), .tooMany(item: "Cake", max: 50)),
        ]
        for (wish, fault) in cases {
            #expect(
                try await create(store, order([wish], total: 600, key: "k")) == .refused(fault))
        }
        #expect(try await create(store, order([], total: 0, key: "k")) == .refused(.empty))
        let homeless = order(oneCake, total: 600, key: "k", service: .delivery)
        #expect(try await create(store, homeless) == .refused(.noAddress))
        #expect(try await orders(store).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func aNewMenuLeavesOldOrdersAsTheyWere(kind: StoreKind) async throws {
        let store = try await makeStore(kind)
        _ = try await create(store, order(oneCake, total: 600, key: "k"))
        let before = try await orders(store)
        try await store.value { store.replaceMenu([soup], assistantID: "a", completion: $0) }
        #expect(try await orders(store) == before)
    }
}

/// Exact money, and the files that menus come in.
@Suite struct MenuCSVTests {
    @Test(arguments: [
        ("16.95", 1695), ("16.5", 1650), ("16", 1600), ("$3.05", 305), ("0.00", 0), ("0", 0),
        ("1000000.00", 100_000_000),
    ])
    func readsMoney(text: String, cents: Int64) { #expect(Money(decimal: text)?.cents == cents) }

    @Test(arguments: ["", ".", "1.", ".5", "-1", "1.234", "1,50", "16.9x", "1000000.01", "$", "९"])
    func refusesMoney(text: String) { #expect(Money(decimal: text) == nil) }

    @Test func writesMoney() {
        #expect(Money(cents: 3390).description == "$33.90")
        #expect(Money(cents: 1700).description == "$17")
        #expect(Money(cents: 5).decimal == "0.05")
    }

    @Test func readsAMenu() throws {
        let text =
            "\u{FEFF}category,name,sizes,price,extras,tags,aliases,description\r\n"
            + "Starters,Soup,Small 4.50|Large 7.95,,Bread 1.05|Egg 0.99,vegan|halal,broth|potage,hot\r\n"
            + "\r\nDesserts,Cake,,6.00,,,,\r\n"
        #expect(try MenuCSV.read(text).get() == [soup, cake])
    }

    @Test func quotedFieldsHoldAnything() throws {
        let text = "a,\"b, \"\"c\"\"\nd\",e\n,\n"
        let records = try CSVReader.records(of: text)
        #expect(records.map(\.line) == [1, 3])
        #expect(records.map(\.fields) == [["a", "b, \"c\"\nd", "e"], ["", ""]])
    }

    @Test(arguments: [
        ("", 1, "the file is empty"),
        ("name,category,price\n", 1, "no item follows the header"),
        ("name,price\nA,1\n", 1, "the column 'category' is missing"),
        ("name,category\nA,b\n", 1, "a column 'price' or 'sizes' is missing"),
        ("name,category,cost\nA,b,1\n", 1, "'cost' is not a column"),
        ("name,category,price\nA,b\n", 2, "has 2 fields, the header 3"),
        ("name,category,price\nA,b,1\n\nA,c,2\n", 4, "A is on line 2 too"),
        ("name,category,price,sizes\nA,b,1,S 2\n", 2, "either a price or sizes"),
        ("name,category,sizes\nA,b,Small\n", 2, "the size 'Small' has no price"),
        ("name,category,price,tags\nA,b,1,tasty\n", 2, "'tasty' is not a dietary tag"),
        ("name,category,price\n\"A,b,1\n", 2, "opens a quote that is never closed"),
        ("name,category,price\nA\"x,b,1\n", 2, "has a quote inside a field"),
    ])
    func aFaultIsNamedByItsLine(text: String, line: Int, message: String) {
        guard case .failure(let faults) = MenuCSV.read(text) else {
            Issue.record("it was read")
            return
        }
        #expect(faults.faults.first?.line == line)
        #expect(faults.faults.first?.message.contains(message) ?? false, "\(faults)")
    }
}
