import Synchronization

extension HTTPClient {
    /// Sends a request and collects the response's body, at most `responseBytesMax` bytes of it.
    ///
    /// From any actor; on the client's own loop without a hop. Cancelling the Swift task aborts the
    /// transfer and throws `NetError.cancelled`. A status of 400 and above is not an error here.
    public func data(
        for request: HTTPClientRequest, isolation: isolated (any Actor)? = #isolation
    ) async throws(NetError) -> HTTPClientResponse {
        let transfer = HTTPClientCollector(client: self, request: request)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.start(continuation)
            }
        } onCancel: {
            transfer.cancel()
        }
        return try result.get()
    }
}

/// Collects one response for `data(for:)`. Its state belongs to the loop; the lock only orders a
/// cancellation that comes from another thread.
private final class HTTPClientCollector: @unchecked Sendable {
    private typealias Continuation = CheckedContinuation<
        Result<HTTPClientResponse, NetError>, Never
    >

    private let client: HTTPClient
    private let request: HTTPClientRequest
    private var continuation: Continuation?
    private var task: HTTPClientTask?
    private var head: HTTPClientHead?
    private var body: [UInt8] = []
    private var isCancelled = false

    init(client: HTTPClient, request: HTTPClientRequest) {
        self.client = client
        self.request = request
    }

    func start(
        _ continuation: CheckedContinuation<Result<HTTPClientResponse, NetError>, Never>
    ) {
        onLoop { [self] in
            self.continuation = continuation
            guard !isCancelled else { return end(.failure(.cancelled)) }
            task = client.send(
                request,
                onHead: { [self] in head = $0 },
                onBody: { [self] in body.append(contentsOf: $0) },
                onEnd: { [self] in finished($0) })
        }
    }

    func cancel() {
        onLoop { [self] in
            isCancelled = true
            task?.cancel()
            end(.failure(.cancelled))
        }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if client.loop.isCurrent { body() } else { client.loop.execute(body) }
    }

    private func finished(_ result: Result<HTTPClientSummary, NetError>) {
        switch result {
        case .failure(let error): end(.failure(error))
        case .success(let summary):
            end(
                .success(
                    HTTPClientResponse(
                        status: summary.status, headers: head?.headers ?? HTTPHeaders(),
                        body: body, summary: summary)))
        }
    }

    private func end(_ result: Result<HTTPClientResponse, NetError>) {
        let continuation = self.continuation
        self.continuation = nil
        task = nil
        continuation?.resume(returning: result)
    }
}
