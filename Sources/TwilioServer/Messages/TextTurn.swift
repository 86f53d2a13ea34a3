import Assembly
import Assistants
import Calls
import Foundation
import Language
import Net
import Pipelines
import Store
import Telemetry
import Twilio

/// One message's way: found out whether it was answered before, answered, kept together with the
/// conversation, and only then replied to. Lives on its request's loop, inside its customer's gate.
final class TextTurn {
    private let context: WebhookContext
    private let assistant: Assistant
    private let sid: String
    private let customer: String
    private let business: String
    private let body: String
    private let mediaCount: Int
    private let optOutType: String
    private let leave: () -> Void
    private var responder: HTTPResponder?
    private let loop: EventLoop
    private var tries = 0
    private var known = MessageContext()
    /// Of the conversation that the message belongs to.
    private var conversationID = ""

    /// Twilio gives up after 15 s.
    private static let dialogueMs = 12_000
    /// Another node may be answering the same customer.
    private static let triesMax = 4
    /// What of a message is kept.
    private static let keptCharactersMax = 10_000

    init(
        context: WebhookContext, assistant: Assistant, form: TwilioForm, sid: String,
        responder: HTTPResponder, leave: @escaping () -> Void
    ) {
        self.context = context
        self.assistant = assistant
        self.sid = sid
        self.responder = responder
        self.leave = leave
        loop = responder.loop
        customer = form["From"]
        business = form["To"]
        body = CleanText.clean(form["Body"], characterCountMax: Self.keptCharactersMax)
        mediaCount = max(0, Int(form["NumMedia"]) ?? 0)
        optOutType = form["OptOutType"]
    }

    private var seconds: Int64 { Int64(context.business.now().timeIntervalSince1970) }

    /// Answers without having been let in.
    func refuse(_ response: HTTPResponse) {
        responder?.respond(response)
        responder = nil
    }

    /// It is this message's turn.
    func begin() {
        tries += 1
        let bound = LoopBound(self, loop: loop)
        context.business.database.messageContext(
            sid: sid, customer: customer, business: business, at: seconds
        ) { result in
            bound.loop.execute { bound.value.took(result) }
        }
    }

    private func took(_ result: Result<MessageContext, StoreError>) {
        switch result {
        case .failure(let error): fail("\(error)")
        case .success(let context):
            if let earlier = context.earlierReply { return reply(earlier) }
            known = context
            // The first message names the conversation, so that a second try of it names the same.
            conversationID = known.conversation?.id ?? "text:" + sid
            answer()
        }
    }

    // MARK: - Answering

    private func answer() {
        let keyword = MessageKeyword(
            body, optOutType: optOutType, hasOptedOut: known.hasOptedOut)
        if let keyword { return answer(keyword) }
        if known.hasOptedOut {
            // Who wants no messages gets none; what they write is kept.
            return keep([], known.conversation)
        }
        let hours = ClosedHours(assistant, now: context.business.now())
        if let closed = hours.words {
            let isMessage = assistant.block.afterHours == .message && !body.isEmpty
            let more = isMessage ? ["We have your message and will get back to you."] : []
            return keep([(closed + more).joined(separator: " ")], known.conversation)
        }
        let text = body.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else {
            return keep([Self.wordless(mediaCount, assistant)], known.conversation)
        }
        converse(String(text.prefix(context.business.configuration.sms.charactersMax)))
    }

    private func answer(_ keyword: MessageKeyword) {
        let isOurs =
            context.business.configuration.sms.keywordReplies == .streamd && optOutType.isEmpty
        let reply = isOurs ? [keyword.reply(business: assistant.settings.name)] : []
        context.tell.log.info(
            "message keyword", ["message": .text(sid), "keyword": .text("\(keyword)")])
        let optsOut: Bool? =
            switch keyword {
            case .stop: true
            case .start: false
            case .help: nil
            }
        keep(reply, keyword == .stop ? nil : known.conversation, optsOut: optsOut)
    }

    private static func wordless(_ mediaCount: Int, _ assistant: Assistant) -> String {
        let what =
            mediaCount > 0
            ? "Thank you, but I cannot look at pictures or files." : "Your message was empty."
        return "\(what) Please write in words what \(assistant.settings.name) can do for you."
    }

    private func converse(_ text: String) {
        let call = CallInfo(
            callSid: conversationID, assistantID: assistant.block.id, from: customer,
            to: business, language: assistant.settings.language, channel: .text)
        let number = (known.conversation?.turn ?? 0) + 1
        let turn = DialogueTurn(
            assistant.dialogue, call: call, memory: known.conversation?.memory, turn: number,
            deadlineMs: Self.dialogueMs, loop: loop)
        turn.run(.speech(Transcript(text: text))) { self.took($0, turn: number) }
    }

    private func took(_ outcome: DialogueTurn.Outcome, turn: Int) {
        if let error = outcome.error {
            context.tell.metrics.stageFailuresTotal.add(1)
            context.tell.log.error(
                "message not answered", ["message": .text(sid), "why": .text(error)])
            // What a tool did before it went wrong must be known to whoever answers next.
            return keep(
                ["I am sorry, something went wrong. Please send your message again."],
                outcome.memory.map { record($0, turn: turn) } ?? known.conversation)
        }
        var sentences = outcome.sentences
        if mediaCount > 0 { sentences.insert("I cannot look at pictures or files.", at: 0) }
        if case .handOver(let number)? = outcome.ending {
            sentences.append("You can reach a person at \(number).")
        }
        let text = CleanText.clean(
            WrittenText.joiningDigits(sentences.joined(separator: " ")),
            characterCountMax: .max)
        let parts = MessageParts.split(text, partsMax: context.business.configuration.sms.repliesMax)
        // After a goodbye the next message begins anew.
        keep(parts, outcome.ending == nil ? outcome.memory.map { record($0, turn: turn) } : nil)
    }

    private func record(_ memory: String, turn: Int) -> TextConversationRecord {
        TextConversationRecord(
            id: conversationID, turn: turn, memory: memory,
            expiresAt: seconds + Int64(context.business.configuration.sms.conversationMinutes) * 60)
    }

    // MARK: - Keeping and replying

    private func keep(
        _ parts: [String], _ conversation: TextConversationRecord?, optsOut: Bool? = nil
    ) {
        let message = InboundMessage(
            sid: sid, assistantID: assistant.block.id, conversationID: conversationID,
            customer: customer, business: business, receivedAt: seconds, body: body,
            mediaCount: mediaCount)
        let answered = AnsweredMessage(
            message: message, reply: parts, conversation: conversation, version: known.version,
            optsOut: optsOut)
        let bound = LoopBound(self, loop: loop)
        context.business.database.recordAnswer(answered) { result in
            bound.loop.execute { bound.value.kept(result, parts) }
        }
    }

    private func kept(_ result: Result<AnswerOutcome, StoreError>, _ parts: [String]) {
        switch result {
        case .success(.stored): reply(parts)
        case .success(.answeredBefore(let earlier)): reply(earlier)
        case .success(.overtaken):
            guard tries < Self.triesMax else { return fail("others answer this customer too") }
            begin()
        case .failure(let error): fail("\(error)")
        }
    }

    private func reply(_ parts: [String]) {
        do throws(TwiMLError) {
            end(.twiML(try TwiML.response(parts.map { .message($0) })))
        } catch { fail("\(error)") }
    }

    private func fail(_ reason: String) {
        context.tell.log.error(
            "message not answered", ["message": .text(sid), "why": .text(reason)])
        end(.text(503, "Not answered; try again."))
    }

    private func end(_ response: HTTPResponse) {
        responder?.respond(response)
        responder = nil
        leave()
    }
}
