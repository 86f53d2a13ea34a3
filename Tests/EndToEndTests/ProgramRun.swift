import Foundation
import Realtime
import Testing

/// A run of the program itself in a folder of its own, with nothing of the environment that would
/// change what it does.
struct ProgramRun: Sendable {
    var code: Int32
    var output: String
    var errors: String

    /// The program beside the one that runs the tests.
    static var program: String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent().appending(path: "streamd").path
    }

    /// Waits for the end.
    /// - Parameter fileBytesMax: a limit on files that are written, as on a disk that is full; nil for
    ///   none.
    static func finished(
        _ words: [String], folder: String, environment: [String: String] = [:],
        fileBytesMax: Int? = nil
    ) async throws -> ProgramRun {
        let process = try start(
            words, folder: folder, environment: environment, fileBytesMax: fileBytesMax)
        guard await eventually({ !process.isRunning }) else {
            process.terminate()
            throw PeerFault(what: "streamd \(words) did not end")
        }
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        }
        return ProgramRun(
            code: process.terminationStatus, output: try text("output"), errors: try text("errors"))
    }

    static func start(
        _ words: [String], folder: String, environment: [String: String] = [:],
        fileBytesMax: Int? = nil
    ) throws -> Process {
        let process = Process()
        if let fileBytesMax {
            process.executableURL = URL(filePath: "/usr/bin/prlimit")
            process.arguments = ["--fsize=\(fileBytesMax)", program] + words
        } else {
            process.executableURL = URL(filePath: program)
            process.arguments = words
        }
        process.currentDirectoryURL = URL(filePath: folder)
        var variables = ProcessInfo.processInfo.environment.filter { name, _ in
            !["TWILIO_", "PUBLIC_", "STREAMD_API", "OPENAI_"].contains { name.hasPrefix($0) }
        }
        variables.merge(environment) { $1 }
        process.environment = variables
        for name in ["output", "errors"] {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/output")
        process.standardError = FileHandle(forWritingAtPath: folder + "/errors")
        // Foundation once read past an array while many programs began at the same time.
        try starting.withLock { _ in try process.run() }
        return process
    }

    private static let starting = Locked(())

    /// A port that was free a moment ago.
    static func freePort() throws -> Int { try HeldPort().port }
}

/// A port that is listened on for as long as this lives.
final class HeldPort {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound, listen(descriptor, 4) == 0 else { throw PeerFault(what: "no port is free") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
