import Assembly
import Calls
import Configuration
import Net
import Store
import Telemetry
import Twilio

/// Text messages that come in. One customer's messages to one business are a conversation, which is
/// kept in the store: it goes on for hours and over restarts.
struct TextMessages {
    let context: WebhookContext

    /// A number, a short code or an address of another channel is no longer than this.
    private static let addressCharactersMax = 100

    /// A message comes in; the answer is its reply.
    func receive(_ form: TwilioForm, _ responder: HTTPResponder, route: RouteBlock) {
        let sid = form["MessageSid"].isEmpty ? form["SmsSid"] : form["MessageSid"]
        let customer = form["From"]
        let business = form["To"]
        let isAddressed = [customer, business].allSatisfy {
            !$0.isEmpty && $0.count <= Self.addressCharactersMax
        }
        guard !sid.isEmpty, sid.count <= 64, isAddressed else {
            return responder.respond(
                .text(
                    400,
                    "MessageSid, From and To are needed; this address is for Twilio's messaging "
                        + "webhook."))
        }
        context.tell.metrics.messagesTotal.add(1)
        let (assistant, _) = context.business.assistants.answering(business, at: route)
        let key = customer + "\n" + business
        let loop = responder.loop
        let turn = TextTurn(
            context: context, assistant: assistant, form: form, sid: sid, responder: responder,
            leave: { [gate = context.turns.textGate] in gate.leave(key) })
        let bound = LoopBound(turn, loop: loop)
        let isIn = context.turns.textGate.enter(key) {
            loop.execute { bound.value.begin() }
        }
        guard !isIn else { return }
        context.tell.log.warning(
            "message refused: too many of this customer wait", ["message": .text(sid)])
        var response = HTTPResponse.text(429, "Too many messages at once; try again.")
        response.headers.add(name: "Retry-After", value: "1")
        turn.refuse(response)
    }
}
