import CCurl
import CStreamD

/// One transfer of an ``HTTPClient``. Loop only.
public final class HTTPClientTask {
    private enum Phase {
        case connecting
        /// The connection is there; the request is on its way.
        case requesting
        /// The first byte of the response has come.
        case responding
        case ended
    }

    /// What was asked for.
    public let request: HTTPClientRequest
    private let client: HTTPClient
    /// Dropped at the end, and with them what they hold: often an owner that holds this task.
    private var onHead: ((HTTPClientHead) -> Void)?
    private var onBody: ((UnsafeRawBufferPointer) -> Void)?
    private var onEnd: ((Result<HTTPClientSummary, NetError>) -> Void)?

    private(set) var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var timer: LoopTimer?
    private var phase = Phase.connecting
    private let startNanos: UInt64
    private var connectedNanos: UInt64 = 0
    /// When the whole request was handed over: the first byte is due from here.
    private var requestingNanos: UInt64 = 0
    /// Set where the outcome is known before libcurl says so.
    private var knownError: NetError?

    private var head = HTTPClientHead(status: 0, version: "", headers: HTTPHeaders())
    private var headByteCount = 0
    private var headIsDone = false
    private var bodyByteCount = 0

    private var upload: [UInt8] = []
    private var uploadTaken = 0
    private var uploadIsFinished = false
    private var uploadWaits = false

    init(
        client: HTTPClient, request: HTTPClientRequest, onHead: ((HTTPClientHead) -> Void)?,
        onBody: ((UnsafeRawBufferPointer) -> Void)?,
        onEnd: ((Result<HTTPClientSummary, NetError>) -> Void)?
    ) {
        self.client = client
        self.request = request
        self.onHead = onHead
        self.onBody = onBody
        self.onEnd = onEnd
        startNanos = client.loop.nowNanos
        errorText.pointee = 0
        if case .streamed = request.body {} else { uploadIsFinished = true }
        // The timer keeps the task alive while it is set.
        timer = client.loop.makeTimer { [self] in timeIsUp() }
    }

    deinit {
        errorText.deallocate()
    }

    /// True until the end was reported or the task was cancelled.
    public var isActive: Bool { phase != .ended }

    /// Aborts the transfer. No callback is called after this, not even when called from inside one.
    public func cancel() {
        precondition(client.loop.isCurrent, "HTTPClientTask.cancel off its loop")
        guard phase != .ended else { return }
        onEnd = nil
        end(.failure(.cancelled))
    }

    // MARK: - Request body

    /// Adds bytes to a streamed request body. False, and nothing taken, when more than
    /// `uploadBytesMax` would wait, or the task is over. Allocates while the queue grows.
    public func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        precondition(client.loop.isCurrent, "HTTPClientTask.write off its loop")
        guard phase != .ended, !uploadIsFinished else { return false }
        guard upload.count - uploadTaken + bytes.count <= client.options.uploadBytesMax else {
            return false
        }
        if uploadTaken > 65_536 {
            upload.removeFirst(uploadTaken)
            uploadTaken = 0
        }
        upload.append(contentsOf: bytes)
        wakeUpload()
        return true
    }

    /// Ends a streamed request body.
    public func finish() {
        precondition(client.loop.isCurrent, "HTTPClientTask.finish off its loop")
        guard phase != .ended, !uploadIsFinished else { return }
        uploadIsFinished = true
        if phase == .requesting { requestingNanos = client.loop.nowNanos }
        armTimer()
        wakeUpload()
    }

    private func wakeUpload() {
        guard uploadWaits else { return }
        uploadWaits = false
        client.resume(self)
    }

    // MARK: - Time

    private var connectMs: Int { request.connectTimeoutMs ?? client.options.connectTimeoutMs }
    private var firstByteMs: Int { request.firstByteTimeoutMs ?? client.options.firstByteTimeoutMs }
    private var totalMs: Int { request.totalTimeoutMs ?? client.options.totalTimeoutMs }

    /// What ends the transfer if nothing happens, and when.
    private var deadline: (atNanos: UInt64, error: NetError)? {
        func at(_ fromNanos: UInt64, _ afterMs: Int) -> UInt64 {
            fromNanos &+ UInt64(max(0, afterMs)) &* 1_000_000
        }
        let step: (atNanos: UInt64, error: NetError)? =
            switch phase {
            case .connecting:
                (at(startNanos, connectMs), .connectTimedOut(url: request.url, afterMs: connectMs))
            case .requesting where uploadIsFinished:
                (
                    at(requestingNanos, firstByteMs),
                    .firstByteTimedOut(url: request.url, afterMs: firstByteMs)
                )
            default: nil
            }
        guard totalMs > 0 else { return step }
        let total = (
            atNanos: at(startNanos, totalMs),
            error: NetError.totalTimedOut(url: request.url, afterMs: totalMs)
        )
        guard let step, step.atNanos < total.atNanos else { return total }
        return step
    }

    private func armTimer() {
        if let deadline, phase != .ended {
            timer?.set(atNanos: deadline.atNanos)
        } else {
            timer?.cancel()
        }
    }

    private func timeIsUp() {
        guard let error = knownError ?? deadline?.error else { return }
        end(.failure(error))
    }

    // MARK: - The end

    /// Reports an error at the loop's next turn, for what fails inside the owner's own call.
    func endSoon(_ error: NetError) {
        knownError = error
        timer?.set(atNanos: 0)
    }

    /// libcurl is done with the transfer.
    func transferEnded(code: CURLcode) {
        if let knownError {
            end(.failure(knownError))
        } else if code == CURLE_OK, headIsDone {
            end(.success(summary()))
        } else {
            end(.failure(error(for: code)))
        }
    }

    /// Takes the transfer out of libcurl and reports its end, once.
    func end(_ result: Result<HTTPClientSummary, NetError>) {
        guard phase != .ended else { return }
        phase = .ended
        timer?.close()
        timer = nil
        client.remove(self)
        let onEnd = self.onEnd
        self.onEnd = nil
        onHead = nil
        onBody = nil
        onEnd?(result)
    }

    func takeEasy() -> UnsafeMutableRawPointer? {
        defer { easy = nil }
        return easy
    }

    func freeLists() {
        curl_slist_free_all(headerList)
        headerList = nil
    }

    private func summary() -> HTTPClientSummary {
        var connections = 0
        var startTransferMicros: Int64 = 0
        if let easy {
            _ = streamd_curl_get_long(easy, Int32(CURLINFO_NUM_CONNECTS.rawValue), &connections)
            _ = streamd_curl_get_offset(
                easy, Int32(CURLINFO_STARTTRANSFER_TIME_T.rawValue), &startTransferMicros)
        }
        return HTTPClientSummary(
            status: head.status, bodyByteCount: bodyByteCount, reusedConnection: connections == 0,
            connectedMicros: Int((connectedNanos &- startNanos) / 1000),
            firstByteMicros: Int(startTransferMicros),
            totalMicros: Int((client.loop.nowNanos &- startNanos) / 1000))
    }

    private func error(for code: CURLcode) -> NetError {
        let said = String(cString: errorText)
        let reason = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
        let what = "\(request.method) \(request.url)"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .resolve(host: request.url, reason: reason)
        case CURLE_COULDNT_CONNECT:
            guard let address = try? WebSocketURL(request.url) else {
                return .io(what: what, reason: reason)
            }
            return .connect(host: address.host, port: address.port, reason: reason)
        case CURLE_URL_MALFORMAT:
            return .invalid(what: what, reason: reason)
        case CURLE_UNSUPPORTED_PROTOCOL where phase == .connecting:
            return .invalid(what: what, reason: reason)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS:
            return .tls(what: what, reason: reason)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            return .badResponse(what: what, reason: reason)
        default:
            return .io(what: what, reason: reason)
        }
    }
}

// MARK: - Called by libcurl

extension HTTPClientTask {
    /// Makes the transfer ready to be added. Throws for a request that cannot be sent.
    func configure() throws(NetError) -> UnsafeMutableRawPointer {
        guard let easy = curl_easy_init() else {
            throw .loop(what: "making a transfer", reason: "out of memory")
        }
        do throws(NetError) {
            headerList = try HTTPClientSetup.apply(
                request, client.options, errorText: errorText, to: easy)
        } catch {
            curl_easy_cleanup(easy)
            throw error
        }
        self.easy = easy
        streamd_curl_set_callbacks(
            easy, Unmanaged.passUnretained(self).toOpaque(),
            { bytes, size, count, context in
                HTTPClientTask.from(context)?.tookHeader(bytes, size * count) ?? 0
            },
            { bytes, size, count, context in
                HTTPClientTask.from(context)?.tookBody(bytes, size * count) ?? 0
            },
            { room, size, count, context in
                HTTPClientTask.from(context)?.giveUpload(room, size * count)
                    ?? Int(CURL_READFUNC_ABORT)
            },
            { context, _, _, _, _ in
                HTTPClientTask.from(context)?.isConnected()
                return CURL_PREREQFUNC_OK
            })
        armTimer()
        return easy
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPClientTask? {
        context.map { Unmanaged<HTTPClientTask>.fromOpaque($0).takeUnretainedValue() }
    }

    private func isConnected() {
        guard phase == .connecting else { return }
        phase = .requesting
        connectedNanos = client.loop.nowNanos
        requestingNanos = connectedNanos
        armTimer()
    }

    /// One header line, its line end included. Anything but `count` ends the transfer.
    private func tookHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard phase != .ended, knownError == nil else { return 0 }
        if phase != .responding {
            phase = .responding
            armTimer()
        }
        headByteCount += count
        guard headByteCount <= client.options.responseHeadBytesMax else {
            knownError = .badResponse(
                what: request.url,
                reason: "its headers are longer than \(client.options.responseHeadBytesMax) bytes")
            return 0
        }
        // Trailers come after the head; nobody needs them.
        guard !headIsDone, let bytes else { return count }
        let raw = UnsafeRawBufferPointer(start: bytes, count: count)
        let line = HTTPHeaders.trimmed(
            Substring(String(decoding: raw, as: UTF8.self).filter { !$0.isNewline }))
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ")
            head = HTTPClientHead(
                status: words.count > 1 ? Int(words[1]) ?? 0 : 0,
                version: String(words[0].dropFirst(5)), headers: HTTPHeaders())
        } else if line.isEmpty {
            if head.status >= 200 {
                headIsDone = true
                onHead?(head)
            }
        } else if let colon = line.firstIndex(of: ":") {
            head.headers.add(
                name: String(line[..<colon]),
                value: String(HTTPHeaders.trimmed(line[line.index(after: colon)...])))
        }
        return count
    }

    private func tookBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard phase != .ended, knownError == nil else { return 0 }
        let bytesMax = request.responseBytesMax ?? client.options.responseBytesMax
        guard bodyByteCount + count <= bytesMax else {
            knownError = .badResponse(
                what: request.url, reason: "its body is longer than \(bytesMax) bytes")
            return 0
        }
        bodyByteCount += count
        onBody?(UnsafeRawBufferPointer(start: bytes, count: count))
        return phase == .ended ? 0 : count
    }

    /// Room for bytes of a streamed request body.
    private func giveUpload(_ room: UnsafeMutablePointer<CChar>?, _ roomCount: Int) -> Int {
        guard phase != .ended, knownError == nil, let room else { return Int(CURL_READFUNC_ABORT) }
        let count = min(roomCount, upload.count - uploadTaken)
        guard count > 0 else {
            if uploadIsFinished { return 0 }
            uploadWaits = true
            return Int(CURL_READFUNC_PAUSE)
        }
        upload.withUnsafeBytes {
            UnsafeMutableRawPointer(room).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0[uploadTaken..<(uploadTaken + count)])
                    .baseAddress.unsafelyUnwrapped, byteCount: count)
        }
        uploadTaken += count
        if uploadTaken == upload.count {
            upload.removeAll(keepingCapacity: true)
            uploadTaken = 0
        }
        return count
    }
}
