import Language
import Realtime

// Speech over the agent: playout stops at once, then it is found out what it was.

extension TurnMachine {
    mutating func beginOverlap(_ reply: Reply, startSample: Int64) {
        if let earlier = reply.utterance, canMerge(reply, startSample: startSample) {
            overlap = Overlap(kind: .merge)
            var continued = earlier
            continued.isSpeaking = true
            continued.runStartSample = startSample
            continued.spokenSamples = 0
            continued.merged = earlier.transcript ?? earlier.merged
            continued.transcript = nil
            continued.completeness = .unknown
            continued.hasFailed = false
            continued.replyFailed = false
            continued.isReplying = false
            continued.isForced = false
            continued.request = nil
            continued.turn = nil
            utterance = continued
            emit(.continueUtterance(fromSample: startSample))
        } else {
            overlap = Overlap(kind: .interruption)
            beginUtterance(at: startSample)
            utterance?.isOverAgent = true
        }
    }

    /// The caller goes on with the same turn: its reply had not been heard when the speech began.
    private func canMerge(_ reply: Reply, startSample: Int64) -> Bool {
        guard let earlier = reply.utterance, !earlier.isForced, !reply.hasApologized else {
            return false
        }
        let start = clock.nanos(of: startSample)
        if let heard = reply.audioStartedNanos,
            start > heard.adding(ms: options.mergeHeardMs)
        {
            return false
        }
        return start <= reply.committedNanos.adding(ms: options.mergeMs)
            && startSample - earlier.startSample < sampleCount(ms: options.utteranceMaxMs)
    }

    /// First stage while the speech lasts: hold playout, and take the turn if it goes on.
    mutating func judgeOverlap(through: Int64, at now: UInt64) {
        guard let overlap, let reply, let current = utterance, current.isSpeaking else { return }
        let run = through - current.runStartSample
        guard now >= reply.interruptibleFromNanos else { return }
        if overlap.isConfirmed {
            confirmOverlap(at: now)
            return
        }
        if !overlap.isHeld, run >= bargeInSamples(reply, at: now) {
            self.overlap?.isHeld = true
            emit(.holdPlayout(turn: reply.turn))
        }
        if current.spokenSamples + run >= sampleCount(ms: options.bargeInConfirmMs) {
            confirmOverlap(at: now)
        }
    }

    private func bargeInSamples(_ reply: Reply, at now: UInt64) -> Int64 {
        guard let started = reply.audioStartedNanos else { return 0 }
        let isEarly = now < started.adding(ms: options.earlyPlayoutMs)
        return sampleCount(
            ms: isEarly ? max(options.bargeInMs, options.bargeInEarlyMs) : options.bargeInMs)
    }

    /// Second stage begins: the sound is over, its words are asked for.
    mutating func pauseOverlap(at now: UInt64) {
        guard let current = utterance, let overlap, !overlap.isConfirmed else { return }
        if current.spokenSamples < sampleCount(ms: options.bargeInMs) {
            dismissOverlap(at: now)
            return
        }
        if current.spokenSamples < sampleCount(ms: options.noiseMs) { releaseHold(at: now) }
        requestVerdict(at: now)
    }

    /// Second stage: the words are known, or are known not to come.
    mutating func judgeWords(at now: UInt64) {
        guard let overlap, let reply, let current = utterance, !overlap.isConfirmed else { return }
        guard current.transcript != nil else {
            dismissOverlap(at: now)
            return
        }
        let spoken = current.words
        let isReal: Bool
        switch overlap.kind {
        case .merge:
            let before = HeardWords.split(current.merged?.text ?? "")
            isReal = spoken.count > before.count
        case .interruption:
            isReal =
                !spoken.isEmpty
                && (isAsked(reply.questionNanos, before: current) || !current.isBackchannel)
                && !HeardWords.isEcho(spoken, of: reply.saidWords, least: options.echoWords)
        }
        if isReal { confirmOverlap(at: now) } else { dismissOverlap(at: now) }
    }

    /// Something had been asked when the caller began to speak, so that "okay" is an answer.
    func isAsked(_ questionNanos: UInt64?, before said: Utterance) -> Bool {
        questionNanos.map { said.startNanos >= $0 } ?? false
    }

    /// It is the caller's turn, once the agent may be interrupted.
    mutating func confirmOverlap(at now: UInt64) {
        guard let confirmed = overlap, let reply else { return }
        guard now >= reply.interruptibleFromNanos else {
            overlap?.isConfirmed = true
            return
        }
        // Once an interruption: the former reply is freed.
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        overlap = nil
        learnFromOverlap(confirmed.kind, reply)
        switch confirmed.kind {
        case .interruption: interrupt(reply)
        case .merge:
            emit(.merge(turn: reply.turn))
            self.reply = nil
        }
        utterance?.isOverAgent = false
        settle(at: now)
    }

    /// The turn had been taken too soon if the caller went on before they can have answered to what
    /// they heard.
    private mutating func learnFromOverlap(_ kind: Overlap.Kind, _ reply: Reply) {
        guard let earlier = reply.utterance, let current = utterance else { return }
        let start = kind == .merge ? current.runStartSample : current.startSample
        if kind == .interruption {
            guard let heard = reply.audioStartedNanos,
                clock.nanos(of: start) < heard.adding(ms: Self.reactionMs)
            else { return }
        }
        pauses.wentOn(afterMs: milliseconds(sampleCount: start - earlier.endSample), wasTaken: true)
    }

    /// Nobody answers to what they hear in less time.
    private static let reactionMs = 400

    mutating func interrupt(_ reply: Reply) {
        bargeIns += 1
        emit(.interrupt(turn: reply.turn))
        self.reply = nil
    }

    /// It was nothing: the agent goes on.
    mutating func dismissOverlap(at now: UInt64) {
        releaseHold(at: now)
        overlap = nil
        dropUtterance()
    }

    /// Lets speech go on while the verdict may still be to come.
    mutating func releaseHold(at now: UInt64) {
        guard let held = overlap, held.isHeld, let turn = reply?.turn else { return }
        overlap?.isHeld = false
        falseBargeIns += 1
        if reply?.waitingSinceNanos != nil { reply?.waitingSinceNanos = now }
        emit(.resumePlayout(turn: turn))
    }
}
