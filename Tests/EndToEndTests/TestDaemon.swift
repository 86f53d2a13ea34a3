import CallSimulator
import Configuration
import Daemon
import Foundation
import Net
import Store
import Telemetry
import Twilio

import func StreamTesting.handedOver

/// A whole daemon in the test's process, on a port of its own, with a loop for callers.
final class TestDaemon: Sendable {
    let daemon: StreamDaemon
    let callers: EventLoopGroup
    let folder: String
    private let log: Logger
    private let logDescriptor: Int32

    var port: Int { daemon.port }
    var webhook: String { "http://127.0.0.1:\(port)/twilio/voice" }
    var stream: String { "ws://127.0.0.1:\(port)/twilio/stream" }
    var databasePath: String { folder + "/streamd.sqlite" }
    /// Its records, wherever its configuration puts them.
    let database: DatabaseOptions

    /// Instant engines, no signatures; a lead that outlasts what a crowded machine keeps from us.
    static let base = """
        server: {host: 127.0.0.1, port: 0, loops: 1}
        twilio: {validateSignatures: false}
        stt: [{engine: fixed}]
        llm: [{engine: fixed}]
        tts: [{engine: fixed, clipMs: 600}]
        turn: {idlePromptMs: 60000, replyTimeoutMs: 30000}
        buffers: {leadMs: 1000}
        assistants: [{id: concya}]
        defaultAssistant: concya
        """

    static func start(
        token: String = "", now: Date? = nil, environment: [String: String] = [:],
        folder existing: String? = nil, isPrepared: Bool = true,
        _ adjust: @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> TestDaemon {
        var configuration = try Configuration.parse(yaml: base, file: "test.yaml")
        let folder = existing ?? NSTemporaryDirectory() + "streamd-e2e-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        configuration.store.path = folder + "/streamd.sqlite"
        configuration.twilio.validateSignatures = !token.isEmpty
        adjust(&configuration)
        let settled = configuration
        var variables = environment
        if !token.isEmpty { variables["TWILIO_AUTH_TOKEN"] = token }
        let settledVariables = variables
        return try await blocking {
            let daemon = try TestDaemon(
                settled, now: now, environment: settledVariables, folder: folder)
            if isPrepared { try daemon.daemon.waitUntilPrepared() }
            return daemon
        }
    }

    private init(
        _ configuration: Configuration, now: Date?, environment: [String: String], folder: String
    ) throws {
        self.folder = folder
        database = DatabaseOptions(
            path: configuration.store.path, url: configuration.store.url)
        logDescriptor = open(folder + "/log", O_CREAT | O_WRONLY | O_APPEND, 0o600)
        log = Logger(level: configuration.log.level, format: .text, descriptor: logDescriptor)
        let secrets = try Secrets(environment: environment, file: folder + "/none")
        do {
            daemon = try StreamDaemon(
                configuration: configuration, secrets: secrets, log: log,
                now: { now ?? Date() })
        } catch {
            log.close()
            close(logDescriptor)
            throw error
        }
        callers = try EventLoopGroup(count: 1, label: "caller")
    }

    /// Ends everything. Database and log are removed unless they are to be looked at.
    func stop(keepingFiles: Bool = false) async throws {
        try await blocking { [self] in
            daemon.stop()
            callers.shutdown()
            log.close()
            close(logDescriptor)
            if !keepingFiles { try FileManager.default.removeItem(atPath: folder) }
        }
    }

    func removeFiles() { try? FileManager.default.removeItem(atPath: folder) }

    // MARK: Calls

    /// A number that no other call of the test run has.
    static func options(_ script: CallerScript) -> SimulatedCallOptions {
        SimulatedCallOptions(script: script, number: UInt64.random(in: 1...(UInt64.max >> 1)))
    }

    /// A call by the webhook, as Twilio places it.
    func call(
        _ script: CallerScript, _ adjust: (inout SimulatedCallOptions) -> Void = { _ in }
    ) async -> SimulatedCallResult {
        var options = Self.options(script)
        options.webhookURL = webhook
        adjust(&options)
        return await SimulatedCall.run(options, on: callers.loops[0])
    }

    /// Waits until so many streamed calls are live.
    func waitForCalls(_ count: Int) async -> Bool {
        await eventually { self.daemon.liveCallCount == count }
    }

    // MARK: What it says

    var logLines: [String] {
        let text = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Lines that hold all the parts.
    func lines(_ parts: [String]) -> [String] {
        logLines.filter { line in parts.allSatisfy { line.contains($0) } }
    }

    /// Waits until so many lines hold all the parts; a line is written some time after its event.
    func logs(_ count: Int, _ parts: String...) async -> Bool {
        await eventually { self.lines(parts).count == count }
    }

    /// Waits for a line that holds all the parts.
    func logs(_ parts: String...) async -> Bool {
        await eventually { !self.lines(parts).isEmpty }
    }

    /// The value of a metric without labels.
    func metric(_ name: String) async throws -> Double? {
        let page = try await get("/metrics").body
        let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    // MARK: HTTP

    func get(_ path: String) async throws -> HTTPAnswer { try await http("GET", path) }

    func http(
        _ method: String, _ path: String, headers: [String] = [], body: String = ""
    ) async throws -> HTTPAnswer {
        let port = port
        return try await blocking {
            let peer = try RawPeer(port: port)
            var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            for header in headers { head += header + "\r\n" }
            if !body.isEmpty { head += "Content-Length: \(body.utf8.count)\r\n" }
            peer.send(head + "\r\n" + body)
            return peer.answer()
        }
    }

    /// A webhook of Twilio's. `url` is the one that is signed.
    func form(
        _ path: String, _ fields: [(name: String, value: String)], url: String = "",
        token: String = ""
    ) async throws -> HTTPAnswer {
        var headers = ["Content-Type: application/x-www-form-urlencoded"]
        if !token.isEmpty {
            let signature = TwilioSignature.sign(url: url, parameters: fields, authToken: token)
            headers.append("\(TwilioSignature.headerName): \(signature)")
        }
        let body = fields.map { "\($0.name)=\($0.value.replacing("+", with: "%2B"))" }
        return try await http("POST", path, headers: headers, body: body.joined(separator: "&"))
    }

    /// Blocking work on a WebSocket whose handshake is done.
    func withStream<Value: Sendable>(
        headers: [String] = [], receiveBytes: Int32? = nil,
        _ body: @escaping @Sendable (RawPeer) throws -> Value
    ) async throws -> Value {
        let port = port
        return try await blocking {
            let peer = try RawPeer(port: port, receiveBytes: receiveBytes)
            let status = peer.upgrade(headers: headers)
            guard status == 101 else { throw PeerFault(what: "handshake answered \(status)") }
            return try body(peer)
        }
    }
}

/// Runs blocking work on a thread of its own.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    let result: Result<Value, any Error> = await handedOver { done in
        Thread.detachNewThread { done(Result { try body() }) }
    }
    return try result.get()
}

/// Looks every 20 ms for up to half a minute.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1500 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return condition()
}
