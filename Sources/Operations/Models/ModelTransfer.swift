import Foundation
import Net

/// One download into a file, over redirects, from where it was left. Loop only; the client's request
/// keeps it alive.
package final class ModelTransfer {
    private var url: String
    private let file: PartialFile
    private let loop: EventLoop
    private let progress: @Sendable (Int, Int?) -> Void
    private let answer: ModelPull.Answer
    private var client: HTTPClient?
    private var task: HTTPClientTask?
    private var stall: LoopTimer?
    private var head: HTTPClientHead?
    private var redirectCount = 0
    /// True when this attempt asked for the rest only.
    private var asksForRest = false
    private var totalByteCount: Int?
    private var isOver = false

    package init(
        url: String, file: PartialFile, loop: EventLoop,
        progress: @escaping @Sendable (Int, Int?) -> Void, answer: ModelPull.Answer
    ) {
        self.url = url
        self.file = file
        self.loop = loop
        self.progress = progress
        self.answer = answer
    }

    package func start() {
        do {
            client = try HTTPClient(loop: loop)
        } catch {
            return end(.failure(.network("\(error)")))
        }
        // Kept by the timer until the end.
        stall = loop.makeTimer { [self] in
            end(.failure(.network("\(url) sent nothing for \(ModelPull.stallMs / 1000) s")))
        }
        ask()
    }

    private func ask() {
        head = nil
        asksForRest = file.byteCount > 0
        var request = HTTPClientRequest(url: url)
        if asksForRest { request.headers.add(name: "Range", value: "bytes=\(file.byteCount)-") }
        request.firstByteTimeoutMs = ModelPull.stallMs
        request.totalTimeoutMs = 0
        request.responseBytesMax = ModelPull.byteCountMax
        stall?.set(afterMs: ModelPull.stallMs)
        task = client?.send(
            request, onHead: { [weak self] in self?.began($0) },
            onBody: { [weak self] in self?.took($0) }, onEnd: { [weak self] in self?.ended($0) })
    }

    private func began(_ head: HTTPClientHead) {
        self.head = head
        let length = head.headers["Content-Length"].flatMap { Int($0) }
        switch head.status {
        case 200:
            totalByteCount = length
            // The server does not know how to go on.
            if asksForRest { attempt { () throws(ModelError) in try file.truncate() } }
        case 206:
            totalByteCount = length.map { $0 + file.byteCount }
            let start = "bytes \(file.byteCount)-"
            guard head.headers["Content-Range"]?.hasPrefix(start) == true else {
                return end(.failure(.network("\(url) sent another part than the one asked for")))
            }
        default: break
        }
    }

    private func took(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver, let status = head?.status, status == 200 || status == 206 else { return }
        stall?.set(afterMs: ModelPull.stallMs)
        attempt { () throws(ModelError) in try file.append(bytes) }
        progress(file.byteCount, totalByteCount)
    }

    private func attempt(_ body: () throws(ModelError) -> Void) {
        do throws(ModelError) { try body() } catch { end(.failure(error)) }
    }

    private func ended(_ result: Result<HTTPClientSummary, NetError>) {
        guard !isOver else { return }
        task = nil
        switch result {
        case .failure(let error):
            end(
                .failure(
                    .network(
                        "\(error); \(file.byteCount) bytes are kept, pull again to go on")))
        case .success(let summary): judge(summary.status)
        }
    }

    private func judge(_ status: Int) {
        switch status {
        case 200, 206: end(.success(()))
        case 301, 302, 303, 307, 308: follow()
        case 416 where asksForRest:
            // What is there is as long as the file, or longer: its sum will tell.
            end(.success(()))
        case 404, 410:
            if file.byteCount == 0 { file.remove() }
            end(.failure(.notThere(url: url)))
        default:
            if file.byteCount == 0 { file.remove() }
            end(.failure(.network("\(url) was answered with \(status)")))
        }
    }

    private func follow() {
        redirectCount += 1
        guard redirectCount <= ModelPull.redirectsMax, let place = head?.headers["Location"],
            let next = URL(string: place, relativeTo: URL(string: url))?.absoluteString,
            next.hasPrefix("https://") || (next.hasPrefix("http://") && url.hasPrefix("http://"))
        else {
            return end(.failure(.network("\(url) leads nowhere that can be followed")))
        }
        url = next
        ask()
    }

    private func end(_ result: Result<Void, ModelError>) {
        guard !isOver else { return }
        isOver = true
        task?.cancel()
        task = nil
        stall?.close()
        stall = nil
        answer.give(result)
    }
}
