import Assembly
import Assistants
import Configuration
import Net
import Pipelines
import Realtime
import Store
import Telemetry
import Twilio

/// Sends what waits in the outbox through Twilio's REST API, each message once: what may have been
/// taken by an attempt of which no answer came is looked up before it is sent again. Lives on one
/// loop.
package final class OutboxSender {
    private let context: OutboxContext
    private let rest: TwilioREST
    private let client: HTTPClient
    private let loop: EventLoop
    private let settings: OutboxSettings
    private let statusCallback: String?
    private var timer: LoopTimer?
    private var openCount = 0

    /// Messages that are sent at the same time.
    private static let claimMax = 8

    /// Loop only; begins at once.
    package init(_ context: OutboxContext, loop: EventLoop) throws(NetError) {
        self.context = context
        self.loop = loop
        settings = context.business.configuration.outbox
        rest = TwilioREST(
            baseURL: context.business.configuration.twilio.restURL,
            accountSid: context.account.sid, authToken: context.account.authToken,
            timeoutMs: settings.timeoutMs)
        client = try HTTPClient(loop: loop)
        let publicURL = context.business.configuration.twilio.publicURL
        statusCallback = publicURL.isEmpty ? nil : publicURL + "/twilio/status"
        timer = loop.makeTimer { [weak self] in self?.claim() }
        timer?.set(afterMs: 0)
    }

    private var nowMs: Int64 { Int64(WallClock.nowNanos() / 1_000_000) }

    private func claim() {
        let bound = LoopBound(self, loop: loop)
        // Two requests at most, and the time to note their outcome.
        let lease = Int64(settings.timeoutMs * 2 + 10_000)
        context.business.database.claimOutbound(limit: Self.claimMax, nowMs: nowMs, leaseMs: lease) {
            result in
            bound.loop.execute { bound.value.took(result) }
        }
    }

    private func took(_ result: Result<[OutboundMessage], StoreError>) {
        switch result {
        case .failure(.closed): return
        case .failure(let error):
            context.tell.log.error("outbox not read", ["why": .text("\(error)")])
            timer?.set(afterMs: settings.retryMs)
        case .success(let messages):
            guard !messages.isEmpty else {
                timer?.set(afterMs: settings.pollMs)
                return
            }
            openCount = messages.count
            for message in messages { begin(message) }
        }
    }

    private func begin(_ message: OutboundMessage) {
        let id = message.assistantID
        let named = context.business.assistants.assistant(named: id)?.settings
        let body = ConfirmationText.text(
            of: message.subject, from: named ?? AssistantSettings(id: id, name: id))
        if message.isUncertain { lookUp(message, body) } else { send(message, body) }
    }

    /// Asks Twilio whether an earlier attempt was taken after all.
    private func lookUp(_ message: OutboundMessage, _ body: String) {
        let request = rest.listMessages(to: message.route.recipient, from: message.route.sender)
        collect(request) { [self] result in
            guard case .success(let answer) = result,
                let page = TwilioListedMessage.page(status: answer.status, body: answer.body)
            else { return retry(message, "its earlier attempt could not be looked up") }
            if let known = page.first(where: { $0.body == body }) {
                settle(message, .sent(messageSid: known.sid))
            } else {
                send(message, body)
            }
        }
    }

    private func send(_ message: OutboundMessage, _ body: String) {
        let request = rest.sendMessage(
            to: message.route.recipient, from: message.route.sender, body: body,
            statusCallback: statusCallback)
        collect(request) { [self] result in
            switch result {
            case .failure(let error):
                // Who was never reached has taken nothing.
                retry(message, "\(error)", isUncertain: error.mayHaveBeenHeard)
            case .success(let answer):
                let meaning = TwilioMessageAnswer(
                    status: answer.status, headers: answer.headers, body: answer.body)
                switch meaning {
                case .taken(let sid): settle(message, .sent(messageSid: sid))
                case .tooMany(let seconds):
                    retry(message, "too many requests", afterSeconds: seconds, isUncertain: false)
                case .trouble(let status): retry(message, "Twilio answered \(status)")
                case .refused(let code, let words):
                    settle(message, .failed(error: "\(code): \(words)"))
                }
            }
        }
    }

    private struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private func collect(
        _ request: HTTPClientRequest, _ completion: @escaping (Result<Answer, NetError>) -> Void
    ) {
        var answer = Answer(status: 0, headers: HTTPHeaders(), body: [])
        client.send(
            request,
            onHead: { head in
                answer.status = head.status
                answer.headers = head.headers
            },
            onBody: { answer.body.append(contentsOf: $0) },
            onEnd: { result in completion(result.map { _ in answer }) })
    }

    private func retry(
        _ message: OutboundMessage, _ error: String, afterSeconds: Int? = nil,
        isUncertain: Bool = true
    ) {
        guard message.attempts < settings.attemptsMax else {
            return settle(message, .failed(error: "given up after \(message.attempts): \(error)"))
        }
        let doublings = min(message.attempts - 1, 20)
        let pause = min(settings.retryMs << doublings, settings.retryMsMax)
        let wait = max(pause, min(afterSeconds ?? 0, 3600) * 1000)
        settle(
            message,
            .retry(atMs: nowMs + Int64(wait), error: error, isUncertain: isUncertain))
    }

    private func settle(_ message: OutboundMessage, _ outcome: SendOutcome) {
        let id = LogValue.integer(Int(message.id))
        switch outcome {
        case .sent(let sid):
            context.tell.metrics.confirmationsSentTotal.add(1)
            context.tell.log.info("confirmation sent", ["outbox": id, "message": .text(sid)])
        case .retry(_, let error, _):
            context.tell.log.warning(
                "confirmation to be tried again",
                ["outbox": id, "attempt": .integer(message.attempts), "why": .text(error)])
        case .failed(let error):
            context.tell.metrics.confirmationsFailedTotal.add(1)
            context.tell.log.error("confirmation given up", ["outbox": id, "why": .text(error)])
        }
        let bound = LoopBound(self, loop: loop)
        context.business.database.settleOutbound(id: message.id, outcome) { result in
            bound.loop.execute { bound.value.settled(result) }
        }
    }

    private func settled(_ result: Result<Void, StoreError>) {
        if case .failure(let error) = result {
            // Its lease ends, and it is looked up before it is sent again.
            context.tell.log.error("outbox not written", ["why": .text("\(error)")])
        }
        openCount -= 1
        if openCount == 0 { timer?.set(afterMs: 0) }
    }
}

extension NetError {
    /// True when a server may have acted on the request before this happened.
    fileprivate var mayHaveBeenHeard: Bool {
        switch self {
        case .resolve, .connect, .connectTimedOut, .invalid, .loop, .listen, .tls: false
        case .timedOut, .firstByteTimedOut, .totalTimedOut, .io, .badResponse, .cancelled, .closed:
            true
        }
    }
}
