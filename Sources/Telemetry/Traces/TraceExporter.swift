import Foundation
import Net
import Synchronization

/// Sends spans to an OpenTelemetry collector: OTLP over HTTP, in JSON. Calls never wait for it: spans
/// beyond `telemetry.spansMax` are dropped and counted.
package final class TraceExporter: Sendable {
    private let loop: EventLoop
    private let sender: LoopBound<TraceSender>
    private let counts = Counts()

    /// Written on the loop, read from anywhere.
    package final class Counts: Sendable {
        package let sent = Atomic<Int>(0)
        package let dropped = Atomic<Int>(0)
    }

    /// Any thread; connects when there is something to send.
    /// - Parameters:
    ///   - loop: where it lives.
    ///   - headers: for each request, such as the collector's key.
    package init(
        loop: EventLoop, settings: TelemetrySettings, headers: [(name: String, value: String)],
        log: Logger
    ) {
        self.loop = loop
        sender = LoopBound(
            TraceSender(
                loop: loop, settings: settings, headers: headers, log: log, counts: counts),
            loop: loop)
    }

    /// Spans that the collector has taken.
    package var sentCount: Int { counts.sent.load(ordering: .relaxed) }
    /// Spans that were given up: the collector was away too long, or refused them.
    package var droppedCount: Int { counts.dropped.load(ordering: .relaxed) }

    /// Takes spans. Any thread; allocates, does not block.
    package func add(_ spans: [TraceSpan]) {
        loop.execute { [sender] in sender.value.add(spans) }
    }

    /// Sends what is left. Blocks until that is over, at most `timeoutMs`; not on a loop.
    package func flush(timeoutMs: Int) {
        let done = DispatchSemaphore(value: 0)
        loop.execute { [sender] in sender.value.flush { done.signal() } }
        _ = done.wait(timeout: .now() + .milliseconds(timeoutMs))
    }
}

/// The part of a ``TraceExporter`` that lives on the loop.
package final class TraceSender {
    /// Spans in one request.
    private static let batchMax = 256

    private let loop: EventLoop
    private let settings: TelemetrySettings
    private let headers: [(name: String, value: String)]
    private let log: Logger
    private let counts: TraceExporter.Counts
    private var client: HTTPClient?
    private var timer: LoopTimer?
    private var waiting: [TraceSpan] = []
    private var isSending = false
    private var failuresInARow = 0
    private var onEmpty: (() -> Void)?

    package init(
        loop: EventLoop, settings: TelemetrySettings, headers: [(name: String, value: String)],
        log: Logger, counts: TraceExporter.Counts
    ) {
        self.loop = loop
        self.settings = settings
        self.headers = headers
        self.log = log
        self.counts = counts
    }

    package func add(_ spans: [TraceSpan]) {
        waiting += spans
        dropBeyondBound()
        if waiting.count >= Self.batchMax, failuresInARow == 0 {
            send()
        } else {
            wake(afterMs: settings.flushMs)
        }
    }

    package func flush(_ onEmpty: @escaping () -> Void) {
        self.onEmpty = onEmpty
        failuresInARow = 0
        send()
    }

    /// The oldest go first: what happens now is of more interest.
    private func dropBeyondBound() {
        let excess = waiting.count - settings.spansMax
        guard excess > 0 else { return }
        waiting.removeFirst(excess)
        counts.dropped.add(excess)
    }

    private func wake(afterMs ms: Int) {
        if timer == nil {
            timer = loop.makeTimer { [weak self] in self?.send() }
        }
        if timer?.isSet == false { timer?.set(afterMs: ms) }
    }

    private func send() {
        guard !isSending else { return }
        guard !waiting.isEmpty else {
            onEmpty?()
            onEmpty = nil
            return
        }
        guard let client = connected() else { return }
        let batch = Array(waiting.prefix(Self.batchMax))
        waiting.removeFirst(batch.count)
        isSending = true
        client.send(
            request(TraceSpan.exportRequest(batch, version: StreamdVersion.current)),
            onEnd: { [weak self] result in self?.ended(result, batch) })
    }

    private func connected() -> HTTPClient? {
        if let client { return client }
        var options = HTTPClientOptions()
        options.totalTimeoutMs = settings.timeoutMs
        do throws(NetError) {
            client = try HTTPClient(loop: loop, options: options)
        } catch {
            log.error("no traces can be sent", ["why": .text("\(error)")])
            counts.dropped.add(waiting.count)
            waiting = []
        }
        return client
    }

    private func request(_ body: [UInt8]) -> HTTPClientRequest {
        var fields = HTTPHeaders()
        fields.add(name: "Content-Type", value: "application/json")
        for header in headers { fields.add(name: header.name, value: header.value) }
        return HTTPClientRequest(
            method: "POST", url: settings.tracesURL, headers: fields, body: .bytes(body))
    }

    private func ended(_ result: Result<HTTPClientSummary, NetError>, _ batch: [TraceSpan]) {
        isSending = false
        switch result {
        case .success(let summary) where (200..<300).contains(summary.status):
            counts.sent.add(batch.count)
            failuresInARow = 0
            if waiting.count >= Self.batchMax || onEmpty != nil {
                send()
            } else if !waiting.isEmpty {
                wake(afterMs: settings.flushMs)
            }
        case .success(let summary) where ![429, 502, 503, 504].contains(summary.status):
            // The protocol says that nothing else may be sent again.
            fail("status \(summary.status)", batch, mayRetry: false)
        case .success(let summary): fail("status \(summary.status)", batch, mayRetry: true)
        case .failure(let error): fail("\(error)", batch, mayRetry: true)
        }
    }

    private func fail(_ why: String, _ batch: [TraceSpan], mayRetry: Bool) {
        if failuresInARow == 0 {
            log.warning(
                "traces not taken", ["url": .text(settings.tracesURL), "why": .text(why)])
        }
        failuresInARow += 1
        if mayRetry, onEmpty == nil {
            waiting = batch + waiting
            dropBeyondBound()
        } else {
            counts.dropped.add(batch.count)
        }
        if onEmpty != nil {
            // At the end nobody waits for a collector that is not there.
            counts.dropped.add(waiting.count)
            waiting = []
            send()
        } else if !waiting.isEmpty {
            wake(afterMs: settings.flushMs << min(failuresInARow, 6))
        }
    }
}
