import Foundation
import Net
import ServiceStandIns
import Wire

/// The stand-ins without delays on a loop of their own, and a client on another one.
final class StandInFixture: Sendable {
    let group: EventLoopGroup
    let services: ServiceStandIns
    let client: LoopBound<HTTPClient>
    let loop: EventLoop

    init(_ change: (inout ServiceStandInOptions) -> Void = { _ in }) throws {
        var options = ServiceStandInOptions()
        options.transcription = .constant(ms: 1)
        options.chatFirst = .constant(ms: 1)
        options.chatToken = .constant(ms: 0)
        options.speechFirst = .constant(ms: 1)
        options.speechSpeedup = 1_000
        change(&options)
        group = try EventLoopGroup(count: 2, label: "test")
        services = try ServiceStandIns(
            group: group, options: options, index: Fixtures.index)
        loop = group.loops[1]
        client = try blocking(on: loop) { [loop] in
            LoopBound(try HTTPClient(loop: loop), loop: loop)
        }
    }

    deinit {
        services.close()
        group.shutdown()
    }

    /// The counters once nothing is under way: an answer arrives a moment before it is counted.
    func settledCounts(_ service: StandInService) async throws -> ServiceStatistics.Counts {
        for _ in 0..<500 where services.statistics.counts(service).active > 0 {
            try await Task.sleep(for: .milliseconds(2))
        }
        return services.statistics.counts(service)
    }

    /// Sends a request and waits for the whole answer.
    func send(
        _ method: String, _ path: String, json: String? = nil, form: [UInt8]? = nil,
        timeoutMs: Int = 30_000
    ) async throws -> HTTPClientResponse {
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        if let json {
            headers["Content-Type"] = "application/json"
            body = Array(json.utf8)
        }
        if let form {
            headers["Content-Type"] = "multipart/form-data; boundary=\"edge\""
            body = form
        }
        var request = HTTPClientRequest(
            method: method, url: "http://127.0.0.1:\(services.port)\(path)", headers: headers,
            body: .bytes(body))
        request.totalTimeoutMs = timeoutMs
        request.firstByteTimeoutMs = timeoutMs
        request.connectTimeoutMs = timeoutMs
        let client = client
        let finished = request
        return try await Talker(loop: loop).send(finished, client)
    }
}

/// Lives on the client's loop, so that the client may be used.
actor Talker {
    private let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) { self.loop = loop }

    func send(
        _ request: HTTPClientRequest, _ client: LoopBound<HTTPClient>
    ) async throws -> HTTPClientResponse {
        try await client.value.data(for: request)
    }
}

/// Runs a body on a loop and waits for its result.
func blocking<Value: Sendable>(
    on loop: EventLoop, _ body: @escaping @Sendable () throws -> Value
) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Result<Value, any Error>>()
    loop.execute {
        box.value = Result(catching: body)
        done.signal()
    }
    done.wait()
    guard let value = box.value else { fatalError("the loop does not answer") }
    return try value.get()
}

/// Written before a semaphore, read behind it.
final class Box<Value>: @unchecked Sendable {
    var value: Value?
}

extension HTTPClientResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue(parsing: body.span) }

    /// The payloads of server-sent events; nil when the stream is none.
    var events: [String]? {
        guard text.hasSuffix("\n\n") else { return nil }
        let blocks = text.dropLast(2).components(separatedBy: "\n\n")
        guard blocks.allSatisfy({ $0.hasPrefix("data: ") && !$0.contains("\n") }) else {
            return nil
        }
        return blocks.map { String($0.dropFirst(6)) }
    }
}

/// A form as OpenAI's clients post it.
func form(_ wave: [UInt8], fields: [(String, String)] = [("model", "whisper-1")]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields {
        bytes += Array(
            "--edge\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    bytes += Array(
        ("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
            + "Content-Type: audio/wav\r\n\r\n").utf8)
    return bytes + wave + Array("\r\n--edge--\r\n".utf8)
}

/// A WAV file of 16 bits.
func wave(_ samples: [Float], rate: Int) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let data = samples.flatMap { little(Int(max(-1, min(1, $0)) * 32_767), 2) }
    return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
        + little(1, 2) + little(1, 2) + little(rate, 4) + little(rate * 2, 4) + little(2, 2)
        + little(16, 2) + Array("data".utf8) + little(data.count, 4) + data
}
