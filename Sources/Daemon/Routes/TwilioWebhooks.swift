import Net
import Realtime
import Store
import Twilio

/// Answers Twilio's questions about a call with TwiML.
struct TwilioWebhooks {
    /// A stream that breaks this often is not connected again.
    static let attemptsMax = 3

    let services: Services

    /// `POST /twilio/voice`: a call comes in; it is connected to a stream.
    func voice(_ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder) {
        let callSid = form["CallSid"]
        guard !callSid.isEmpty else {
            return responder.respond(
                .text(400, "CallSid is missing; this address is for Twilio's voice webhook."))
        }
        let assistant = services.assistants.assistant(forNumber: form["To"])
        switch services.admission.webhook(nowNanos: MonotonicClock.nowNanos()) {
        case .admitted: break
        case .tooFast:
            services.metrics.callsRefusedTotal.add(1)
            services.log.warning(
                "call refused: more than limits.webhooksPerSecond", ["call": .text(callSid)])
            var response = HTTPResponse.text(429, "Too many calls a second; try again.")
            response.headers.add(name: "Retry-After", value: "1")
            return responder.respond(response)
        case .busy:
            services.metrics.callsRefusedTotal.add(1)
            services.log.warning(
                "call refused: limits.maxCalls are live", ["call": .text(callSid)])
            return answer(
                responder,
                [
                    .say(
                        "All our lines are busy. Please call again in a few minutes. Goodbye.",
                        language: assistant.block.language), .hangup,
                ])
        }
        // The stream may come to another loop; speech is made on a loop of its own in any case.
        services.engines.warm(assistant.dialogue, on: responder.loop)
        connect(form, request, responder, assistant: assistant, attempt: 1)
    }

    /// `POST /twilio/after`: the stream has ended, by us, by the caller, or because a node died.
    func after(_ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder) {
        switch services.endings.ending(of: form["CallSid"]) {
        case .hangUp: answer(responder, [.hangup])
        case .dial(let number): answer(responder, [.dial(TwiMLDial(number: number)), .hangup])
        case nil:
            // Nobody ended it on purpose: the stream broke while the caller is still there.
            let assistant = services.assistants.assistant(forNumber: form["To"])
            let attempt = (Int(request.query.drop { $0 != "=" }.dropFirst()) ?? 1) + 1
            guard attempt <= Self.attemptsMax else {
                services.log.error(
                    "stream broke again; the call is given up", ["call": .text(form["CallSid"])])
                return answer(
                    responder,
                    [
                        .say(
                            "I am sorry, we have a technical problem. Please call again later.",
                            language: assistant.block.language), .hangup,
                    ])
            }
            services.log.warning(
                "stream broke; the caller is connected again",
                ["call": .text(form["CallSid"]), "attempt": .integer(attempt)])
            connect(form, request, responder, assistant: assistant, attempt: attempt)
        }
    }

    /// `POST /twilio/status`: the call's progress, kept in the call log.
    func status(_ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder) {
        let callSid = form["CallSid"]
        let status = form["CallStatus"]
        guard !callSid.isEmpty, !status.isEmpty else {
            return responder.respond(.text(400, "CallSid and CallStatus are needed."))
        }
        let now = WallClock.nowSeconds()
        let duration = Int(form["CallDuration"])
        let isOver = ["completed", "busy", "failed", "no-answer", "canceled"].contains(status)
        let record = CallRecord(
            callSid: callSid,
            assistantID: services.assistants.assistant(forNumber: form["To"]).block.id,
            from: form["From"], to: form["To"], status: status,
            startedAt: now - Int64(duration ?? 0), endedAt: isOver ? now : nil,
            durationSeconds: duration)
        services.log.info(
            "call status", ["call": .text(callSid), "status": .text(status)])
        let loop = responder.loop
        let pending = LoopBound(responder, loop: loop)
        services.database.recordCall(record) { [log = services.log] result in
            loop.execute {
                if case .failure(let error) = result {
                    log.error(
                        "call status not stored",
                        ["call": .text(callSid), "why": .text("\(error)")])
                    // Twilio tries again after a 5xx.
                    return pending.value.respond(.text(503, "Not stored; try again."))
                }
                pending.value.respond(HTTPResponse(status: 204))
            }
        }
    }

    private func connect(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder,
        assistant: Assistant, attempt: Int
    ) {
        let callSid = form["CallSid"]
        let token: String
        do {
            token = try services.tokens.issue(
                callSid: callSid, nowNanos: MonotonicClock.nowNanos())
        } catch {
            services.log.error(
                "call refused", ["call": .text(callSid), "why": .text("\(error)")])
            return responder.respond(.text(503, "\(error)"))
        }
        let greetsHere = attempt == 1 && assistant.block.greetWith == .say
        var stream = TwiMLStream(
            url: services.trust.streamURL("/twilio/stream", for: request),
            parameters: [
                TwiMLParameter(StreamParameter.token, token),
                TwiMLParameter(StreamParameter.assistant, assistant.block.id),
            ])
        for (name, value) in [
            (StreamParameter.from, form["From"]), (StreamParameter.to, form["To"]),
            (StreamParameter.greeted, greetsHere ? "true" : ""),
        ] where !value.isEmpty && name.count + value.count < TwiML.parameterCharactersEnd {
            stream.parameters.append(TwiMLParameter(name, value))
        }
        stream.allowsInsecureURL = !services.trust.validates
        var verbs: [TwiMLVerb] = []
        if greetsHere {
            verbs.append(
                .say(
                    assistant.greeting,
                    voice: assistant.block.voice.contains(".") ? assistant.block.voice : nil,
                    language: assistant.block.language))
        }
        verbs.append(.connect(stream, action: "/twilio/after?attempt=\(attempt)"))
        services.log.info(
            "call answered",
            [
                "call": .text(callSid), "assistant": .text(assistant.block.id),
                "from": .text(form["From"]), "to": .text(form["To"]),
            ])
        answer(responder, verbs)
    }

    private func answer(_ responder: HTTPResponder, _ verbs: [TwiMLVerb]) {
        do {
            let body = try TwiML.response(verbs)
            responder.respond(
                HTTPResponse(status: 200, contentType: TwiML.contentType, body: body))
        } catch {
            services.log.error("no TwiML could be written", ["why": .text("\(error)")])
            responder.respond(
                .text(500, "\(error) Use an https public URL, or switch validateSignatures off."))
        }
    }
}

/// Names of the custom parameters that the webhook gives to the stream.
enum StreamParameter {
    static let token = "token"
    static let assistant = "assistant"
    static let from = "from"
    static let to = "to"
    /// "true" when the caller has heard the greeting already.
    static let greeted = "greeted"
}
