import Assembly
import Calls
import Configuration
import Net
import Realtime
import Store
import Telemetry
import Twilio

/// Answers Twilio's questions about a call with TwiML.
struct TwilioWebhooks {
    /// A stream that breaks this often is not connected again.
    static let attemptsMax = 3

    let context: WebhookContext

    /// A call comes in: it is connected to a stream or held by `<Gather>`, or waits for a free line.
    func voice(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder, route: RouteBlock
    ) {
        let callSid = form["CallSid"]
        guard !callSid.isEmpty else {
            return responder.respond(
                .text(400, "CallSid is missing; this address is for Twilio's voice webhook."))
        }
        let (assistant, path) = context.business.assistants.owner(of: form, at: route)
        if let machine = AnsweringMachine(answeredBy: form["AnsweredBy"]) {
            let message = machine.message(assistant.block)
            context.tell.log.info(
                "call picked up by a machine",
                [
                    "call": .text(callSid), "what": .text("\(machine)"),
                    "message": .text(message.isEmpty ? "none" : "left"),
                ])
            return answer(responder, say(message, assistant) + [.hangup])
        }
        // The same webhook again takes no second place.
        if context.lines.gatherCalls.contains(callSid) {
            return GatherCalls(context: context).begin(
                form, responder, assistant: assistant, route: route, tookPlace: false)
        }
        context.lines.gatherCalls.sweep()
        switch context.lines.admission.webhook(nowNanos: MonotonicClock.nowNanos()) {
        case .tooFast:
            context.tell.metrics.callsRefusedTotal.add(1)
            context.tell.log.warning(
                "call refused: more than limits.webhooksPerSecond", ["call": .text(callSid)])
            var response = HTTPResponse.text(429, "Too many calls a second; try again.")
            response.headers.add(name: "Retry-After", value: "1")
            return responder.respond(response)
        case .admitted, .busy:
            let line = context.lines.waiting.ask(
                callSid, freePlaces: context.lines.admission.freePlaces,
                nowNanos: MonotonicClock.nowNanos())
            guard line == .pass else {
                return hold(line, callSid, request, responder, assistant)
            }
        }
        let hours = ClosedHours(assistant, now: context.business.now())
        if let closed = hours.words, assistant.block.afterHours == .goodbye {
            return answer(responder, say(closed, assistant) + [.hangup])
        }
        let isMessage = hours.words != nil && assistant.block.afterHours == .message
        if path == .gather || isMessage {
            let call = CallDescription(
                name: callSid, assistantID: assistant.block.id, from: form["From"],
                to: form["To"], path: "gather", startedAt: WallClock.nowSeconds())
            guard context.lines.gatherCalls.begin(call) else {
                return hold(.turnedAway, callSid, request, responder, assistant)
            }
            let words = isMessage ? hours.words.map { $0 + [ClosedHours.messageText] } : nil
            return GatherCalls(context: context).begin(
                form, responder, assistant: assistant, route: route, takesMessage: words,
                tookPlace: true)
        }
        // The stream may come to another loop; speech is made on a loop of its own in any case.
        context.business.engines.warm(assistant, on: responder.loop)
        connect(form, request, responder, assistant: assistant, attempt: 1)
    }

    /// All lines are busy: the caller waits in line, or is told what to do instead.
    private func hold(
        _ place: WaitingLine.Answer, _ callSid: String, _ request: HTTPRequest,
        _ responder: HTTPResponder, _ assistant: Assistant
    ) {
        let settings = context.business.configuration.queue
        guard case .wait(let position) = place, !context.lines.admission.isDraining else {
            context.lines.waiting.leave(callSid)
            context.tell.metrics.callsRefusedTotal.add(1)
            context.tell.log.warning(
                "call refused: limits.maxCalls are live", ["call": .text(callSid)])
            let advice =
                settings.alternative.isEmpty
                ? "Please call again in a few minutes." : settings.alternative
            return answer(
                responder,
                say(["All our lines are busy.", advice, "Goodbye."], assistant) + [.hangup])
        }
        let text =
            position == 1
            ? "All our lines are busy. You are next in line, please hold."
            : "All our lines are busy. You are number \(position) in line, please hold."
        let pause: TwiMLVerb =
            settings.music.isEmpty
            ? .pause(seconds: settings.holdSeconds) : .play(url: settings.music, loop: 1)
        answer(
            responder,
            say([text], assistant) + [pause, .redirect(url: request.path, method: .post)])
    }

    private func say(_ sentences: [String], _ assistant: Assistant) -> [TwiMLVerb] {
        GatherAnswer(assistant.block, context.business.configuration.gather).say(sentences)
    }

    /// `POST /twilio/after`: the stream has ended, by us, by the caller, or because a node died.
    func after(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder, route: RouteBlock
    ) {
        guard !form["CallSid"].isEmpty else {
            return responder.respond(
                .text(400, "CallSid is missing; this address is for the action of a verb."))
        }
        let earlier: Int
        do throws(HTTPBodyError) {
            earlier = try request.queryNumber("attempt", in: 1...Self.attemptsMax) ?? 1
        } catch { return responder.respond(.text(error.status, "\(error)")) }
        let assistant = context.business.assistants.owner(of: form, request, at: route)
        switch form["DialCallStatus"] {
        case "": break
        // The person has spoken with the caller.
        case "completed", "answered": return answer(responder, [.hangup])
        default:
            let text = "I am sorry, nobody can take your call right now. Please try again later."
            return answer(responder, say([text, "Goodbye."], assistant) + [.hangup])
        }
        switch context.lines.endings.ending(of: form["CallSid"]) {
        case .hangUp: answer(responder, [.hangup])
        case .dial(let number): answer(responder, [.dial(TwiMLDial(number: number)), .hangup])
        case nil:
            // Nobody ended it on purpose: the stream broke while the caller is still there.
            let attempt = earlier + 1
            guard attempt <= Self.attemptsMax else {
                context.tell.log.error(
                    "stream broke again; the call is given up", ["call": .text(form["CallSid"])])
                return answer(
                    responder,
                    [
                        .say(
                            "I am sorry, we have a technical problem. Please call again later.",
                            language: assistant.block.language), .hangup,
                    ])
            }
            context.tell.log.warning(
                "stream broke; the caller is connected again",
                ["call": .text(form["CallSid"]), "attempt": .integer(attempt)])
            connect(form, request, responder, assistant: assistant, attempt: attempt)
        }
    }

    private func connect(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder,
        assistant: Assistant, attempt: Int
    ) {
        let callSid = form["CallSid"]
        let token: String
        do {
            token = try context.lines.tokens.issue(
                callSid: callSid, nowNanos: MonotonicClock.nowNanos())
        } catch {
            context.tell.log.error(
                "call refused", ["call": .text(callSid), "why": .text("\(error)")])
            return responder.respond(.text(503, "\(error)"))
        }
        let greetsHere = attempt == 1 && assistant.block.greetWith == .say
        var stream = TwiMLStream(
            url: context.trust.streamURL("/twilio/stream", for: request),
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
        stream.allowsInsecureURL = !context.trust.validates
        var verbs: [TwiMLVerb] = []
        if greetsHere {
            verbs.append(
                .say(
                    assistant.greeting,
                    voice: assistant.block.sayVoice,
                    language: assistant.block.language))
        }
        verbs.append(
            .connect(
                stream,
                action: AfterAddress.path(assistantID: assistant.block.id, attempt: attempt)))
        context.tell.log.info(
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
            context.tell.log.error("no TwiML could be written", ["why": .text("\(error)")])
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
