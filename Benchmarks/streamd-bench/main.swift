import Glibc

/// The benchmarks by name; each gets the arguments behind its name and returns the exit code.
let benchmarks: [(name: String, run: ([String]) -> Int32)] = [
    ("calls", CallsBenchmark.run(arguments:)),
    ("demo", Demo.run(arguments:)),
    ("echo", EchoBenchmark.run(arguments:)),
    ("services", Services.run(arguments:)),
]

let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first, let benchmark = benchmarks.first(where: { $0.name == name })
else {
    print("usage: streamd-bench \(benchmarks.map(\.name).joined(separator: " | ")) [options]")
    exit(64)
}
exit(benchmark.run(Array(arguments.dropFirst())))
