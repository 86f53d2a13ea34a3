import CAllocationCounter
import CEchoFloor
import Configuration
import Daemon
import Foundation
import Net
import Telemetry
import Twilio

/// What goes over a real socket: CPU time of the server's thread for one message in and its answer
/// out, against a bare epoll server that echoes as many bytes under the same load.
struct SocketComponents {
    var load: SocketLoad
    var rounds: Int

    private static let echoName = "WebSocket: echo"
    /// The line that the transport is judged by.
    static let transportName = "transport: media frame in and out"
    private static let webhookName = "HTTP: POST /twilio/voice to TwiML"

    /// Measures those whose name is wanted.
    func all(where isWanted: (String) -> Bool) throws -> [MicroResult] {
        let floor = try EchoFloor()
        let components = [
            (Self.echoName, webSocketEcho), (Self.transportName, mediaFrame),
            (Self.webhookName, webhook),
        ]
        return try components.filter { isWanted($0.0) }.map { try $0.1(floor) }
    }

    // MARK: WebSocket

    private func webSocketEcho(_ floor: EchoFloor) throws -> MicroResult {
        let server = try SocketServer { EchoHandler() }
        let text = CodecComponents.mediaMessage(chunk: 1_000_000)
        let message = SocketLoad.Message(
            bytes: SocketLoad.textFrame(text),
            replyByteCount: SocketLoad.replyFrameByteCount(text.count))
        return try measure(
            Self.echoName, "message", message, load, port: server.port, floor: floor,
            isAllocationFree: true
        ) { server.counters() }
    }

    /// Message in, JSON, rules, base64; base64, JSON, message out.
    private func mediaFrame(_ floor: EchoFloor) throws -> MicroResult {
        let server = try SocketServer { MediaFrameHandler() }
        let first = 1_000_000
        let text = CodecComponents.mediaMessage(chunk: UInt64(first))
        let frame = SocketLoad.textFrame(text)
        let header = frame.count - text.count
        let key = Array("\"chunk\":\"".utf8)
        let found = text.indices.first { text[$0...].starts(with: key) } ?? 0
        let twilio = TwilioSideWriter(CodecComponents.start)
        let reply = StreamMessageWriter(streamSid: CodecComponents.start.streamSid)
            .mediaByteCount(payloadByteCount: CodecComponents.audio.count)
        let message = SocketLoad.Message(
            bytes: frame, replyByteCount: SocketLoad.replyFrameByteCount(reply),
            opening: SocketLoad.textFrame(twilio.connected())
                + SocketLoad.textFrame(twilio.start(sequenceNumber: 1)),
            counter: (at: header + found + key.count, digits: 7, first: first))
        return try measure(
            Self.transportName, "frame", message, load, port: server.port, floor: floor,
            isAllocationFree: true
        ) { server.counters() }
    }

    // MARK: HTTP

    /// Twilio's webhook through the daemon's own routes, on connections that are kept.
    private func webhook(_ floor: EchoFloor) throws -> MicroResult {
        let configuration = try Configuration.parse(yaml: Self.yaml, file: "micro")
        let sink = open("/dev/null", O_WRONLY)
        defer { close(sink) }
        let log = Logger(level: .info, format: .text, descriptor: sink)
        defer { log.close() }
        let daemon = try StreamDaemon(
            configuration: configuration, secrets: try Secrets(environment: [:], file: "/dev/null"),
            log: log)
        defer { daemon.stop() }
        try daemon.waitUntilPrepared()
        let request = Self.request
        let length = try Self.answerByteCount(to: request, port: daemon.port)
        let message = SocketLoad.Message(
            bytes: request, replyByteCount: length, isWebSocket: false)
        var load = load
        // No more tokens of streams that never come than the daemon keeps.
        load.rate = min(load.rate, 1_000)
        return try measure(
            Self.webhookName, "request", message, load, port: daemon.port,
            floor: floor, isAllocationFree: false
        ) { SocketLoad.counters(of: daemon.eventLoops[0]) }
    }

    private static let yaml = """
        server: {host: 127.0.0.1, port: 0, loops: 1}
        twilio: {validateSignatures: false}
        stt: [{engine: fixed}]
        llm: [{engine: fixed}]
        tts: [{engine: fixed, clipMs: 600}]
        limits: {webhooksPerSecond: 1000000}
        store: {path: ":memory:"}
        assistants: [{id: concya}]
        defaultAssistant: concya
        """

    private static let request: [UInt8] = {
        let form = [
            "AccountSid=AC0123456789abcdef0123456789abcdef", "ApiVersion=2010-04-01",
            "CallSid=CA0123456789abcdef0123456789abcdef", "CallStatus=ringing",
            "Called=%2B15550100002", "Caller=%2B15550100001", "Direction=inbound",
            "From=%2B15550100001", "To=%2B15550100002",
        ].joined(separator: "&")
        let head = [
            "POST /twilio/voice HTTP/1.1", "Host: 127.0.0.1", "User-Agent: TwilioProxy/1.1",
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
            "Content-Length: \(form.utf8.count)", "Accept: */*",
            "X-Twilio-Signature: 0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        ].joined(separator: "\r\n")
        return Array((head + "\r\n\r\n" + form).utf8)
    }()

    /// Asks once: the answers differ in their tokens, not in their lengths.
    private static func answerByteCount(to request: [UInt8], port: Int) throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(descriptor, request, request.count, 0) == request.count else {
            throw SocketLoad.Failure(description: "the daemon does not take a connection")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                throw SocketLoad.Failure(description: "the webhook was not answered")
            }
            answer += buffer[..<count]
            let text = String(decoding: answer, as: UTF8.self)
            guard text.hasPrefix("HTTP/1.1 200") else {
                throw SocketLoad.Failure(description: "the webhook answered \(text.prefix(80))")
            }
            if text.hasSuffix("</Response>") || text.hasSuffix("</Response>\n") {
                return answer.count
            }
        }
    }

    // MARK: Measuring

    private func measure(
        _ name: String, _ unit: String, _ message: SocketLoad.Message, _ load: SocketLoad,
        port: Int, floor: EchoFloor, isAllocationFree: Bool,
        counters: () -> SocketLoad.Counters
    ) throws -> MicroResult {
        var own: [SocketLoad.Cost] = []
        var bare: [SocketLoad.Cost] = []
        for _ in 0..<rounds {
            own.append(try load.run(message, port: port, counters: counters))
            bare.append(
                try load.run(message.echoed, port: floor.port) { floor.counters() })
        }
        let nanos = MicroClock.median(own.map(\.cpuNanos))
        let floorNanos = MicroClock.median(bare.map(\.cpuNanos))
        let times = own.map { Double($0.roundTripNanos[$0.roundTripNanos.count / 2]) }
        let floorTimes = bare.map { Double($0.roundTripNanos[$0.roundTripNanos.count / 2]) }
        return MicroResult(
            component: name, unit: unit, nanos: nanos, floor: "epoll echo \(message.bytes.count) B",
            floorNanos: floorNanos, ratio: nanos / max(floorNanos, 0.01),
            // A buffer may still grow in the first round; what is done for each message shows in all.
            allocations: own.compactMap(\.allocations).min(), isAllocationFree: isAllocationFree,
            details: [
                "roundTripP50Nanos": MicroClock.median(times),
                "floorRoundTripP50Nanos": MicroClock.median(floorTimes),
            ])
    }
}

/// Answers every media message with one of ours that carries the same audio.
private final class MediaFrameHandler: WebSocketHandler {
    private var session = MediaStreamSession(openedAtNanos: 0)
    private let writer = StreamMessageWriter(streamSid: CodecComponents.start.streamSid)
    private let audio = UnsafeMutableRawBufferPointer.allocate(byteCount: 8000, alignment: 16)
    private let message = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)

    deinit {
        audio.deallocate()
        message.deallocate()
    }

    func webSocketOpened(_ socket: WebSocket) { socket.reserveForOneRead() }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        guard case .audio(let heard) = session.receive(bytes, nowNanos: 0, audio: audio) else {
            return
        }
        let frame = UnsafeRawBufferPointer(rebasing: audio[..<heard.byteCount])
        guard let count = writer.writeMedia(frame, into: message) else { return }
        _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<count]))
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}
