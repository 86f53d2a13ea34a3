import CCurl
import CStreamD

/// An HTTP client on one loop: libcurl's multi socket interface, connections kept warm, HTTP/2
/// where the server offers it.
///
/// For the loop's thread only, but for `data(for:)`. It lives until `close()` or the loop's end.
public final class HTTPClient: @unchecked Sendable {
    /// The loop that transfers and callbacks live on.
    public let loop: EventLoop
    /// What it was made with.
    public let options: HTTPClientOptions

    private let multi: UnsafeMutableRawPointer
    private var polls: [Int32: LoopPoll] = [:]
    private var timer: LoopTimer?
    private var isClosed = false
    private var isShutDown = false
    /// Transfers that have not ended, by their address.
    private var tasks: [UnsafeMutableRawPointer: HTTPClientTask] = [:]
    /// Inside libcurl, which then refuses to have transfers added or removed.
    private var depth = 0
    private var toStart: [HTTPClientTask] = []
    /// Could not be started; their error is told at the loop's next turn.
    private var unstarted: [HTTPClientTask] = []
    private var toRemove: [HTTPClientTask] = []
    private var toResume: [HTTPClientTask] = []

    private static let globalCode = streamd_curl_global()

    /// Makes a client. Loop only. Throws when libcurl cannot start.
    public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) throws(NetError)
    {
        precondition(loop.isCurrent, "HTTPClient made off its loop")
        guard Self.globalCode == 0, let multi = curl_multi_init() else {
            throw .loop(what: "starting libcurl", reason: "code \(Self.globalCode)")
        }
        self.loop = loop
        self.options = options
        self.multi = multi
        timer = loop.makeTimer { [unowned self] in act(on: -1, ready: 0) }
        streamd_curl_multi_set_callbacks(
            multi, Unmanaged.passUnretained(self).toOpaque(),
            { _, descriptor, what, context, _ in
                HTTPClient.from(context)?.watch(descriptor, what)
                return 0
            },
            { _, timeoutMs, context in
                HTTPClient.from(context)?.setTimer(timeoutMs)
                return 0
            })
        _ = streamd_curl_multi_set_long(
            multi, Int32(CURLMOPT_MAXCONNECTS.rawValue), options.idleConnectionsMax)
        loop.add(self)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPClient? {
        context.map { Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The number of transfers that have not ended.
    public var activeCount: Int { tasks.count + toStart.count }

    // MARK: - Requests

    /// Starts a transfer. `onHead` is called once, `onBody` for every piece as it arrives (valid
    /// during the call only), `onEnd` exactly once at the end; none of them inside this call, none
    /// after `cancel()`. Loop only; allocates.
    @discardableResult
    public func send(
        _ request: HTTPClientRequest,
        onHead: ((HTTPClientHead) -> Void)? = nil,
        onBody: ((UnsafeRawBufferPointer) -> Void)? = nil,
        onEnd: ((Result<HTTPClientSummary, NetError>) -> Void)? = nil
    ) -> HTTPClientTask {
        precondition(loop.isCurrent, "HTTPClient.send off its loop")
        let task = HTTPClientTask(
            client: self, request: request, onHead: onHead, onBody: onBody, onEnd: onEnd)
        if isClosed {
            refuse(task, .closed)
        } else if depth > 0 {
            toStart.append(task)
        } else {
            start(task)
        }
        return task
    }

    /// Makes a connection to the server of `url` and keeps it for the requests to come, by a HEAD
    /// request, whose response is ignored. `onEnd` tells how that went. Loop only.
    @discardableResult
    public func warm(
        url: String, headers: HTTPHeaders = HTTPHeaders(),
        onEnd: ((Result<HTTPClientSummary, NetError>) -> Void)? = nil
    ) -> HTTPClientTask {
        send(HTTPClientRequest(method: "HEAD", url: url, headers: headers), onEnd: onEnd)
    }

    /// Ends all transfers with `NetError.closed` and closes all connections. Loop only.
    public func close() {
        precondition(loop.isCurrent, "HTTPClient.close off its loop")
        guard !isClosed else { return }
        isClosed = true
        for task in Array(tasks.values) + toStart + unstarted { task.end(.failure(.closed)) }
        if depth == 0 { shutDown() }
    }

    private func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        settleRemovals()
        _ = inside { curl_multi_cleanup(multi) }
        timer?.close()
        for poll in polls.values { poll.close() }
        polls.removeAll()
        loop.remove(self)
    }

    // MARK: - For tasks

    private func start(_ task: HTTPClientTask) {
        do throws(NetError) {
            let easy = try task.configure()
            tasks[easy] = task
            let code = inside { curl_multi_add_handle(multi, easy) }
            guard code == CURLM_OK else {
                throw .loop(
                    what: "adding a transfer", reason: String(cString: curl_multi_strerror(code)))
            }
            settle()
        } catch {
            refuse(task, error)
        }
    }

    private func refuse(_ task: HTTPClientTask, _ error: NetError) {
        unstarted.append(task)
        task.endSoon(error)
    }

    /// Takes a transfer out of libcurl; later, when libcurl is at work.
    func remove(_ task: HTTPClientTask) {
        toStart.removeAll { $0 === task }
        unstarted.removeAll { $0 === task }
        toResume.removeAll { $0 === task }
        toRemove.append(task)
        if depth == 0 { settleRemovals() }
    }

    /// Lets a transfer that waited for its body go on.
    func resume(_ task: HTTPClientTask) {
        if depth > 0 {
            toResume.append(task)
        } else if let easy = task.easy {
            _ = inside { curl_easy_pause(easy, CURLPAUSE_CONT) }
            settle()
        }
    }

    // MARK: - libcurl

    private func inside<Value>(_ body: () -> Value) -> Value {
        depth += 1
        defer { depth -= 1 }
        return body()
    }

    private func act(on descriptor: Int32, ready: Int32) {
        guard !isClosed else { return }
        var running: Int32 = 0
        _ = inside { curl_multi_socket_action(multi, descriptor, ready, &running) }
        settle()
    }

    /// Does what could not be done inside libcurl, and reports what is done.
    private func settle() {
        guard depth == 0 else { return }
        settleRemovals()
        while let task = toResume.popLast() { resume(task) }
        var result: Int32 = 0
        while !isClosed, let easy = streamd_curl_multi_done(multi, &result) {
            guard let task = tasks[easy] else { continue }
            task.transferEnded(code: CURLcode(rawValue: UInt32(result)))
        }
        while !isClosed, !toStart.isEmpty { start(toStart.removeFirst()) }
        if isClosed { shutDown() }
    }

    private func settleRemovals() {
        while let task = toRemove.popLast() {
            guard let easy = task.takeEasy() else { continue }
            _ = inside { curl_multi_remove_handle(multi, easy) }
            tasks[easy] = nil
            curl_easy_cleanup(easy)
            task.freeLists()
        }
    }

    private func watch(_ descriptor: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            polls.removeValue(forKey: descriptor)?.close()
            return
        }
        var poll = polls[descriptor]
        if poll == nil {
            poll = try? LoopPoll(loop: loop, descriptor: descriptor) {
                [unowned self] isReadable, isWritable in
                act(
                    on: descriptor,
                    ready: (isReadable ? CURL_CSELECT_IN : 0)
                        | (isWritable ? CURL_CSELECT_OUT : 0))
            }
            // Without a poll the transfer runs into its time-out; only the lack of descriptors
            // leads here.
            polls[descriptor] = poll
        }
        poll?.watch(
            readable: what == CURL_POLL_IN || what == CURL_POLL_INOUT,
            writable: what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    }

    private func setTimer(_ timeoutMs: Int) {
        if timeoutMs < 0 {
            timer?.cancel()
        } else {
            timer?.set(afterMs: timeoutMs)
        }
    }
}

extension HTTPClient: LoopResource {
    func loopWillStop() {
        close()
    }
}
