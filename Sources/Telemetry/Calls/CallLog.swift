import Calls
import Pipelines

/// What happens in calls, as log lines: one a stage, with its time.
package struct CallLog: CallEventSubscriber {
    private let log: Logger

    package init(_ log: Logger) { self.log = log }

    package func took(_ event: CallEvent) {
        let call = LogValue.text(event.call.name)
        switch event.kind {
        case .began: tellBeginning(event.call)
        case .conversation(let event): tell(event, call)
        case .turn(let record):
            let json = record.json(callSid: event.call.name).encoded()
            log.info("turn", ["record": .json(String(decoding: json, as: UTF8.self))])
        case .audioLost: break
        case .commanded(let name): log.info("command", ["call": call, "command": .text(name)])
        case .ended(let summary): tellEnd(summary, call)
        }
    }

    private func tellBeginning(_ call: CallDescription) {
        log.info(
            "stream connected",
            [
                "call": .text(call.name), "assistant": .text(call.assistantID),
                "from": .text(call.from), "to": .text(call.to),
            ])
    }

    private func tellEnd(_ summary: CallSummary, _ call: LogValue) {
        if summary.refusedMessages > 0 {
            log.warning(
                "stream closed: the peer has stopped reading and buffers.outboundBytesMax are unsent",
                ["call": call])
        }
        log.info(
            "call ended",
            [
                "call": call, "why": .text(summary.why),
                "seconds": .integer(Int(summary.seconds.rounded())),
            ])
    }

    private func tell(_ event: ConversationEvent, _ call: LogValue) {
        switch event {
        case .started, .callerSpeaking, .callerPaused, .playoutResumed, .merged:
            log.debug("\(event)", ["call": call])
        case .transcribed(let text, let ms):
            log.info("transcription", ["call": call, "ms": .milliseconds(ms), "text": .text(text)])
        case .replied(let turn, let text, let ms, _):
            log.info(
                "reply",
                [
                    "call": call, "turn": .integer(turn), "ms": .milliseconds(ms),
                    "text": .text(text),
                ])
        case .synthesized(let turn, _, let byteCount, let ms):
            log.info(
                "speech",
                [
                    "call": call, "turn": .integer(turn), "bytes": .integer(byteCount),
                    "first": .milliseconds(ms),
                ])
        case .playoutHeld(let turn):
            log.debug("playout held", ["call": call, "turn": .integer(turn)])
        case .interrupted(let turn, let heard):
            log.info(
                "interrupted", ["call": call, "turn": .integer(turn), "heard": .text(heard)])
        case .speculationWasted(let turn):
            log.debug("speculation wasted", ["call": call, "turn": .integer(turn)])
        case .underrun(let turn):
            log.warning("speech late", ["call": call, "turn": .integer(turn)])
        case .callerSilent(let count):
            log.info("caller silent", ["call": call, "count": .integer(count)])
        case .dtmf(let digits):
            // Keys can be a card number: how many, not which.
            log.info("keys pressed", ["call": call, "count": .integer(digits.count)])
        case .dtmfLimitReached(let max):
            log.warning("keys dropped", ["call": call, "digitsMax": .integer(max)])
        case .stageFailed(let error):
            log.error("stage failed", ["call": call, "why": .text("\(error)")])
        case .ended(let ending):
            log.debug("conversation ended: \(ending)", ["call": call])
        }
    }
}
