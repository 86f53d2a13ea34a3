import Assembly
import Configuration
import Net
import Telemetry
import Twilio

/// The addresses that Twilio's webhooks ask: a form, signed, answered by what the route is for. One
/// per loop; stateless beside its context.
package struct WebhookRoutes {
    private let context: WebhookContext

    package init(_ context: WebhookContext) { self.context = context }

    /// Checks a webhook, and answers it when the daemon is prepared to.
    /// - Parameter whenPrepared: runs its closure now or later, on this loop, or answers itself where
    ///   no calls can be taken.
    package func handle(
        _ request: HTTPRequest, _ responder: HTTPResponder, route: RouteBlock,
        whenPrepared: (HTTPResponder, @escaping () -> Void) -> Void
    ) {
        guard let form = form(of: request, responder) else { return }
        whenPrepared(responder) { answer(form, request, responder, route) }
    }

    private func answer(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder,
        _ route: RouteBlock
    ) {
        switch route.webhook {
        case .voice:
            TwilioWebhooks(context: context).voice(form, request, responder, route: route)
        case .speech:
            GatherCalls(context: context).speech(form, request, responder, route: route)
        case .after:
            TwilioWebhooks(context: context).after(form, request, responder, route: route)
        case .status: StatusWebhooks(context: context).status(form, responder, route: route)
        case .sms: TextMessages(context: context).receive(form, responder, route: route)
        }
    }

    /// The form of a webhook that came from Twilio; nil where the request was refused.
    private func form(of request: HTTPRequest, _ responder: HTTPResponder) -> TwilioForm? {
        func refuse(_ response: HTTPResponse) -> TwilioForm? {
            responder.respond(response)
            return nil
        }
        guard request.method == "POST" else {
            return refuse(.notAllowed(request, allow: "POST"))
        }
        let fields: [(name: String, value: String)]
        do throws(HTTPBodyError) {
            fields = try request.formParameters()
        } catch {
            context.tell.log.warning(
                "webhook refused",
                [
                    "path": .text(request.path), "from": .text(request.remoteAddress),
                    "why": .text("\(error)"),
                ])
            return refuse(.text(error.status, "\(error)"))
        }
        guard context.trust.isTrusted(request, form: fields) else {
            return refuse(untrusted(request))
        }
        let form = TwilioForm(fields)
        if let name = form.unprintableField {
            return refuse(.text(400, "\(name) holds control characters; Twilio's does not."))
        }
        if let name = form.overlongField {
            return refuse(
                .text(
                    400,
                    "\(name) is longer than \(TwilioForm.nameCharactersMax) characters; Twilio's is "
                        + "not."))
        }
        return form
    }

    private func untrusted(_ request: HTTPRequest) -> HTTPResponse {
        context.tell.metrics.signatureFailuresTotal.add(1)
        context.tell.log.warning(
            "webhook refused: wrong or missing X-Twilio-Signature",
            [
                "path": .text(request.path), "from": .text(request.remoteAddress),
                "url": .text(context.trust.url(of: request)),
            ])
        return .text(
            403,
            "The signature does not fit. Check TWILIO_AUTH_TOKEN, and that twilio.publicURL is the "
                + "address Twilio calls.")
    }
}
