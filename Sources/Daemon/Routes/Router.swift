import Configuration
import Net
import TwilioServer

/// Finds who answers a request. One per loop; stateless beside what it is made of.
struct Router {
    private let services: Services
    private let preparation: Preparation
    private let webhooks: WebhookRoutes
    private let status: StatusPages
    private let pages: Pages
    private let description: HTTPResponse

    init(services: Services, preparation: Preparation, loop: EventLoop) {
        self.services = services
        self.preparation = preparation
        webhooks = WebhookRoutes(services.webhooks)
        status = StatusPages(context: services.status)
        pages = Pages(services, preparation: preparation, loop: loop)
        let described = APIDescription(services.business.configuration, pages: pages.all)
        description = HTTPResponse(status: 200, json: described.json)
    }

    func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let route = services.business.configuration.routes[request.path] {
            if route.webhook == .status, request.method == "GET" || request.method == "HEAD" {
                return responder.respond(status.twilioStatus())
            }
            return webhooks.handle(
                request, responder, route: route, whenPrepared: whenPrepared)
        }
        if request.path == APIDescription.path {
            return get(request, responder) { responder.respond(description) }
        }
        guard let (page, part) = pages.at(request.path) else {
            return responder.respond(
                .text(
                    404, "There is nothing at \(request.path); Twilio's webhook is /twilio/voice."))
        }
        get(request, responder) {
            if page.needsToken, let refusal = services.bearers.refusal(of: request) {
                services.tell.log.warning(
                    "page refused: no token, or a wrong one",
                    ["path": .text(request.path), "from": .text(request.remoteAddress)])
                return responder.respond(refusal)
            }
            page.answer(request, part, responder)
        }
    }

    /// Pages are asked for, and nothing else.
    private func get(_ request: HTTPRequest, _ responder: HTTPResponder, _ answer: () -> Void) {
        guard request.method == "GET" || request.method == "HEAD" else {
            return responder.respond(.notAllowed(request, allow: "GET, HEAD"))
        }
        answer()
    }

    /// A webhook that comes while indexes are built and greetings spoken waits for them: a second or
    /// two, of the fifteen that Twilio gives it.
    private func whenPrepared(_ responder: HTTPResponder, _ answer: @escaping () -> Void) {
        if case .done = preparation.state { return answer() }
        let bound = LoopBound((answer, responder), loop: responder.loop)
        preparation.whenEnded { [preparation] in
            bound.loop.execute {
                let (answer, responder) = bound.value
                if case .failed(let error) = preparation.state {
                    return responder.respond(
                        .text(503, "No calls can be taken, the start has failed: \(error)"))
                }
                answer()
            }
        }
    }
}
