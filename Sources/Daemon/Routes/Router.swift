import Configuration
import Net
import Twilio

/// Finds who answers a request. One per loop; stateless beside the shared services.
struct Router {
    let services: Services
    private let preparation: Preparation
    let webhooks: TwilioWebhooks
    let pages: StatusPages
    let streams: StreamEndpoint
    private let description: HTTPResponse

    init(services: Services, preparation: Preparation, loop: EventLoop) {
        self.services = services
        self.preparation = preparation
        webhooks = TwilioWebhooks(services: services)
        pages = StatusPages(services: services)
        streams = StreamEndpoint(services: services, loop: loop)
        description = HTTPResponse(
            status: 200, json: APIDescription(services.configuration).json)
    }

    func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let route = services.configuration.routes[request.path] {
            if route.webhook == .status, request.method == "GET" || request.method == "HEAD" {
                return responder.respond(pages.twilioStatus())
            }
            return webhook(request, responder) { form in
                answer(form, request, responder, route)
            }
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
            services.log.warning(
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
        case .activeCalls: responder.respond(CallPages(services: services).active())
        case .callStatus: CallPages(services: services).status(part, responder)
        }
    }

    private func answer(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder,
        _ route: RouteBlock
    ) {
        switch route.webhook {
        case .voice: webhooks.voice(form, request, responder, route: route)
        case .speech:
            GatherCalls(services: services).speech(form, request, responder, route: route)
        case .after: webhooks.after(form, request, responder, route: route)
        case .status: StatusWebhooks(services: services).status(form, responder, route: route)
        case .sms: TextMessages(services: services).receive(form, responder, route: route)
        }
    }

    /// A webhook: POST, a form, signed.
    private func webhook(
        _ request: HTTPRequest, _ responder: HTTPResponder,
        _ answer: @escaping (TwilioForm) -> Void
    ) {
        guard request.method == "POST" else {
            return responder.respond(.notAllowed(request, allow: "POST"))
        }
        let fields: [(name: String, value: String)]
        do throws(HTTPBodyError) {
            fields = try request.formParameters()
        } catch {
            services.log.warning(
                "webhook refused",
                [
                    "path": .text(request.path), "from": .text(request.remoteAddress),
                    "why": .text("\(error)"),
                ])
            return responder.respond(.text(error.status, "\(error)"))
        }
        guard services.trust.isTrusted(request, form: fields) else {
            services.metrics.signatureFailuresTotal.add(1)
            services.log.warning(
                "webhook refused: wrong or missing X-Twilio-Signature",
                [
                    "path": .text(request.path), "from": .text(request.remoteAddress),
                    "url": .text(services.trust.url(of: request)),
                ])
            return responder.respond(
                .text(
                    403,
                    "The signature does not fit. Check TWILIO_AUTH_TOKEN, and that "
                        + "twilio.publicURL is the address Twilio calls."))
        }
        let form = TwilioForm(fields)
        if let name = form.unprintableField {
            return responder.respond(
                .text(400, "\(name) holds control characters; Twilio's does not."))
        }
        if let name = form.overlongField {
            return responder.respond(
                .text(
                    400,
                    "\(name) is longer than \(TwilioForm.nameCharactersMax) characters; Twilio's is "
                        + "not."))
        }
        whenPrepared(responder) { answer(form) }
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

/// A webhook's parameters by name; of a repeated one the first counts.
struct TwilioForm {
    let fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// Twilio's names of things, and addresses, are far shorter; they are kept and logged.
    static let nameCharactersMax = 256
    private static let names: Set<String> = [
        "AccountSid", "CallSid", "CallStatus", "From", "MessageSid", "MessageStatus", "SmsSid",
        "To",
    ]

    /// The first name or address that can't be one.
    var overlongField: String? {
        fields.first {
            Self.names.contains($0.name) && $0.value.utf8.count > Self.nameCharactersMax
        }?.name
    }

    /// The first name or address that no XML could hold, and that nobody has.
    var unprintableField: String? {
        fields.first { field in
            Self.names.contains(field.name)
                && field.value.unicodeScalars.contains {
                    $0.properties.generalCategory == .control
                        || (0xFFFE...0xFFFF).contains($0.value)
                }
        }?.name
    }

    subscript(name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
}

extension HTTPResponse {
    static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: text + "\n")
    }

    static func notAllowed(_ request: HTTPRequest, allow: String) -> HTTPResponse {
        var response = text(405, "\(request.path) takes \(allow).")
        response.headers.add(name: "Allow", value: allow)
        return response
    }
}
