import Foundation
import ServiceStandIns
import Wire

/// The stand-ins as a process of their own, which can be killed and comes back on the same port.
/// For one thread.
final class ServiceChild {
    let service: StandInService
    private(set) var port = 0
    private let words: [String]
    private var process: Process?

    var baseURL: String { "http://127.0.0.1:\(port)/v1" }

    /// - Parameters:
    ///   - words: options of `streamd-bench services`.
    ///   - seconds: it ends by itself after so long.
    init(_ service: StandInService, words: [String], seconds: Int) throws {
        self.service = service
        self.words = words + ["--seconds", "\(seconds)"]
        try start()
    }

    deinit { kill() }

    /// Starts it, unless it runs; returns when it listens.
    func start() throws {
        guard process?.isRunning != true else { return }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let child = Process()
        child.executableURL = URL(filePath: own ?? CommandLine.arguments[0])
        child.arguments = ["services", "--port", "\(port)"] + words
        let pipe = Pipe()
        child.standardOutput = pipe
        try child.run()
        process = child
        var line = ""
        while !line.contains("\n") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchOptions.Fault(description: "services: \(line)") }
            line += String(decoding: data, as: UTF8.self)
        }
        let word = line.split(separator: " ").first { $0.hasPrefix("port=") }
        guard let port = word.flatMap({ Int($0.dropFirst(5)) }) else {
            throw BenchOptions.Fault(description: "services: \(line)")
        }
        self.port = port
    }

    /// Ends it without a goodbye.
    func kill() {
        guard let child = process, child.isRunning else { return }
        Foundation.kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        process = nil
    }

    /// What goes wrong with every request from now on; nil for nothing.
    func setFault(_ name: String?) throws {
        let body = "{\"service\":\"\(service.rawValue)\",\"fault\":\"\(name ?? "none")\"}"
        let answer = try RawSocket(port: port).request(
            "POST", "/faults", headers: [("Content-Type", "application/json")], body: body)
        guard answer.status == 204 else { throw BenchOptions.Fault(description: answer.body) }
    }

    /// Requests that are being answered.
    func activeCount() throws -> Int {
        let answer = try RawSocket(port: port).request("GET", "/stats")
        let json = try JSONValue(parsing: Array(answer.body.utf8).span)
        return json[service.rawValue]?["active"]?.intValue ?? 0
    }
}
