import Configuration
import Foundation
import Realtime
import Store
import Synchronization

/// A daemon of one's own for the length of a benchmark: the `streamd` beside this program, on a free
/// port of the loopback, with a configuration file of which some keys are set anew.
///
/// Its database and its log are in a temporary folder. `stop()` ends it by its process id; so does
/// an interruption of this program. For one thread.
final class DaemonProcess {
    let port: Int
    private(set) var pid: Int
    /// What it runs with, for defaults such as the endpoint's silence.
    let configuration: Configuration
    var stream: String { "ws://127.0.0.1:\(port)/twilio/stream" }
    var webhook: String { "http://127.0.0.1:\(port)/twilio/voice" }
    var process: ServerProcess { ServerProcess(pid: pid) }
    /// When the system was asked to start it, on the monotonic clock.
    private(set) var startedNanos: UInt64

    private let folder: String
    private let environment: [String: String]
    private let arguments: [String]
    private var isRunning = true

    private static let startTimeoutMs = 30_000
    private static let stopTimeoutMs = 3_000
    /// For the signal handler: the daemon that runs.
    private static let current = Atomic<Int32>(0)

    /// Starts it; does not wait for it to be ready.
    /// - Parameters:
    ///   - settings: dotted keys and their values in YAML, set after the file's.
    ///   - callCount: raises `limits.maxCalls` where the file allows fewer.
    ///   - environment: beside what this process has.
    ///   - arguments: behind `streamd serve --config FILE`.
    init(
        configFile: String, settings: [(key: String, value: String)] = [], callCount: Int = 0,
        environment: [String: String] = [:], arguments: [String] = []
    ) throws {
        self.environment = environment
        self.arguments = arguments
        folder = NSTemporaryDirectory() + "streamd-bench-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            port = try Self.freePort()
            var keys = [
                (key: "server.host", value: "127.0.0.1"), (key: "server.port", value: "\(port)"),
                (key: "store.path", value: "\"\(folder)/streamd.sqlite\""),
            ]
            let text = try String(contentsOfFile: configFile, encoding: .utf8)
            keys += settings
            var yaml = try Configuration.overriding(yaml: text, file: configFile, with: keys)
            var parsed = try Configuration.parse(yaml: yaml, file: configFile)
            if parsed.limits.maxCalls < callCount {
                keys.append((key: "limits.maxCalls", value: "\(callCount)"))
                yaml = try Configuration.overriding(yaml: text, file: configFile, with: keys)
                parsed = try Configuration.parse(yaml: yaml, file: configFile)
            }
            configuration = parsed
            try yaml.write(toFile: folder + "/streamd.yaml", atomically: true, encoding: .utf8)
            (pid, startedNanos) = try Self.spawn(
                folder: folder, arguments: arguments, environment: environment)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Starts it and waits until it is ready for calls.
    static func ready(
        configFile: String, settings: [(key: String, value: String)] = [], callCount: Int = 0,
        environment: [String: String] = [:], arguments: [String] = []
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(
            configFile: configFile, settings: settings, callCount: callCount,
            environment: environment, arguments: arguments)
        do {
            try daemon.waitUntilReady()
        } catch {
            daemon.stop()
            throw error
        }
        return daemon
    }

    /// Its database; for looking at records beside it, or after it.
    var database: DatabaseOptions {
        DatabaseOptions(path: folder + "/streamd.sqlite", url: configuration.store.url)
    }

    /// Ends it in the middle of whatever it does, as a power cut would, and starts it again with the
    /// same records. Does not wait for it to be ready.
    func killAndRestart() throws {
        kill(pid_t(pid), SIGKILL)
        while !hasEnded { usleep(1000) }
        (pid, startedNanos) = try Self.spawn(
            folder: folder, arguments: arguments, environment: environment)
        isRunning = true
    }

    /// Waits for `GET /readyz` to answer 200.
    func waitUntilReady() throws {
        for _ in 0..<Self.startTimeoutMs {
            if let socket = try? RawSocket(port: port),
                (try? socket.request("GET", "/readyz"))?.status == 200
            {
                return
            }
            guard !hasEnded else { break }
            usleep(1000)
        }
        throw BenchOptions.Fault(description: "the daemon did not start:\n\(logTail)")
    }

    /// What it has logged so far.
    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    private var logTail: String {
        log.split(separator: "\n").suffix(10).joined(separator: "\n")
    }

    /// True when the process is gone; takes its exit status then.
    private var hasEnded: Bool {
        var status: Int32 = 0
        if isRunning, waitpid(pid_t(pid), &status, WNOHANG) != 0 { isRunning = false }
        return !isRunning
    }

    /// Ends it: by SIGTERM, live calls or not, and by SIGKILL where that does not do.
    func stop() {
        // The second SIGTERM ends the wait for live calls.
        for signal in [SIGTERM, SIGTERM, SIGKILL] {
            guard !hasEnded else { break }
            kill(pid_t(pid), signal)
            for _ in 0..<(Self.stopTimeoutMs / 5) where !hasEnded { usleep(5000) }
        }
        Self.current.store(0, ordering: .relaxed)
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Starting

    /// The `streamd` in this program's folder.
    private static var program: String {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? "streamd-bench").deletingLastPathComponent()
            .appending(path: "streamd").path
    }

    private static func spawn(
        folder: String, arguments more: [String], environment: [String: String]
    ) throws -> (pid: Int, nanos: UInt64) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 2, folder + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var variables = ProcessInfo.processInfo.environment
        variables.merge(environment) { $1 }
        let words = [program, "serve", "--config", folder + "/streamd.yaml"] + more
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var entries: [UnsafeMutablePointer<CChar>?] =
            variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + entries { free(text) } }
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                let pid = DaemonProcess.current.load(ordering: .relaxed)
                if pid > 0 { kill(pid, SIGKILL) }
                _exit(130)
            }
        }
        var pid = pid_t()
        let began = MonotonicClock.nowNanos()
        let code = posix_spawn(&pid, program, &actions, nil, &arguments, &entries)
        guard code == 0 else {
            throw BenchOptions.Fault(
                description: "\(program) cannot be started: \(String(cString: strerror(code))); "
                    + "build it with: make build")
        }
        current.store(pid, ordering: .relaxed)
        return (Int(pid), began)
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = RawSocket.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, length) == 0 ? getsockname(probe, $0, &length) : -1
            }
        }
        guard code == 0 else { throw BenchOptions.Fault(description: "there is no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
