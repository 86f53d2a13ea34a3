import Assembly
import Calls
import Configuration
import Net
import Store
import Telemetry
import Twilio

/// Takes what Twilio tells of calls and messages on their way. Callbacks come late, twice and out of
/// order; the records make the best of them.
struct StatusWebhooks {
    let context: WebhookContext

    private static let endings = ["completed", "busy", "failed", "no-answer", "canceled"]

    /// Seconds; longer than Twilio lets any call be.
    private static let durationMax = 1_000_000

    /// The progress of a call, kept in the call log; or of a message that we sent.
    func status(_ form: TwilioForm, _ responder: HTTPResponder, route: RouteBlock) {
        if !form["MessageSid"].isEmpty, !form["MessageStatus"].isEmpty {
            return message(form, responder)
        }
        let callSid = form["CallSid"]
        let status = form["CallStatus"]
        guard !callSid.isEmpty, !status.isEmpty else {
            return responder.respond(
                .text(
                    400,
                    "CallSid and CallStatus are needed, or MessageSid and MessageStatus."))
        }
        let now = Int64(context.business.now().timeIntervalSince1970)
        let duration = Int(form["CallDuration"]).map { min(max(0, $0), Self.durationMax) }
        let isOver = Self.endings.contains(status)
        let (assistant, _) = context.business.assistants.owner(of: form, at: route)
        let record = CallRecord(
            callSid: callSid, assistantID: assistant.block.id, from: form["From"], to: form["To"],
            status: status, startedAt: now - Int64(clamping: duration ?? 0),
            endedAt: isOver ? now : nil, durationSeconds: duration)
        context.tell.log.info("call status", ["call": .text(callSid), "status": .text(status)])
        if isOver { forget(callSid) }
        let pending = LoopBound(responder, loop: responder.loop)
        context.business.database.recordCall(record) { [log = context.tell.log] result in
            pending.loop.execute {
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

    /// The call is over: its place, its place in line and its memory are free.
    private func forget(_ callSid: String) {
        context.lines.gatherCalls.end(callSid)
        context.lines.waiting.leave(callSid)
        context.business.callState.take(GatherState.key(callSid)) { [log = context.tell.log] result in
            if case .failure(let error) = result {
                log.warning(
                    "call state not removed; it expires",
                    ["call": .text(callSid), "why": .text("\(error)")])
            }
        }
    }

    private func message(_ form: TwilioForm, _ responder: HTTPResponder) {
        let sid = form["MessageSid"]
        let status = CleanText.clean(form["MessageStatus"], characterCountMax: 32)
        let error = form["ErrorCode"]
        if !error.isEmpty {
            context.tell.log.warning(
                "message not delivered",
                ["message": .text(sid), "status": .text(status), "code": .text(error)])
        }
        let pending = LoopBound(responder, loop: responder.loop)
        context.business.database.recordDelivery(messageSid: sid, status: status) { result in
            pending.loop.execute {
                switch result {
                case .success: pending.value.respond(HTTPResponse(status: 204))
                case .failure: pending.value.respond(.text(503, "Not stored; try again."))
                }
            }
        }
    }
}
