import CallSimulator
import Foundation
import Net

/// What each component of the audio path costs, against the least that could be done instead, and
/// how often it allocates.
enum MicroBenchmark {
    private static let known: [(name: String, standard: String?, about: String)] = [
        ("rounds", "7", "component and floor take turns so often; the median counts"),
        ("rate", "5000", "messages a second to the servers"),
        ("connections", "100", "connections to the servers"),
        ("seconds", "1", "length of a round of the servers"),
        (
            "ratio-max", "0",
            "exit code 1 when the transport costs more than this × bare epoll; 0: any"
        ),
        ("only", "", "components whose name holds this"),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json"),
        ("json", "", "file for the figures"),
    ]

    /// Runs with the arguments after `micro`: 0, or 1 when something on the audio path allocates,
    /// the network runs in silence or the ratio is too high; 64 for wrong usage, 70 for a failure.
    static func run(arguments: [String]) -> Int32 {
        do {
            let tiny = (name: "tiny", about: "a run of a second or two, for tests")
            let options = try BenchOptions(arguments, known: known, switches: [tiny])
            return try measure(options, isTiny: options.has("tiny"))
        } catch let fault as BenchOptions.Fault {
            print("\(fault)")
            return 64
        } catch {
            print("micro: \(error)")
            return 70
        }
    }

    private static func measure(_ options: BenchOptions, isTiny: Bool) throws -> Int32 {
        let rounds = isTiny ? 1 : max(1, try options.integer("rounds"))
        let clock = MicroClock(rounds: rounds, divisor: isTiny ? 20 : 1)
        let clips = try FixtureLibrary(folder: options["fixtures"]).clean(
            kind: "speech", countMax: 1)
        var load = SocketLoad()
        load.rate = max(1, try options.integer("rate"))
        load.connections = max(1, try options.integer("connections"))
        load.seconds = max(1, Double(options["seconds"]) ?? 1)
        if isTiny {
            load.rate = 1000
            load.connections = 10
            load.seconds = 0.4
        }
        let only = options["only"]
        let isWanted = { (name: String) in only.isEmpty || name.contains(only) }
        let components =
            CodecComponents.all() + (try SpeechComponents.all(clips[0])) + PathComponents.all()
        var results = components.filter { isWanted($0.name) }.map(clock.measure)
        results += try SocketComponents(load: load, rounds: rounds).all(where: isWanted)
        guard !results.isEmpty else {
            throw BenchOptions.Fault(description: "no component's name holds '\(only)'")
        }
        print(table(results, rounds: rounds))
        try options.write(
            benchmark: "micro",
            [
                .init("rounds", .integer(rounds)),
                .init("components", .array(results.map(\.json))),
            ])
        let faults = faults(results, ratioMax: Double(options["ratio-max"]) ?? 0)
        for fault in faults { print("micro: \(fault)") }
        return faults.isEmpty ? 0 : 1
    }

    /// What must not be, on any machine.
    private static func faults(_ results: [MicroResult], ratioMax: Double) -> [String] {
        var faults: [String] = []
        for result in results {
            // Sockets are counted with the loop's own work: one in a thousand is the kernel's timing.
            if result.isAllocationFree, let count = result.allocations, count > 0.001 {
                faults.append("\(result.component) allocates \(count) times per \(result.unit)")
            }
            if result.component.hasSuffix("silence"), result.details["networkRuns"] != 0 {
                faults.append("the network runs on a silent line")
            }
            if result.component == SocketComponents.transportName, ratioMax > 0,
                result.ratio > ratioMax
            {
                faults.append("the transport costs \(result.ratio) × bare epoll, above \(ratioMax)")
            }
        }
        return faults
    }

    // MARK: Table

    private static func table(_ results: [MicroResult], rounds: Int) -> String {
        var lines = [
            row("component", "ns", "floor", "ns", "ratio", "allocations")
        ]
        for result in results {
            lines.append(
                row(
                    "\(result.component) (\(result.unit))", figure(result.nanos), result.floor,
                    figure(result.floorNanos), String(format: "%.2f", result.ratio),
                    result.allocations.map { String(format: "%.3f", $0) } ?? "not counted"))
        }
        for result in results where result.details["networkRuns"] != nil {
            let runs = Int(result.details["networkRuns"] ?? 0)
            let chunks = Int(result.details["chunks"] ?? 0)
            lines.append("\(result.component): the network ran in \(runs) of \(chunks) chunks")
        }
        lines.append(
            "median of \(rounds) rounds; elapsed time, for sockets CPU time of the server's thread")
        return lines.joined(separator: "\n")
    }

    private static func figure(_ nanos: Double) -> String {
        String(format: nanos < 100 ? "%.1f" : "%.0f", nanos)
    }

    private static func row(_ columns: String...) -> String {
        let widths = [46, 8, 18, 8, 8, 12]
        return zip(columns, widths).enumerated().map { index, column in
            let padding = String(repeating: " ", count: max(0, column.1 - column.0.count))
            return index == 0 || index == 2 ? column.0 + padding : padding + column.0
        }.joined(separator: "  ")
    }
}
