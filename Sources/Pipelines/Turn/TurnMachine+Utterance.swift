import Language
import Realtime

// The end of a turn: pauses, transcripts, speculation, commitment.

extension TurnMachine {
    /// The caller began to speak, or went on after a pause, at `startSample`, noticed when the
    /// audio had come as far as `detectedSample`.
    public mutating func speechStarted(
        startSample: Int64, detectedSample: Int64, at now: UInt64
    ) {
        guard isLive, !isSuspended, digits.isEmpty else { return }
        if utterance != nil {
            continueUtterance(at: startSample)
        } else if let reply {
            beginOverlap(reply, startSample: startSample)
        } else {
            beginUtterance(at: startSample)
        }
        judgeOverlap(through: detectedSample, at: now)
    }

    /// The caller fell silent; `endSample` is the end of the last sound.
    public mutating func speechPaused(endSample: Int64, at now: UInt64) {
        guard isLive, var paused = utterance, paused.isSpeaking else { return }
        let end = max(endSample, paused.runStartSample)
        paused.isSpeaking = false
        paused.endSample = end
        paused.endNanos = clock.nanos(of: end)
        paused.spokenSamples += end - paused.runStartSample
        utterance = paused
        if overlap != nil { pauseOverlap(at: now) } else { settle(at: now) }
    }

    /// Caller audio up to `through` has come. Called for each frame, before the events that the
    /// speech detector finds in it; does not allocate.
    public mutating func audioArrived(through: Int64, at now: UInt64) {
        clock.received(through: through, at: now)
    }

    /// The audio that has come was looked at by the speech detector. Called for each frame, after
    /// its events; allocates only when something is decided.
    public mutating func audioExamined(at now: UInt64) {
        guard isLive, let current = utterance else { return }
        if overlap != nil {
            judgeOverlap(through: clock.through, at: now)
        } else if current.isSpeaking {
            if clock.through - current.startSample >= sampleCount(ms: options.utteranceMaxMs) {
                forceEnd(at: now)
            }
        } else {
            settle(at: now)
        }
    }

    /// The transcript of request `id` is here; `completeness` judges its text.
    public mutating func transcribed(
        _ id: Int, _ transcript: Transcript, _ completeness: Completeness, at now: UInt64
    ) {
        guard isLive, utterance?.request == id else { return }
        utterance?.request = nil
        unheardTurns = 0
        utterance?.transcript = transcript
        let isBackchannel = words.isBackchannel(utterance?.words ?? [])
        utterance?.isBackchannel = isBackchannel
        utterance?.completeness = completeness
        if overlap != nil { judgeWords(at: now) } else { settle(at: now) }
    }

    public mutating func transcriptFailed(_ id: Int, at now: UInt64) {
        guard isLive, utterance?.request == id else { return }
        utterance?.request = nil
        utterance?.hasFailed = true
        // Who asked to be waited for is back, whatever they said.
        isOnHold = false
        if overlap != nil { judgeWords(at: now) } else { settle(at: now) }
    }

    /// The engine that hears the caller has an opinion of the end of the turn.
    public mutating func endOfTurnHinted(_ hint: EndOfTurnHint, at now: UInt64) {
        guard isLive, utterance != nil else { return }
        utterance?.endOfTurn = hint == .resumed ? nil : hint
        settle(at: now)
    }

    // MARK: - Utterances

    mutating func beginUtterance(at sample: Int64) {
        utterance = Utterance(
            startSample: sample, startNanos: clock.nanos(of: sample), runStartSample: sample)
        emit(.beginUtterance(fromSample: sample))
    }

    /// The caller goes on: what was begun in the pause is thrown away.
    mutating func continueUtterance(at sample: Int64) {
        guard let paused = utterance, !paused.isSpeaking else { return }
        if paused.request != nil || paused.transcript != nil { wastedTranscripts += 1 }
        dropSpeculation()
        pauses.wentOn(
            afterMs: milliseconds(sampleCount: sample - paused.endSample), wasTaken: false)
        utterance?.isSpeaking = true
        utterance?.runStartSample = sample
        utterance?.transcript = nil
        utterance?.completeness = .unknown
        utterance?.endOfTurn = nil
        utterance?.hasFailed = false
        utterance?.replyFailed = false
    }

    /// Cancels the transcript and the reply that were begun in a pause.
    mutating func dropSpeculation() {
        guard let current = utterance else { return }
        if current.request != nil {
            emit(.cancelTranscript)
            utterance?.request = nil
        }
        if current.isReplying, let turn = current.turn {
            emit(.discardReply(turn: turn))
            utterance?.isReplying = false
            wastedSpeculations += 1
        }
    }

    /// Forgets the utterance: it was no turn.
    mutating func dropUtterance() {
        guard utterance != nil else { return }
        // Once an utterance: it is freed.
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        dropSpeculation()
        utterance = nil
        emit(.endUtterance)
    }

    private mutating func forceEnd(at now: UInt64) {
        utterance?.isForced = true
        speechPaused(endSample: clock.through, at: now)
    }

    // MARK: - Deciding

    /// Does what is due in a pause: transcript, speculative reply, end of turn.
    mutating func settle(at now: UInt64) {
        guard isLive, overlap == nil, let paused = utterance, !paused.isSpeaking else { return }
        settledNanos = now
        if paused.transcript == nil, paused.request == nil, !paused.hasFailed {
            if now >= transcriptDueNanos(paused) { requestTranscript(at: now) }
            return
        }
        guard paused.request == nil else { return }
        if let due = secondLookNanos(paused) {
            if now >= due { requestTranscript(at: now) }
            return
        }
        if isNoWords(paused) {
            if paused.merged == nil, isTooShortToAnswer(paused) {
                dropUtterance()
                resumeIdling(at: now)
                return
            }
        } else if paused.isOverAgent, reply == nil, isBackchannelAfterAll(paused) {
            dropUtterance()
            resumeIdling(at: now)
            return
        }
        let end = endpointNanos(paused)
        if now >= end, hasAudioCaughtUp(paused, at: now) {
            commit(paused, at: now)
        } else if !isNoWords(paused), !paused.isReplying, !paused.replyFailed,
            options.speculateAfterMs > 0, now >= replyDueNanos(paused)
        {
            startSpeculation(paused)
        }
    }

    private mutating func requestTranscript(at now: UInt64) {
        lastRequest += 1
        utterance?.request = lastRequest
        utterance?.requestNanos = now
        utterance?.nextSpeculationNanos = now.adding(ms: options.speculateIntervalMs)
        emit(.requestTranscript(lastRequest))
    }

    mutating func requestVerdict(at now: UInt64) {
        guard utterance?.request == nil, utterance?.transcript == nil else { return }
        requestTranscript(at: now)
    }

    private mutating func startSpeculation(_ paused: Utterance) {
        guard let transcript = paused.transcript else { return }
        emit(
            .startReply(turn: giveTurn(), input: .speech(transcript), isSpeculative: true))
        utterance?.isReplying = true
    }

    /// The turn number of the utterance, which keeps it through any number of speculations.
    private mutating func giveTurn() -> TurnID {
        if let turn = utterance?.turn { return turn }
        lastTurn += 1
        utterance?.turn = lastTurn
        return lastTurn
    }

    private mutating func commit(_ paused: Utterance, at now: UInt64) {
        // Once a turn: the utterance and the former reply are freed.
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        let turn = giveTurn()
        isOnHold = words.asksToWait(paused.words)
        if paused.hasFailed, paused.merged == nil {
            unheardTurns += 1
            if unheardTurns >= options.failuresMax {
                if !paused.isForced { emit(.endUtterance) }
                utterance = nil
                return failUnheard(turn: turn, speechEndNanos: paused.endNanos, at: now)
            }
        }
        if !paused.isReplying {
            let input: CallerInput
            if let transcript = paused.transcript, !isNoWords(paused) {
                input = .speech(transcript)
            } else if let merged = paused.merged {
                input = .speech(merged)
            } else {
                input = .unintelligible
            }
            emit(.startReply(turn: turn, input: input, isSpeculative: false))
        }
        silences = 0
        pauses.turnEnded()
        // A caller who was cut short is still speaking: only what comes after a pause is new.
        if !paused.isForced { emit(.endUtterance) }
        utterance = nil
        commitReply(turn: turn, speechEndNanos: paused.endNanos, utterance: paused, at: now)
    }

    // MARK: - Questions

    func isNoWords(_ paused: Utterance) -> Bool { paused.words.isEmpty }

    /// When to ask again for words that were asked for so early in the pause that none were heard: a
    /// name by itself ("John") is told from noise by the silence after it. Nil where that is of no
    /// use.
    func secondLookNanos(_ paused: Utterance) -> UInt64? {
        guard options.speculateAfterMs > 0, paused.transcript != nil, isNoWords(paused),
            paused.merged == nil, !paused.isForced, !isTooShortToAnswer(paused)
        else { return nil }
        let due = paused.endNanos.adding(ms: min(Self.secondLookMs, options.endpointMs))
        return paused.requestNanos < due ? due : nil
    }

    private static let secondLookMs = 240

    private func isTooShortToAnswer(_ paused: Utterance) -> Bool {
        paused.spokenSamples < sampleCount(ms: options.unintelligibleMs)
    }

    /// Words that the caller said over the agent's last ones, known only after the agent had
    /// finished: no turn if they only meant "I am listening".
    private func isBackchannelAfterAll(_ paused: Utterance) -> Bool {
        paused.transcript != nil && paused.isBackchannel
            && !isAsked(finishedQuestionNanos, before: paused)
    }

    /// When silence ends the turn, as far as is known now.
    func endpointNanos(_ paused: Utterance) -> UInt64 {
        if paused.isForced { return paused.endNanos }
        return paused.endNanos.adding(ms: endpointMs(paused))
    }

    private func endpointMs(_ paused: Utterance) -> Int {
        guard options.endpointing == .adaptive, paused.transcript != nil else {
            return options.endpointMs
        }
        // Whoever was not understood is asked again: they need not wait as long as one who
        // hesitates.
        if isNoWords(paused) { return (options.endpointMs + options.endpointMaxMs) / 2 }
        let silenceMs = pauses.silenceMs(paused.completeness, options)
        // Who hears the voice may end a turn early, but not half a telephone number.
        let isOpen = paused.completeness == .partial || paused.completeness == .incomplete
        guard paused.endOfTurn == .ended, !isOpen else { return silenceMs }
        return min(silenceMs, options.endpointMinMs)
    }

    func transcriptDueNanos(_ paused: Utterance) -> UInt64 {
        if paused.isForced { return paused.endNanos }
        let base = paused.endNanos.adding(ms: options.endpointMs)
        guard options.speculateAfterMs > 0 else { return base }
        // What is likely to be the end is worth a transcript at once.
        let afterMs = paused.endOfTurn == nil ? options.speculateAfterMs : 0
        let early = max(
            paused.endNanos.adding(ms: afterMs), paused.nextSpeculationNanos)
        return min(base, early)
    }

    /// A reply to words that are likely to go on is begun only after the usual end of a turn.
    func replyDueNanos(_ paused: Utterance) -> UInt64 {
        paused.completeness == .incomplete
            ? paused.endNanos.adding(ms: options.endpointMs) : paused.endNanos
    }

    /// True if the silence was really heard and not only the network's.
    private func hasAudioCaughtUp(_ paused: Utterance, at now: UInt64) -> Bool {
        if paused.isForced { return true }
        let heard = clock.through - paused.endSample
        // A frame is 20 ms late by nature, and jitter of as much is usual.
        let needed = endpointMs(paused) - 40
        return heard >= sampleCount(ms: needed) && !clock.isBehind(at: now)
            || now >= endpointNanos(paused).adding(ms: options.lateAudioMs)
    }
}
