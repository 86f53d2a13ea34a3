import Glibc

/// The benchmarks by name; each gets the arguments behind its name and returns the exit code.
let benchmarks: [(name: String, run: ([String]) -> Int32)] = [
    ("admission", AdmissionBenchmark.run(arguments:)),
    ("calls", CallsBenchmark.run(arguments:)),
    ("converse", ConverseBenchmark.run(arguments:)),
    ("demo", Demo.run(arguments:)),
    ("directory", DirectoryBenchmark.run(arguments:)),
    ("echo", EchoBenchmark.run(arguments:)),
    ("eval", EvalBenchmark.run(arguments:)),
    ("idle", IdleBenchmark.run(arguments:)),
    ("kill", KillBenchmark.run(arguments:)),
    ("micro", MicroBenchmark.run(arguments:)),
    ("recovery", RecoveryBenchmark.run(arguments:)),
    ("services", Services.run(arguments:)),
    ("start", StartBenchmark.run(arguments:)),
    ("sweep", SweepBenchmark.run(arguments:)),
    ("table", TableBenchmark.run(arguments:)),
    ("texts", TextsBenchmark.run(arguments:)),
    ("webhooks", WebhooksBenchmark.run(arguments:)),
]

let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first, let benchmark = benchmarks.first(where: { $0.name == name })
else {
    print("usage: streamd-bench \(benchmarks.map(\.name).joined(separator: " | ")) [options]")
    print("streamd-bench NAME --help lists the options of one.")
    exit(arguments.first == "--help" ? 0 : 64)
}
exit(benchmark.run(Array(arguments.dropFirst())))
