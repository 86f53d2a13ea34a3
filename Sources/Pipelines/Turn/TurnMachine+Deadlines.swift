import Language

// Time: when something is due, and what.

extension TurnMachine {
    /// When ``advance(to:)`` is to be called next; nil if only events can change anything.
    public var nextDeadlineNanos: UInt64? {
        switch phase {
        case .over: return nil
        case .closing: return closeByNanos
        case .live: break
        }
        var next = UInt64.max
        if let limit = limitNanos { next = limit }
        if let utterance { next = min(next, deadline(of: utterance)) }
        if let idle = idleDueNanos { next = min(next, idle) }
        if !digits.isEmpty { next = min(next, lastDigitNanos.adding(ms: options.dtmfGapMs)) }
        if let reply { next = min(next, deadline(of: reply)) }
        return next == .max ? nil : next
    }

    private func deadline(of utterance: Utterance) -> UInt64 {
        if utterance.isSpeaking {
            return clock.arrivalNanos.adding(ms: options.audioStallMs)
        }
        if let overlap {
            if overlap.isConfirmed { return reply?.interruptibleFromNanos ?? .max }
            let verdict =
                utterance.request == nil
                ? UInt64.max : utterance.requestNanos.adding(ms: options.transcriptTimeoutMs)
            return overlap.isHeld
                ? min(verdict, utterance.endNanos.adding(ms: options.resumeAfterMs)) : verdict
        }
        if utterance.request != nil {
            return utterance.requestNanos.adding(ms: options.transcriptTimeoutMs)
        }
        if utterance.transcript == nil, !utterance.hasFailed {
            return transcriptDueNanos(utterance)
        }
        // What lies behind the last look at the pause was found not to be due for another reason.
        var next = UInt64.max
        func consider(_ time: UInt64) { if time > settledNanos { next = min(next, time) } }
        let end = endpointNanos(utterance)
        consider(end)
        consider(end.adding(ms: options.lateAudioMs))
        consider(replyDueNanos(utterance))
        if let again = secondLookNanos(utterance) { consider(again) }
        return next
    }

    private func deadline(of reply: Reply) -> UInt64 {
        guard let waiting = reply.waitingSinceNanos, overlap?.isHeld != true else { return .max }
        let timeout = waiting.adding(ms: options.replyTimeoutMs)
        return min(timeout, fillerDueNanos(reply) ?? .max)
    }

    /// When the caller is told to wait, by the silence that they hear: it began with their last
    /// word. A turn that was taken late gets a moment for its reply all the same.
    private func fillerDueNanos(_ reply: Reply) -> UInt64? {
        guard options.fillerAfterMs > 0, !reply.hasFiller, !reply.hasApologized, reply.turn > 0,
            let waiting = reply.waitingSinceNanos
        else { return nil }
        guard waiting == reply.committedNanos else {
            return waiting.adding(ms: options.fillerAfterMs)
        }
        return max(
            reply.speechEndNanos.adding(ms: options.fillerAfterMs),
            waiting.adding(ms: Self.replyMomentMs))
    }

    /// A reply that was begun beforehand is audible by then.
    private static let replyMomentMs = 100

    /// When the call is long enough; a goodbye that is being said may be finished.
    private var limitNanos: UInt64? {
        let grace = reply?.closing == nil ? 0 : options.goodbyeMs
        return startNanos?.adding(ms: options.callSeconds * 1000 + grace)
    }

    private var idleDueNanos: UInt64? {
        guard isFloorFree, !isSuspended, !isUnheard else { return nil }
        return idleSinceNanos?.adding(ms: isOnHold ? options.holdMs : options.idlePromptMs)
    }

    /// Does what is due by `now`; harmless at any time.
    public mutating func advance(to now: UInt64) {
        switch phase {
        case .over: return
        case .closing(let ending):
            if now >= closeByNanos { end(ending) }
            return
        case .live: break
        }
        if let limit = limitNanos, now >= limit {
            sayGoodbye(at: now)
            return
        }
        advanceUtterance(to: now)
        if !digits.isEmpty, now >= lastDigitNanos.adding(ms: options.dtmfGapMs) {
            commitDigits(at: now)
        }
        advanceReply(to: now)
        if let idle = idleDueNanos, now >= idle { promptIdleCaller(at: now) }
    }

    private mutating func advanceUtterance(to now: UInt64) {
        guard let current = utterance else { return }
        if current.isSpeaking, now >= clock.arrivalNanos.adding(ms: options.audioStallMs) {
            speechPaused(endSample: clock.through, at: now)
            return
        }
        if let id = current.request,
            now >= current.requestNanos.adding(ms: options.transcriptTimeoutMs)
        {
            emit(.cancelTranscript)
            transcriptFailed(id, at: now)
            return
        }
        guard let overlap else {
            settle(at: now)
            return
        }
        if overlap.isConfirmed {
            confirmOverlap(at: now)
        } else if overlap.isHeld, !current.isSpeaking,
            now >= current.endNanos.adding(ms: options.resumeAfterMs)
        {
            releaseHold(at: now)
        }
    }

    private mutating func advanceReply(to now: UInt64) {
        guard let current = reply, let waiting = current.waitingSinceNanos,
            overlap?.isHeld != true
        else { return }
        if now >= waiting.adding(ms: options.replyTimeoutMs) {
            if current.hasApologized { giveUp(at: now) } else { apologize(at: now) }
        } else if let due = fillerDueNanos(current), now >= due {
            reply?.hasFiller = true
            emit(.sayFiller(turn: current.turn))
        }
    }

    private mutating func promptIdleCaller(at now: UInt64) {
        silences += 1
        guard silences <= options.idlePromptsMax else {
            end(.hangUp)
            return
        }
        commitNew(.silence(count: silences), at: now)
    }
}
