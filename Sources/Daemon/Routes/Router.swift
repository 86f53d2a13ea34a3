import Configuration
import Net
import TwilioServer

/// Finds who answers a request. One per loop; stateless beside what it is made of.
struct Router {
    private let services: Services
    private let preparation: Preparation
    private let webhooks: WebhookRoutes
    private let pages: StatusPages
    private let calls: CallPages
    private let streams: StreamEndpoint
    private let description: HTTPResponse

    init(services: Services, preparation: Preparation, loop: EventLoop) {
        self.services = services
        self.preparation = preparation
        webhooks = WebhookRoutes(services.webhooks)
        pages = StatusPages(context: services.status)
        calls = CallPages(context: services.callPages)
        streams = StreamEndpoint(services.streams, loop: loop)
        description = HTTPResponse(
            status: 200, json: APIDescription(services.business.configuration).json)
    }

    func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let route = services.business.configuration.routes[request.path] {
            if route.webhook == .status, request.method == "GET" || request.method == "HEAD" {
                return responder.respond(pages.twilioStatus())
            }
            return webhooks.handle(
                request, responder, route: route, whenPrepared: whenPrepared)
        }
        guard let (route, part) = PageRoute.at(request.path) else {
            return responder.respond(
                .text(
                    404, "There is nothing at \(request.path); Twilio's webhook is /twilio/voice."))
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            return responder.respond(.notAllowed(request, allow: "GET, HEAD"))
        }
        if route.needsToken, let refusal = services.bearers.refusal(of: request) {
            services.tell.log.warning(
                "page refused: no token, or a wrong one",
                ["path": .text(request.path), "from": .text(request.remoteAddress)])
            return responder.respond(refusal)
        }
        page(route, part, request, responder)
    }

    private func page(
        _ route: PageRoute, _ part: String, _ request: HTTPRequest, _ responder: HTTPResponder
    ) {
        switch route {
        case .stream: streams.open(request, responder)
        case .twilioHealth: responder.respond(pages.twilioHealth(request))
        case .health: responder.respond(pages.health())
        case .metrics: responder.respond(pages.metrics())
        case .alive: responder.respond(pages.alive())
        case .ready: responder.respond(pages.ready(preparation.state))
        case .description: responder.respond(description)
        case .activeCalls: responder.respond(calls.active())
        case .callStatus: calls.status(part, responder)
        }
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
