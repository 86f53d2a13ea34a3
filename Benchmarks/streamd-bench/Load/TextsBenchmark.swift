import Foundation
import Store
import Wire

/// Signed webhooks of text messages at a rate, many customers ordering at once: whether it is reached,
/// latencies, and whether every order that was placed is in the database, once.
enum TextsBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("menu", "samples/menus/bella-napoli.csv", "menu of the restaurant"),
        ("key", "", "KEY=VALUE, a key of the configuration set anew; may be repeated"),
        ("rate", "1000", "messages a second"), ("seconds", "10", "for how long"),
        ("customers", "1000", "conversations at once"),
        ("connections", "64", "kept connections, as those of Twilio's proxies"),
        ("json", "", "file for the figures"),
    ]
    /// What each customer writes, again and again; the fourth places an order.
    private static let lines = [
        "What vegetarian options do you have?",
        "I want to order 2 large Margherita pizzas for delivery",
        "123 Main Street", "Yes", "Thanks!",
    ]
    private static let orderingLine = 3

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("texts: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        let rate = max(1, try options.integer("rate"))
        let count = rate * max(1, try options.integer("seconds"))
        let customers = max(1, try options.integer("customers"))
        let daemon = try TextDaemon.start(
            menu: options["menu"], settings: try options.settings("key"))
        defer { daemon.stop() }
        let requests = (0..<count).map { number in
            SignedWebhook.message(
                sid: "SM" + String(number), from: TextDaemon.customer(number % customers),
                to: TextDaemon.business, body: lines[number / customers % lines.count],
                TextDaemon.address)
        }
        let load = try WebhookLoad(
            port: daemon.port, poolSize: max(1, try options.integer("connections")),
            requests: requests, marker: "<Message>")
        let before = MachineTime(server: daemon.process)
        let outcome = load.run(perSecond: rate)
        let use = MachineTime(server: daemon.process).since(before)
        let wanted = (0..<count).count { $0 / customers % lines.count == orderingLine }
        let placed = try orders(daemon.database)
        let distinct = Set(placed.map(\.idempotencyKey)).count
        print(text(outcome, use, rate: rate, count: count))
        print("orders: \(placed.count) in the database, \(wanted) were confirmed by the customers")
        if !options["json"].isEmpty {
            let json = json(outcome, use, rate: rate, count: count, orders: placed.count)
            try Data(json.encoded() + [10]).write(to: URL(filePath: options["json"]))
        }
        let isRight = placed.count == wanted && distinct == wanted
        return outcome.answered == count && isRight ? 0 : 1
    }

    /// Every order of the restaurant, read beside the daemon. Blocking.
    static func orders(_ options: DatabaseOptions) throws -> [Order] {
        let database = try Database(options)
        defer { database.close() }
        let done = DispatchSemaphore(value: 0)
        let found = OrderBox()
        database.orders(assistantID: TextDaemon.assistantID, createdIn: 0..<Int64.max) {
            found.result = $0
            done.signal()
        }
        done.wait()
        return try found.result?.get() ?? []
    }

    /// Written by the store before the semaphore, read behind it.
    private final class OrderBox: @unchecked Sendable {
        var result: Result<[Order], StoreError>?
    }

    private static func text(
        _ outcome: WebhookLoad.Outcome, _ use: MachineUse, rate: Int, count: Int
    ) -> String {
        var lines = [
            "\(outcome.answered) of \(count) signed messages answered in "
                + "\(Format.fixed(outcome.seconds, 2)) s: "
                + "\(Format.fixed(Double(outcome.answered) / outcome.seconds, 0)) a second, "
                + "\(rate) asked for; refused \(outcome.refused), failed \(outcome.failed)",
            "latency, ms: p50 \(Format.ms(outcome.latency, 50)) p90 "
                + "\(Format.ms(outcome.latency, 90)) p99 \(Format.ms(outcome.latency, 99)) max "
                + "\(Format.ms(outcome.latency, 100)); own lateness p99 "
                + "\(Format.ms(outcome.lateness, 99))",
            "server: \(Format.fixed(use.serverCPUSeconds * 1e6 / Double(count), 1)) µs of CPU a "
                + "message; generator: "
                + "\(Format.fixed(use.ownCPUSeconds * 1e6 / Double(count), 1)) µs",
            use.text,
        ]
        if !outcome.firstFault.isEmpty { lines.append("first fault: \(outcome.firstFault)") }
        return lines.joined(separator: "\n")
    }

    private static func json(
        _ outcome: WebhookLoad.Outcome, _ use: MachineUse, rate: Int, count: Int, orders: Int
    ) -> JSONValue {
        .object([
            .init("benchmark", .string("texts")), .init("format", .integer(1)),
            .init("environment", HostEnvironment.json), .init("ratePerSecond", .integer(rate)),
            .init("messages", .integer(count)), .init("answered", .integer(outcome.answered)),
            .init("refused", .integer(outcome.refused)),
            .init("failed", .integer(outcome.failed)), .init("orders", .integer(orders)),
            .init("achievedPerSecond", .number(Double(outcome.answered) / outcome.seconds)),
            .init("latency", outcome.latency.json), .init("ownLateness", outcome.lateness.json),
            .init(
                "cpuMicrosPerMessage", .number(use.serverCPUSeconds * 1e6 / Double(count))),
            .init("machine", use.json),
        ])
    }
}
