import Calls
import Pipelines

/// What happens in calls, as counts and times.
package struct CallMetrics: CallEventSubscriber {
    private let metrics: Metrics

    package init(_ metrics: Metrics) { self.metrics = metrics }

    package func took(_ event: CallEvent) {
        switch event.kind {
        case .began:
            metrics.callsTotal.add(1)
            metrics.callsActive.add(1)
        case .conversation(let event): count(event)
        case .turn(let record): count(record)
        case .audioLost(let frameCount): metrics.mediaMessagesLostTotal.add(frameCount)
        case .commanded: metrics.callCommandsTotal.add(1)
        case .ended(let summary):
            metrics.callsActive.add(-1)
            metrics.callDurationSeconds.observe(summary.seconds)
            metrics.outboundDroppedTotal.add(summary.refusedMessages)
            metrics.transcriptsWastedTotal.add(summary.counters.wastedTranscripts)
            metrics.speechWastedMs.add(summary.counters.wastedSpeechMs)
            metrics.keysDroppedTotal.add(summary.counters.droppedKeys)
        }
    }

    private func count(_ event: ConversationEvent) {
        switch event {
        case .transcribed(_, let ms): metrics.speechToTextMs.observe(ms)
        case .replied(_, _, let ms, let isSpeculative):
            if isSpeculative { metrics.speculationsTotal.add(1) }
            metrics.dialogueMs.observe(ms)
        case .synthesized(_, _, _, let ms): metrics.textToSpeechMs.observe(ms)
        case .interrupted: metrics.bargeInsTotal.add(1)
        case .playoutResumed: metrics.falseBargeInsTotal.add(1)
        case .speculationWasted: metrics.speculationsWastedTotal.add(1)
        case .underrun: metrics.underrunsTotal.add(1)
        case .stageFailed: metrics.stageFailuresTotal.add(1)
        case .started, .callerSpeaking, .callerPaused, .playoutHeld, .merged, .callerSilent,
            .dtmf, .dtmfLimitReached, .ended:
            break
        }
    }

    private func count(_ record: TurnRecord) {
        metrics.turnsTotal.add(1)
        metrics.endpointMs.observe(record.endpointMs)
        if let ms = record.firstFramePlayedMs { metrics.playedMs.observe(ms) }
        if let ms = record.firstFrameSentMs { metrics.audioLatencyMs.observe(ms) }
        if let ms = record.transcriptMs { metrics.transcriptionMs.observe(ms) }
        if let ms = record.firstSentenceMs { metrics.replyMs.observe(ms) }
        if let ms = record.firstSpeechByteMs { metrics.firstSpeechMs.observe(ms) }
    }
}
