import Pipelines
import Store
import Telemetry

/// What a conversation tells of itself, as log lines (one a stage, with its time) and metrics.
extension StreamedCall: ConversationObserver {
    func conversation(_ event: ConversationEvent) {
        let log = services.log
        let call = LogValue.text(callSid)
        switch event {
        case .started, .callerSpeaking, .callerPaused, .playoutResumed, .merged:
            log.debug("\(event)", ["call": call])
        case .transcribed(let text, let ms):
            services.metrics.speechToTextMs.observe(ms)
            log.info("transcription", ["call": call, "ms": .milliseconds(ms), "text": .text(text)])
        case .replied(let turn, let text, let ms, let isSpeculative):
            if isSpeculative { services.metrics.speculationsTotal.add(1) }
            services.metrics.dialogueMs.observe(ms)
            log.info(
                "reply",
                [
                    "call": call, "turn": .integer(turn), "ms": .milliseconds(ms),
                    "text": .text(text),
                ])
        case .synthesized(let turn, _, let byteCount, let ms):
            services.metrics.textToSpeechMs.observe(ms)
            log.info(
                "speech",
                [
                    "call": call, "turn": .integer(turn), "bytes": .integer(byteCount),
                    "first": .milliseconds(ms),
                ])
        case .playoutHeld(let turn):
            log.debug("playout held", ["call": call, "turn": .integer(turn)])
        case .interrupted(let turn, let heard):
            services.metrics.bargeInsTotal.add(1)
            log.info(
                "interrupted", ["call": call, "turn": .integer(turn), "heard": .text(heard)])
        case .speculationWasted(let turn):
            services.metrics.speculationsWastedTotal.add(1)
            log.debug("speculation wasted", ["call": call, "turn": .integer(turn)])
        case .underrun(let turn):
            services.metrics.underrunsTotal.add(1)
            log.warning("speech late", ["call": call, "turn": .integer(turn)])
        case .callerSilent(let count):
            log.info("caller silent", ["call": call, "count": .integer(count)])
        case .dtmf(let digits):
            // Keys can be a card number: how many, not which.
            log.info("keys pressed", ["call": call, "count": .integer(digits.count)])
        case .dtmfLimitReached(let max):
            log.warning("keys dropped", ["call": call, "digitsMax": .integer(max)])
        case .stageFailed(let error):
            services.metrics.stageFailuresTotal.add(1)
            log.error("stage failed", ["call": call, "why": .text("\(error)")])
        case .ended(let ending):
            log.debug("conversation ended: \(ending)", ["call": call])
        }
        if case .playoutResumed = event { services.metrics.falseBargeInsTotal.add(1) }
    }

    func turnFinished(_ record: Pipelines.TurnRecord) {
        let metrics = services.metrics
        metrics.turnsTotal.add(1)
        turnCount += 1
        metrics.endpointMs.observe(record.endpointMs)
        if let ms = record.firstFramePlayedMs { metrics.playedMs.observe(ms) }
        if let ms = record.firstFrameSentMs { metrics.audioLatencyMs.observe(ms) }
        if let ms = record.transcriptMs { metrics.transcriptionMs.observe(ms) }
        if let ms = record.firstSentenceMs { metrics.replyMs.observe(ms) }
        if let ms = record.firstSpeechByteMs { metrics.firstSpeechMs.observe(ms) }
        services.log.info(
            "turn",
            [
                "record": .json(
                    String(decoding: record.json(callSid: callSid).encoded(), as: UTF8.self))
            ])
        if let trace { exportSpans(trace.spans(of: record)) }
    }
}
