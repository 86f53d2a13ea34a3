import Configuration
import Daemon
import Foundation
import Net
import Telemetry

/// A daemon with everything in memory that is asked without sockets. It is made anew after some
/// thousand inputs, so that what calls leave behind does not pile up.
private final class House {
    private let log: Logger
    private let daemon: StreamDaemon
    private(set) var inputCount = 0

    static let inputCountMax = 2000
    nonisolated(unsafe) static var current: House?

    private static let yaml = """
        server: {host: 127.0.0.1, port: 0, loops: 1}
        twilio: {validateSignatures: false}
        stt: [{engine: fixed}]
        llm: [{engine: scripted}]
        tts: [{engine: fixed, clipMs: 100}]
        store: {path: ":memory:"}
        limits: {maxCalls: 100000, webhooksPerSecond: 1000000}
        log: {level: error}
        assistants:
          - {id: tables}
          - {id: kitchen, kind: restaurant, path: gather, handOverNumber: "+15559998888"}
        numbers: {"+15557654321": kitchen}
        defaultAssistant: tables
        """

    init() throws {
        let configuration = try Configuration.parse(yaml: Self.yaml, file: "fuzz.yaml")
        log = Logger(level: .error, format: .text, descriptor: -1)
        daemon = try StreamDaemon(
            configuration: configuration,
            secrets: try Secrets(
                environment: ["STREAMD_API_TOKENS": "fuzz"], file: "/nonexistent"), log: log,
            now: { Date(timeIntervalSince1970: 1_795_000_000) })
    }

    func stop() {
        daemon.stop()
        log.close()
    }

    /// Hands over the requests of an input, one after the other. Between two stands 0x1E; each is a
    /// head without a Host, and behind an empty line its body.
    func take(_ input: UnsafeRawBufferPointer) {
        inputCount += 1
        for piece in input.split(separator: 0x1E, omittingEmptySubsequences: true) {
            for request in Self.requests(Array(piece)) { ask(request) }
        }
        precondition(daemon.liveCallCount >= 0, "more calls ended than began")
    }

    /// What the server's parser makes of it: a request, or nothing.
    private static func requests(_ piece: [UInt8]) -> [HTTPRequest] {
        let gap = Array("\r\n\r\n".utf8)
        let end = piece.firstRange(of: gap)
        let head = Array(piece[..<(end?.lowerBound ?? piece.endIndex)])
        let body = Array(piece[(end?.upperBound ?? piece.endIndex)...])
        let lines = head.split(separator: 0x0A, omittingEmptySubsequences: false)
        var bytes = Array(lines[0].filter { $0 != 0x0D }) + Array(" HTTP/1.1\r\nHost: h\r\n".utf8)
        for line in lines.dropFirst() where !line.isEmpty && line.first != 0x0D {
            bytes += line.filter { $0 != 0x0D } + [0x0D, 0x0A]
        }
        bytes += Array("Content-Type: application/x-www-form-urlencoded\r\n".utf8)
        bytes += Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
        let parser = HTTPRequestParser(
            limits: HTTPRequestLimits(
                headerBytesMax: 16_384, headerCountMax: 100, bodyBytesMax: 1_048_576))
        var requests: [HTTPRequest] = []
        bytes.withUnsafeBytes { raw in
            var rest = raw[...]
            while !rest.isEmpty {
                let (taken, outcome) = parser.feed(UnsafeRawBufferPointer(rebasing: rest))
                rest = rest.dropFirst(taken)
                switch outcome {
                case .needsMore, .failed: return
                case .head: break
                case .complete:
                    requests.append(
                        parser.takeRequest(
                            remoteAddress: "127.0.0.1", remotePort: 1, isSecure: false))
                }
            }
        }
        return requests
    }

    private func ask(_ request: HTTPRequest) {
        let answered = DispatchSemaphore(value: 0)
        let status = Status()
        daemon.answer(request) { response in
            status.value = response.status
            answered.signal()
        }
        guard answered.wait(timeout: .now() + 30) == .success else {
            fatalError("no answer to \(request.method) \(request.target)")
        }
        let path = request.path
        // A handshake cannot be finished without a connection.
        precondition(
            status.value != 500 || path == "/twilio/stream",
            "\(request.method) \(request.target) was answered with 500")
        precondition((200..<600).contains(status.value), "no status: \(status.value)")
    }

    /// Written before the semaphore is signalled and read after it.
    private final class Status: @unchecked Sendable { var value = 0 }
}

/// Called by libFuzzer with every input; a trap or a fault is a find.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    if let house = House.current, house.inputCount >= House.inputCountMax {
        house.stop()
        House.current = nil
    }
    do {
        let house = try House.current ?? House()
        House.current = house
        house.take(UnsafeRawBufferPointer(start: bytes, count: count))
    } catch { fatalError("no daemon: \(error)") }
    return 0
}
