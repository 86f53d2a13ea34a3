import Net
import Pipelines
import Realtime
import Wire

/// Where a remote engine's server is, what it wants to see, and how long it may take.
public struct RemoteService: Sendable {
    /// Said in errors: `stt openai`.
    public var stage: String
    /// Without a slash at the end: `https://api.openai.com/v1`.
    public var baseURL: String
    /// The key among them; never logged.
    public var headers: HTTPHeaders
    /// Name resolution, TCP and TLS; nothing of it on a warm connection. Milliseconds, like the rest.
    public var connectMs: Int
    /// From the end of the request to the first byte of the answer.
    public var firstByteMs: Int
    /// From the request to the end of the answer.
    public var totalMs: Int
    /// A streamed answer that says nothing for this long is broken off.
    public var stallMs: Int
    /// Silence in the middle of speech that is still waited for. A chain gives up sooner; where there
    /// is nobody else, a short hole is better than an apology.
    var silenceMsMax: Int { max(stallMs, firstByteMs) }
    /// The most bytes of an answer.
    public var responseBytesMax = 16 << 20
    /// What a HEAD request asks for when a connection is made before it is needed.
    public var warmPath = "/models"
    /// What is learnt of the service.
    let notes: ServiceNotes

    /// - Parameter notes: those of all engines that may talk to the same service.
    public init(
        stage: String, baseURL: String, headers: HTTPHeaders, connectMs: Int, firstByteMs: Int,
        totalMs: Int, stallMs: Int, notes: ServiceNotes = ServiceNotes()
    ) {
        self.notes = notes
        self.stage = stage
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.headers = headers
        self.connectMs = connectMs
        self.firstByteMs = firstByteMs
        self.totalMs = totalMs
        self.stallMs = stallMs
    }

    /// The base address of a service whose whole address was given, route included.
    func baseURL(without route: String) -> String {
        baseURL.hasSuffix(route) ? String(baseURL.dropLast(route.count)) : baseURL
    }

    /// A POST with the service's headers and limits.
    /// - Parameter path: behind the base address, such as `/audio/speech`.
    func post(_ path: String, contentType: String, body: [UInt8]) -> HTTPClientRequest {
        var headers = self.headers
        headers.add(name: "Content-Type", value: contentType)
        var request = HTTPClientRequest(
            method: "POST", url: baseURL + path, headers: headers, body: .bytes(body))
        request.connectTimeoutMs = connectMs
        request.firstByteTimeoutMs = firstByteMs
        request.totalTimeoutMs = totalMs
        request.responseBytesMax = responseBytesMax
        return request
    }

    /// A POST of JSON.
    func post(_ path: String, _ body: JSONValue) -> HTTPClientRequest {
        post(path, contentType: "application/json", body: body.encoded())
    }

    func failed(_ reason: String) -> StageError { .failed(stage: stage, reason: reason) }

    /// The stage's view of what went wrong on the network.
    func error(_ error: NetError) -> StageError {
        switch error {
        case .connectTimedOut(_, let ms), .firstByteTimedOut(_, let ms), .totalTimedOut(_, let ms),
            .timedOut(_, let ms):
            .timedOut(stage: stage, afterMs: ms)
        default: .failed(stage: stage, reason: "\(error)")
        }
    }

    /// What an answer other than success says: the message of an error object, or the text's beginning.
    func refusal(status: Int, body: [UInt8]) -> StageError {
        let json = try? JSONValue(parsing: body.span)
        let message =
            json?["error"]?["message"]?.stringValue ?? json?["error"]?.stringValue
            ?? json?["message"]?.stringValue ?? json?["err_msg"]?.stringValue
            ?? json?["detail"]?["message"]?.stringValue ?? json?["detail"]?.stringValue
            ?? String(decoding: body.prefix(Self.quotedBytesMax), as: UTF8.self)
        return failed("the server answered \(status): \(message.prefix(Self.quotedBytesMax))")
    }

    /// As much of a refusal is quoted.
    static let quotedBytesMax = 200
    /// As much of a refusal is read.
    static let refusalBytesMax = 8192
}

/// The HTTP clients of remote engines, one a loop, with their warm connections. Shared by all remote
/// engines, so that two that talk to the same server share its connections.
public final class RemoteClients: Sendable {
    private struct State {
        var clients: [ObjectIdentifier: HTTPClient] = [:]
        var warmedNanos: [Warmed: UInt64] = [:]
    }

    private struct Warmed: Hashable {
        var loop: ObjectIdentifier
        var url: String
    }

    /// Servers close connections that are not used for some time; a newer one is not made sooner.
    static let warmAgainNanos: UInt64 = 20_000_000_000
    private let options: HTTPClientOptions
    private let state = Locked(State())

    public init(options: HTTPClientOptions = HTTPClientOptions()) { self.options = options }

    /// The loop's client. On that loop.
    func client(on loop: EventLoop) throws(NetError) -> HTTPClient {
        let id = ObjectIdentifier(loop)
        if let made = state.withLock({ $0.clients[id] }) { return made }
        let client = try HTTPClient(loop: loop, options: options)
        state.withLock { $0.clients[id] = client }
        return client
    }

    /// Sends a request on a loop; a client that can't be made ends it like a network that is gone.
    /// On that loop; nil after `onEnd` was called with that error.
    func send(
        _ request: HTTPClientRequest, on loop: EventLoop,
        onHead: @escaping (HTTPClientHead) -> Void,
        onBody: @escaping (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping (Result<HTTPClientSummary, NetError>) -> Void
    ) -> HTTPClientTask? {
        do throws(NetError) {
            return try client(on: loop).send(request, onHead: onHead, onBody: onBody, onEnd: onEnd)
        } catch {
            onEnd(.failure(error))
            return nil
        }
    }

    /// Makes a connection, unless that was done a moment ago. On the loop.
    func warm(_ service: RemoteService, on loop: EventLoop) {
        let key = Warmed(loop: ObjectIdentifier(loop), url: service.baseURL)
        let now = loop.nowNanos
        let isNeeded = state.withLock { state in
            if let last = state.warmedNanos[key], now < last + Self.warmAgainNanos { return false }
            state.warmedNanos[key] = now
            return true
        }
        guard isNeeded, let client = try? client(on: loop) else { return }
        client.warm(url: service.baseURL + service.warmPath, headers: service.headers)
    }
}
