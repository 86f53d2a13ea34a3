import Glibc
import StreamTesting

do {
    let options = try SimulatorOptions(Array(CommandLine.arguments.dropFirst()))
    if let folder = options.fixtures {
        let replay = try FixtureReplay(folder: folder, modelPath: options.vad)
        FixtureReport(replay, options).print()
        exit(0)
    }
    exit(Simulator(options).run())
} catch {
    print("\(error)")
    exit(64)
}
