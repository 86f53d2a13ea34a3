import Dispatch
import Net
import Realtime

/// Requests over HTTP that are waited for, on a loop of its own. For commands; one thread at a time.
package final class WaitingClient: Sendable {
    package let loops: EventLoopGroup
    private let client = Locked<HTTPClient?>(nil)

    package init() throws {
        loops = try EventLoopGroup(count: 1, label: "waiting")
    }

    /// Blocking until the response or an error is there.
    package func send(_ request: HTTPClientRequest) -> Result<HTTPClientResponse, NetError> {
        let outcome = Locked<Result<HTTPClientResponse, NetError>>(.failure(.closed))
        let done = DispatchSemaphore(value: 0)
        Task.detached { [self] in
            do throws(NetError) {
                let response = try await made().data(for: request)
                outcome.withLock { $0 = .success(response) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        return outcome.withLock { $0 }
    }

    /// The client, which is made on the loop it lives on.
    private func made() async throws(NetError) -> HTTPClient {
        if let client = client.withLock({ $0 }) { return client }
        let loop = loops.loops[0]
        let result = await withCheckedContinuation { continuation in
            loop.execute {
                continuation.resume(
                    returning: Result { () throws(NetError) in try HTTPClient(loop: loop) })
            }
        }
        let made = try result.get()
        client.withLock { $0 = made }
        return made
    }

    package func close() { loops.shutdown() }
}
