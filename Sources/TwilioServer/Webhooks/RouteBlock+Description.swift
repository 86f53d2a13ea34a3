import Assembly
import Configuration

extension RouteBlock {
    /// The webhook as Twilio posts it to a path.
    package func operation(at path: String) -> APIOperation {
        APIOperation(
            id: webhook.rawValue + APIOperation.identifier(path), tag: "twilio",
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
