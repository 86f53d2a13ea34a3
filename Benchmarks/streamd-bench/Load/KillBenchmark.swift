import Foundation
import PrivateServers
import Realtime
import ServiceStandIns
import Store
import TestSupport

/// Kills the daemon at random moments while customers order by text, starts it again, and looks
/// whether every order that a customer was told of exists once, and none that nobody asked for. With
/// SQLite, or with a PostgreSQL server of its own.
enum KillBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("menu", "samples/menus/bella-napoli.csv", "menu of the restaurant"),
        ("orders", "200", "customers who order at once"), ("rounds", "20", "kills"),
        ("seed", "0", "of moments and customers; 0 takes a new one and prints it"),
        ("store", "sqlite", "sqlite, or postgres: a server of its own that syncs"),
        ("within-ms", "800", "the kill comes at a random moment of this time"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            return try run(try BenchOptions(arguments, known: known))
        } catch {
            print("kill: \(error)")
            return 64
        }
    }

    private static func run(_ options: BenchOptions) throws -> Int32 {
        let given = UInt64(try options.integer("seed"))
        let seed = given == 0 ? UInt64.random(in: 1...1_000_000_000) : given
        print("kill: seed \(seed)")
        fflush(nil)
        var dice = SeededGenerator(seed: seed)
        let count = max(1, try options.integer("orders"))
        let rounds = max(1, try options.integer("rounds"))
        let withinMs = max(1, try options.integer("within-ms"))
        let server = try server(options["store"])
        let settings = try server.map { [(key: "store.url", value: "\"\(try $0.makeSchema())\"")] }
        let daemon = try TextDaemon.start(menu: options["menu"], settings: settings ?? [])
        defer {
            daemon.stop()
            withExtendedLifetime(server) {}
        }
        var customers: [TextCustomer] = []
        var faults: [String] = []
        for round in 1...rounds {
            let group = (0..<count).map { index in
                TextCustomer(
                    index: (round - 1) * count + index, seed: dice.next(), port: daemon.port)
            }
            customers += group
            let threads = group.map { customer in
                let thread = Thread { customer.order() }
                // Hundreds of them, each with little to remember.
                thread.stackSize = 262_144
                return thread
            }
            for thread in threads { thread.start() }
            let moment = UInt32.random(in: 0..<UInt32(withinMs), using: &dice)
            usleep(moment * 1000)
            let before = group.count { $0.outcome == .confirmed }
            try daemon.killAndRestart()
            try daemon.waitUntilReady()
            for customer in group { customer.wait() }
            let found = check(customers, try TextsBenchmark.orders(daemon.database))
            faults += found.map { "round \(round): \($0)" }
            print(
                "round \(round): killed after \(moment) ms with \(before) of \(count) confirmed; "
                    + "in the end \(group.count { $0.outcome == .confirmed }) confirmed, "
                    + "\(group.count { $0.outcome == .gaveUp }) gave up; "
                    + "\(found.isEmpty ? "all orders are right" : "\(found.count) faults")")
            fflush(nil)
        }
        for fault in faults.prefix(20) { print("fault: \(fault)") }
        return faults.isEmpty ? 0 : 1
    }

    /// The server that the records are in; nil for a file.
    private static func server(_ store: String) throws -> PostgresServer? {
        switch store {
        case "sqlite": return nil
        case "postgres": return try PostgresServer(syncs: true)
        default:
            throw BenchOptions.Fault(
                description: "--store must be sqlite or postgres, not '\(store)'")
        }
    }

    /// What is wrong with the orders.
    private static func check(_ customers: [TextCustomer], _ orders: [Order]) -> [String] {
        var faults: [String] = []
        let byPhone = Dictionary(grouping: orders, by: \.phone)
        let known = Set(customers.map(\.number))
        for phone in byPhone.keys where !known.contains(phone) {
            faults.append("an order of \(phone), who is nobody's number")
        }
        if Set(orders.map(\.number)).count != orders.count {
            faults.append("two orders have one number")
        }
        for customer in customers {
            let own = byPhone[customer.number] ?? []
            switch customer.outcome {
            case .confirmed:
                if own.count != 1 {
                    faults.append("\(customer.number) was told of one order, \(own.count) exist")
                } else if own[0].number != customer.orderNumber {
                    faults.append(
                        "\(customer.number) was told of \(customer.orderNumber ?? 0), has "
                            + "\(own[0].number)")
                } else if own[0].total != Money(cents: customer.totalCents) {
                    faults.append("\(customer.number) has a total of \(own[0].total)")
                }
            case .gaveUp:
                if own.count > (customer.saidYes ? 1 : 0) {
                    faults.append("\(customer.number) has \(own.count) orders and gave up")
                }
            case .failed(let why): faults.append("\(customer.number): \(why)")
            case .ordering: faults.append("\(customer.number) has not come to an end")
            }
        }
        return faults
    }
}

/// A customer who orders by text, on a thread of its own. Like Twilio, sends a message that was not
/// answered again, under the same name; now and then one that was answered.
private final class TextCustomer: @unchecked Sendable {
    // Written by its own thread, read by others after `wait`, but for `outcome`, behind a lock.

    enum Outcome: Equatable {
        case ordering, confirmed, gaveUp
        case failed(String)
    }

    let number: String
    /// What the customer was told.
    private(set) var orderNumber: Int?
    private(set) var saidYes = false
    /// Two Margherita pizzas of the sample menu.
    let totalCents: Int64 = 33_90

    private let index: Int
    private let port: Int
    private var dice: SeededGenerator
    private let givesUp: Bool
    private let state = Locked(Outcome.ordering)
    private let ended = DispatchSemaphore(value: 0)
    private var socket: RawSocket?

    private static let patienceNanos: UInt64 = 60_000_000_000

    init(index: Int, seed: UInt64, port: Int) {
        self.index = index
        self.port = port
        number = TextDaemon.customer(index)
        dice = SeededGenerator(seed: seed)
        givesUp = Int.random(in: 0..<4, using: &dice) == 0
    }

    var outcome: Outcome { state.withLock { $0 } }
    func wait() {
        ended.wait()
        ended.signal()
    }

    func order() {
        defer { ended.signal() }
        let outcome = converse()
        state.withLock { $0 = outcome }
        socket = nil
    }

    private func converse() -> Outcome {
        let lines = [
            "I want to order 2 large Margherita pizzas for delivery",
            "\(100 + index % 900) Main Street",
            "Yes",
        ]
        var reply = ""
        for (place, line) in lines.enumerated() {
            usleep(UInt32.random(in: 0..<200_000, using: &dice))
            let isLast = place == lines.count - 1
            if isLast { saidYes = true }
            let sid = "SM\(index)-\(place)"
            guard let answer = send(line, sid) else { return .gaveUp }
            reply = answer
            // A webhook that comes twice is answered alike.
            if Int.random(in: 0..<5, using: &dice) == 0 {
                guard let again = send(line, sid) else { return .gaveUp }
                guard again == answer else {
                    return .failed("'\(line)' was answered \"\(answer)\", then \"\(again)\"")
                }
            }
        }
        guard let mark = reply.range(of: "Your order number is "),
            let told = Int(reply[mark.upperBound...].prefix { $0.isNumber })
        else { return .failed("the last answer was \"\(reply)\"") }
        orderNumber = told
        return .confirmed
    }

    /// The answer's body; nil where the customer lost patience.
    private func send(_ line: String, _ sid: String) -> String? {
        let request = SignedWebhook.message(
            sid: sid, from: number, to: TextDaemon.business, body: line, TextDaemon.address)
        let deadline = MonotonicClock.nowNanos() + Self.patienceNanos
        while MonotonicClock.nowNanos() < deadline {
            do {
                let open = try socket ?? RawSocket(port: port)
                socket = open
                let answer = try open.exchange(request)
                if answer.status == 200 { return answer.body }
            } catch { socket = nil }
            if givesUp { return nil }
            usleep(20_000)
        }
        return nil
    }
}
