import Foundation
import Testing

/// SIGHUP reads the files of the certificate again: seen from outside, over TLS.
@Suite struct CertificateReloadTests {
    @Test func aNewCertificateIsServedToNewConnections() async throws {
        let folder = NSTemporaryDirectory() + "streamd-e2e-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["one", "two"] { try Self.makeCertificate(name, folder) }
        try Self.install("one", key: "one", folder)
        let yaml =
            TestDaemon.base.replacing(
                "port: 0", with: "port: 0, tlsCertificate: live.pem, tlsKey: live.key")
            + "\nstore: {path: streamd.sqlite}\n"
        try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
        let daemon = try Self.launch(folder)
        defer { if daemon.isRunning { daemon.terminate() } }
        func log() -> String {
            (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
        }
        #expect(await eventually { log().contains(" ready ") })
        let port = try #require(
            log().split(separator: " ").first { $0.hasPrefix("port=") }?.dropFirst(5))
        func peer(_ authority: String) throws -> TLSPeer {
            try TLSPeer(port: String(port), authority: authority, folder: folder)
        }

        let old = try peer("one")
        old.ask()
        #expect(await eventually { old.answerCount == 1 })
        #expect(try await peer("two").isRefused())

        try Self.install("two", key: "two", folder)
        kill(daemon.processIdentifier, SIGHUP)
        #expect(await eventually { log().contains("configuration reloaded") })
        let new = try peer("two")
        new.ask()
        #expect(await eventually { new.answerCount == 1 })
        #expect(try await peer("one").isRefused())
        old.ask()
        #expect(await eventually { old.answerCount == 2 })

        // A certificate with another's key: what is served stays as it is.
        try Self.install("one", key: "two", folder)
        kill(daemon.processIdentifier, SIGHUP)
        #expect(await eventually { log().contains("certificate not reloaded") })
        #expect(log().contains("live.key"), "\(log())")
        let later = try peer("two")
        later.ask()
        #expect(await eventually { later.answerCount == 1 })
        #expect(try await peer("one").isRefused())
        old.ask()
        new.ask()
        #expect(await eventually { old.answerCount == 3 && new.answerCount == 2 })
        for peer in [old, new, later] { peer.end() }
        daemon.terminate()
        #expect(await eventually { !daemon.isRunning })
        #expect(daemon.terminationStatus == 0)
    }

    private static func launch(_ folder: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: ProgramRun.program)
        process.arguments = ["serve", "--config", "a.yaml"]
        process.currentDirectoryURL = URL(filePath: folder)
        _ = FileManager.default.createFile(atPath: folder + "/log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: folder + "/log")
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// A certificate for 127.0.0.1 that is its own authority.
    private static func makeCertificate(_ name: String, _ folder: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments =
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=\(name) -addext subjectAltName=IP:127.0.0.1 -keyout \(name).key -out \(name).pem"
            .split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private static func install(_ certificate: String, key: String, _ folder: String) throws {
        for (from, to) in [("\(certificate).pem", "live.pem"), ("\(key).key", "live.key")] {
            try Data(contentsOf: URL(filePath: "\(folder)/\(from)"))
                .write(to: URL(filePath: "\(folder)/\(to)"))
        }
    }
}

/// A connection over TLS by the openssl command, kept open between requests. For one task.
private final class TLSPeer {
    private let process = Process()
    private let input = Pipe()
    private let path: String

    /// - Parameter authority: whose certificates it accepts.
    init(port: String, authority: String, folder: String) throws {
        path = "\(folder)/peer-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "s_client", "-quiet", "-verify_return_error", "-CAfile", "\(folder)/\(authority).pem",
            "-connect", "127.0.0.1:\(port)",
        ]
        process.standardInput = input
        process.standardOutput = FileHandle(forWritingAtPath: path)
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func ask() {
        try? input.fileHandleForWriting.write(
            contentsOf: Data("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8))
    }

    var answerCount: Int {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "HTTP/1.1 200 OK", omittingEmptySubsequences: false).count - 1
    }

    /// Waits until the certificate has been refused.
    func isRefused() async -> Bool {
        let process = process
        return await eventually { !process.isRunning } && process.terminationStatus != 0
    }

    func end() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }
}
