import Configuration

/// What is told of each route.
extension PageRoute {
    var operation: APIOperation {
        switch self {
        case .stream:
            APIOperation(
                id: "openStream", tag: "twilio",
                summary: "A WebSocket handshake of Twilio's Media Streams.", access: .twilio,
                answers: [
                    .init("101", "The stream is open.", .nothing),
                    .init("403", "The signature does not fit."),
                    .init("426", "This is not a WebSocket handshake."),
                    .init("default", "The handshake has a fault."),
                ])
        case .twilioHealth:
            page("getTwilioHealth", "Health and configuration.", .json(.named("TwilioHealth")))
        case .health: page("getHealth", "Health in a word.", .json(.named("Health")))
        case .metrics: page("getMetrics", "Metrics for Prometheus.", .text)
        case .alive: page("getAlive", "The process lives.", .text)
        case .ready:
            APIOperation(
                id: "getReady", tag: "health", summary: "Whether new calls are welcome.",
                answers: [
                    .init("200", "They are."), .init("503", "The daemon is about to stop."),
                ])
        case .description:
            page("getDescription", "This description.", .json(.object([], isClosed: false)))
        case .activeCalls:
            APIOperation(
                id: "listActiveCalls", tag: "calls", summary: "The calls that are live now.",
                access: .bearer,
                answers: [.init("200", "The calls.", .json(.named("LiveCalls")))] + Self.refusals)
        case .callStatus:
            APIOperation(
                id: "getCallStatus", tag: "calls",
                summary: "A call of now or before, with what was said.", access: .bearer,
                parameters: [.init("call_sid", .text, "Twilio's CallSid.")],
                answers: [.init("200", "The call.", .json(.named("Call")))] + Self.refusals + [
                    .init("404", "No such call is known.", .json(.named("Error"))),
                    .init("default", "The call log can't be read.", .json(.named("Error"))),
                ])
        }
    }

    private static let refusals: [APIOperation.Answer] = [
        .init("401", "No bearer token was sent.", .json(.named("Error"))),
        .init("403", "The token is not one that is let in.", .json(.named("Error"))),
    ]

    private func page(
        _ id: String, _ summary: String, _ content: APIOperation.Answer.Content
    ) -> APIOperation {
        APIOperation(
            id: id, tag: "health", summary: summary, answers: [.init("200", summary, content)])
    }
}

extension RouteBlock {
    /// The webhook as Twilio posts it to a path.
    func operation(at path: String) -> APIOperation {
        APIOperation(
            id: webhook.rawValue + APIDescription.identifier(path), tag: "twilio",
            summary: webhook.summary, access: .twilio, form: webhook.form,
            answers: webhook.answers + [
                .init("403", "The signature does not fit."),
                .init("413", "The form has too many fields, or the body is too large."),
                .init("415", "The body is not a form."),
                .init("default", "Not answered now; Twilio may try again."),
            ])
    }
}

extension RouteBlock.Webhook {
    fileprivate var summary: String {
        switch self {
        case .voice: "A call comes in."
        case .speech: "What a caller said or keyed to a <Gather>."
        case .after: "A stream or a <Dial> has ended."
        case .status: "The progress of a call, or of a message that was sent."
        case .sms: "A text message comes in."
        }
    }

    fileprivate var form: [APISchema.Field] {
        let call: [APISchema.Field] = [
            .init("CallSid", .text), .init("From", .text).optional, .init("To", .text).optional,
        ]
        switch self {
        case .voice: return call
        case .speech:
            return call + [
                .init("SpeechResult", .text).optional, .init("Confidence", .text).optional,
                .init("Digits", .text).optional,
            ]
        case .after: return call + [.init("DialCallStatus", .text).optional]
        case .status:
            return [
                .init("CallSid", .text, "With CallStatus.").optional,
                .init("CallStatus", .text).optional,
                .init("CallDuration", .text, "Seconds.").optional,
                .init("MessageSid", .text, "With MessageStatus.").optional,
                .init("MessageStatus", .text).optional,
            ]
        case .sms:
            return [
                .init("MessageSid", .text), .init("From", .text), .init("To", .text),
                .init("Body", .text).optional, .init("NumMedia", .text).optional,
            ]
        }
    }

    fileprivate var answers: [APIOperation.Answer] {
        let bad = APIOperation.Answer("400", "A field is missing, or too long.")
        let fast = APIOperation.Answer("429", "Too many at once.")
        let twiML = APIOperation.Answer("200", "What Twilio is to do.", .twiML)
        switch self {
        case .voice, .sms: return [twiML, bad, fast]
        case .speech, .after: return [twiML, bad]
        case .status: return [.init("204", "Noted.", .nothing), bad]
        }
    }
}
