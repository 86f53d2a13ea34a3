import Foundation

/// Runs the built `streamd-bench`, as people do, with its files in a folder of its own.
struct BenchProgram {
    struct Outcome {
        var code: Int32
        var output: String
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// For its results; removed by `remove()`.
    let folder: String
    /// The sources' top folder, where the program runs.
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    init() throws {
        folder = NSTemporaryDirectory() + "streamd-bench-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    /// A daemon's configuration with instant engines, short speech, and a lead that outlasts what a
    /// crowded machine keeps from it.
    func configuration() throws -> String {
        let yaml = """
            twilio: {validateSignatures: false}
            stt: [{engine: fixed}]
            llm: [{engine: fixed}]
            tts: [{engine: fixed, clipMs: 600}]
            turn: {idlePromptMs: 60000, replyTimeoutMs: 30000}
            buffers: {leadMs: 1000}
            assistants: [{id: concya}]
            defaultAssistant: concya
            """
        try yaml.write(toFile: path("bench.yaml"), atomically: true, encoding: .utf8)
        return path("bench.yaml")
    }

    /// Runs to the end, on a thread of its own.
    func run(_ arguments: [String]) async throws -> Outcome {
        let output = path("output-\(UUID().uuidString)")
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try Self.run(arguments, output: output) })
            }
        }
    }

    /// What a benchmark wrote as JSON.
    func json(_ name: String) throws -> Figures {
        let data = try Data(contentsOf: URL(filePath: path(name)))
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Fault(description: "\(name) is not an object")
        }
        return Figures(object: object)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// The program beside the one that runs the tests.
    private static var program: String {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? "").deletingLastPathComponent()
            .appending(path: "streamd-bench").path
    }

    /// Not started yet.
    static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: root)
        return process
    }

    private static func run(_ arguments: [String], output: String) throws -> Outcome {
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let process = process(arguments)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus,
            output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "")
    }
}

/// A JSON object, read by the dotted names of its members.
struct Figures {
    let object: [String: Any]

    subscript(path: String) -> Any? {
        path.split(separator: ".").reduce(Any?.some(object)) { value, name in
            if let index = Int(name) { return (value as? [Any])?[index] }
            return (value as? [String: Any])?[String(name)]
        }
    }

    func number(_ path: String) -> Double? { (self[path] as? NSNumber)?.doubleValue }
    func count(_ path: String) -> Int? { (self[path] as? [Any])?.count }
}
