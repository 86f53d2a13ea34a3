import Configuration
import Engines
import Foundation
import Wire

/// The stand-ins for remote services, as a process of their own that ends by itself.
final class ServiceProcess: @unchecked Sendable {
    // `process` is started in `init` and only asked and ended afterwards.
    let port: Int
    private let process: Process

    var origin: String { "http://127.0.0.1:\(port)" }
    var baseURL: String { origin + "/v1" }

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Blocking. Instant but for what the words say.
    init(_ words: [String] = []) throws {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        process = Process()
        process.executableURL = URL(filePath: own).deletingLastPathComponent()
            .appending(path: "streamd-bench")
        process.currentDirectoryURL = Self.folder
        let quick = [
            "--stt-ms", "20", "--llm-first-ms", "20", "--llm-token-ms", "1", "--tts-first-ms", "20",
            "--seconds", "180",
        ]
        process.arguments = ["services"] + quick + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.contains("\n") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw PeerFault(what: "the services ended at once") }
            line += String(decoding: data, as: UTF8.self)
        }
        let word = line.split(separator: " ").first { $0.hasPrefix("port=") }
        guard let port = word.flatMap({ Int($0.dropFirst(5)) }) else {
            throw PeerFault(what: "the services said '\(line)'")
        }
        self.port = port
    }

    deinit { kill() }

    /// Without a goodbye.
    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// What they have done so far: the body of `GET /stats`.
    func statistics() async throws -> JSONValue {
        let port = port
        return try await blocking {
            let peer = try RawPeer(port: port)
            peer.send("GET /stats HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return try JSONValue(parsing: Array(peer.answer().body.utf8).span)
        }
    }

    /// What goes wrong from now on, in the words of the body of `POST /faults`.
    func setFault(_ service: String, _ fault: String) async throws {
        let port = port
        let body = "{\"service\":\"\(service)\",\(fault)}"
        let status = try await blocking {
            let peer = try RawPeer(port: port)
            peer.send(
                "POST /faults HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            return peer.answer().status
        }
        guard status == 204 else { throw PeerFault(what: "the fault was answered \(status)") }
    }
}

extension ServiceProcess {
    /// The entry of the configuration for one of its services.
    func engine(_ stage: EngineStage, _ name: String = "openai") -> EngineSettings {
        .of(stage, name, ["baseURL": baseURL, "model": "stand-in", "voice": "rms"])
    }
}

extension EngineSettings {
    /// An entry with those of the keys that its engine takes.
    static func of(
        _ stage: EngineStage, _ engine: String, _ values: [String: String]
    ) -> EngineSettings {
        let type = EngineRegistry.engines(stage).first { $0.engineName == engine }
        let members = values.filter { type?.keys.contains($0.key) == true }
            .map { ", \($0.key): '\($0.value)'" }
        do {
            return try EngineSettings(stage, yaml: "{engine: \(engine)\(members.joined())}")
        } catch { preconditionFailure("\(error)") }
    }
}

extension EngineTimes {
    /// So that a crowded machine makes nobody sick.
    static var patient: EngineTimes {
        var times = EngineTimes()
        times.connectMs = 20_000
        times.firstByteMs = 20_000
        times.totalMs = 60_000
        times.stallMs = 20_000
        times.answerMs = 20_000
        return times
    }
}
