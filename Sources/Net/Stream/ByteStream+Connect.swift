import CUV
import Glibc

extension ByteStream {
    /// Connects to a host: resolves its name off the loop, tries its addresses in turn, each within
    /// its share of the time, and does the TLS handshake when `tls` is given.
    ///
    /// Loop only. `completion` is called once, on the loop and never inside this call, also after
    /// `cancel()`. The stream it gets has reading paused.
    @discardableResult
    public static func connect(
        loop: EventLoop, host: String, port: Int, tls: TLSClientOptions? = nil,
        timeoutMs: Int = 10_000,
        completion: @escaping (Result<ByteStream, NetError>) -> Void
    ) -> ByteStreamConnecting {
        let connecting = ByteStreamConnecting(
            loop: loop, host: host, port: port, tls: tls, timeoutMs: timeoutMs,
            completion: completion)
        connecting.start()
        return connecting
    }
}

/// A connection in the making.
public final class ByteStreamConnecting: LoopResource {
    private let loop: EventLoop
    private let host: String
    private let port: Int
    private let tls: TLSClientOptions?
    private let timeoutMs: Int
    private var completion: ((Result<ByteStream, NetError>) -> Void)?

    private var timer: LoopTimer?
    private var deadlineNanos: UInt64 = 0
    private var addresses: [SocketAddress] = []
    private var tried = 0
    private var stream: ByteStream?
    private var lastReason = "it has no address"
    private var outcome: NetError?

    fileprivate init(
        loop: EventLoop, host: String, port: Int, tls: TLSClientOptions?, timeoutMs: Int,
        completion: @escaping (Result<ByteStream, NetError>) -> Void
    ) {
        self.loop = loop
        self.host = host
        self.port = port
        self.tls = tls
        self.timeoutMs = timeoutMs
        self.completion = completion
    }

    /// Gives up; the completion gets `.cancelled` soon, unless it was already called. Loop only.
    public func cancel() {
        failSoon(.cancelled)
    }

    func loopWillStop() {
        finish(.failure(.closed))
    }

    fileprivate func start() {
        deadlineNanos = loop.nowNanos &+ UInt64(max(1, timeoutMs)) &* 1_000_000
        timer = loop.makeTimer { [unowned self] in timeIsUp() }
        loop.add(self)
        guard completion != nil else { return }
        guard (1...65_535).contains(port) else {
            return failSoon(.invalid(what: "port \(port)", reason: "must be 1 to 65535"))
        }
        timer?.set(atNanos: deadlineNanos)
        if let address = SocketAddress(host: host, port: port) {
            addresses = [address]
            tryNext()
        } else {
            resolve()
        }
    }

    // MARK: - Resolving

    private func resolve() {
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = Int32(AI_ADDRCONFIG)
        let code = uv_getaddrinfo(
            loop.uvLoop, request,
            { request, status, list in
                guard let request, let data = request.pointee.data else { return }
                let connecting = Unmanaged<ByteStreamConnecting>.fromOpaque(data)
                    .takeRetainedValue()
                request.deallocate()
                connecting.didResolve(status, list)
                uv_freeaddrinfo(list)
            }, host, String(port), &hints)
        if code != 0 {
            Unmanaged.passUnretained(self).release()
            request.deallocate()
            failSoon(.resolve(host: host, reason: uvReason(code)))
        }
    }

    private func didResolve(_ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?) {
        guard completion != nil, outcome == nil else { return }
        guard status == 0 else {
            return finish(.failure(.resolve(host: host, reason: uvReason(status))))
        }
        var entry = list
        while let info = entry?.pointee {
            if let address = SocketAddress(info) {
                addresses.append(address)
            }
            entry = info.ai_next
        }
        tryNext()
    }

    // MARK: - Connecting

    private func tryNext() {
        guard tried < addresses.count else {
            return failSoon(.connect(host: host, port: port, reason: lastReason))
        }
        let address = addresses[tried]
        let left = addresses.count - tried
        tried += 1
        let now = loop.nowNanos
        let share = (max(deadlineNanos, now) - now) / UInt64(left)
        timer?.set(atNanos: now + share)

        let stream = ByteStream(loop: loop)
        self.stream = stream
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(Attempt(self, stream)).toOpaque()
        let code = address.withSystemAddress { system in
            uv_tcp_connect(request, stream.tcp, system) { request, status in
                guard let request, let data = request.pointee.data else { return }
                let attempt = Unmanaged<Attempt>.fromOpaque(data).takeRetainedValue()
                request.deallocate()
                attempt.connecting.didConnect(attempt.stream, status)
            }
        }
        if code != 0 {
            Unmanaged<Attempt>.fromOpaque(request.pointee.data).release()
            request.deallocate()
            didConnect(stream, code)
        }
    }

    private func didConnect(_ stream: ByteStream, _ status: Int32) {
        guard self.stream === stream, outcome == nil else { return }
        guard status == 0 else {
            lastReason = uvReason(status)
            dropStream()
            return tryNext()
        }
        stream.didConnect()
        timer?.set(atNanos: deadlineNanos)
        guard let tls else { return finish(.success(stream)) }
        do throws(NetError) {
            let session = try TLSSession(
                clientContext: TLSContext.client(tls), serverName: tls.serverName ?? host,
                verifiesPeer: tls.verifiesPeer)
            stream.onHandshake = { [weak self] error in
                guard let self, self.stream === stream else { return }
                if let error {
                    self.stream = nil
                    finish(.failure(error))
                } else {
                    stream.pauseReading()
                    finish(.success(stream))
                }
            }
            stream.startTLS(session)
            stream.startReading()
        } catch {
            failSoon(error)
        }
    }

    private func timeIsUp() {
        if let outcome {
            return finish(.failure(outcome))
        }
        if stream?.tls == nil, stream != nil, tried < addresses.count {
            lastReason = "no answer in time"
            dropStream()
            return tryNext()
        }
        finish(.failure(.timedOut(what: "connecting to \(host):\(port)", afterMs: timeoutMs)))
    }

    private func failSoon(_ error: NetError) {
        guard completion != nil, outcome == nil else { return }
        outcome = error
        timer?.set(atNanos: 0)
    }

    private func dropStream() {
        let dropped = stream
        stream = nil
        dropped?.onHandshake = nil
        dropped?.abort()
    }

    private func finish(_ found: Result<ByteStream, NetError>) {
        guard let completion else { return }
        let result = outcome.map { .failure($0) } ?? found
        self.completion = nil
        timer?.close()
        timer = nil
        loop.remove(self)
        if case .failure = result {
            dropStream()
        }
        stream = nil
        completion(result)
    }
}

/// One address being tried, kept while libuv holds the request.
private final class Attempt {
    let connecting: ByteStreamConnecting
    let stream: ByteStream

    init(_ connecting: ByteStreamConnecting, _ stream: ByteStream) {
        self.connecting = connecting
        self.stream = stream
    }
}
