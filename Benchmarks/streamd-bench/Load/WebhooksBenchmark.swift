import Foundation
import Wire

/// Signed voice webhooks at a rate: whether it is reached, latencies, errors, and what a request
/// costs the daemon.
enum WebhooksBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("serve", nil, "configuration of the daemon to start"),
        ("key", "", "KEY=VALUE, a key of that file set anew; may be repeated"),
        ("rate", "5000", "requests a second"), ("seconds", "10", "for how long"),
        ("connections", "64", "kept connections, as those of Twilio's proxies"),
        ("json", "", "file for the figures"),
    ]
    private static let token = "0123456789abcdef0123456789abcdef"
    private static let publicURL = "https://bench.example"

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("webhooks: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        let rate = max(1, try options.integer("rate"))
        let count = rate * max(1, try options.integer("seconds"))
        let settings =
            [
                (key: "twilio.validateSignatures", value: "true"),
                (key: "twilio.publicURL", value: "\"\(publicURL)\""),
                (key: "limits.webhooksPerSecond", value: "\(rate * 2)"),
                // Nobody comes for the streams, so every token is remembered to its end.
                (key: "limits.streamTokens", value: "\(max(count + 1000, 1000))"),
            ] + (try options.settings("key"))
        let daemon = try DaemonProcess.ready(
            configFile: options["serve"], settings: settings,
            environment: ["TWILIO_AUTH_TOKEN": token])
        defer { daemon.stop() }
        let load = try WebhookLoad(
            port: daemon.port, poolSize: max(1, try options.integer("connections")),
            requests: (0..<count).map {
                WebhookLoad.voiceRequest(
                    number: $0, signedURL: publicURL + "/twilio/voice", token: token)
            }, marker: "<Stream ")
        let before = MachineTime(server: daemon.process)
        let outcome = load.run(perSecond: rate)
        let use = MachineTime(server: daemon.process).since(before)
        print(text(outcome, use, rate: rate, count: count))
        try options.write(
            benchmark: "webhooks", members(outcome, use, rate: rate, count: count))
        return outcome.answered == count ? 0 : 1
    }

    private static func text(
        _ outcome: WebhookLoad.Outcome, _ use: MachineUse, rate: Int, count: Int
    ) -> String {
        var lines = [
            "\(outcome.answered) of \(count) signed webhooks answered in "
                + "\(Format.fixed(outcome.seconds, 2)) s: "
                + "\(Format.fixed(Double(outcome.answered) / outcome.seconds, 0)) a second, "
                + "\(rate) asked for; refused \(outcome.refused), failed \(outcome.failed)",
            "latency, ms: p50 \(Format.ms(outcome.latency, 50)) p90 "
                + "\(Format.ms(outcome.latency, 90)) p99 \(Format.ms(outcome.latency, 99)) max "
                + "\(Format.ms(outcome.latency, 100)); own lateness p99 "
                + "\(Format.ms(outcome.lateness, 99))",
            "server: \(Format.fixed(micros(use.serverCPUSeconds, count), 1)) µs of CPU a request; "
                + "generator: \(Format.fixed(micros(use.ownCPUSeconds, count), 1)) µs",
            use.text,
        ]
        if !outcome.firstFault.isEmpty { lines.append("first fault: \(outcome.firstFault)") }
        return lines.joined(separator: "\n")
    }

    private static func micros(_ seconds: Double, _ count: Int) -> Double {
        seconds * 1e6 / Double(max(1, count))
    }

    private static func members(
        _ outcome: WebhookLoad.Outcome, _ use: MachineUse, rate: Int, count: Int
    ) -> [JSONValue.Member] {
        [
            .init("ratePerSecond", .integer(rate)),
            .init("requests", .integer(count)), .init("answered", .integer(outcome.answered)),
            .init("refused", .integer(outcome.refused)),
            .init("failed", .integer(outcome.failed)),
            .init("achievedPerSecond", .number(Double(outcome.answered) / outcome.seconds)),
            .init("latency", outcome.latency.json), .init("ownLateness", outcome.lateness.json),
            .init("cpuMicrosPerRequest", .number(micros(use.serverCPUSeconds, count))),
            .init("machine", use.json),
        ]
    }
}
