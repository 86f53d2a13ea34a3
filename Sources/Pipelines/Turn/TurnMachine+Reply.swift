import Language

// The agent's side: what becomes of a reply, and what happens when it does not come.

extension TurnMachine {
    /// The first audio of the reply itself, not of a filler, was sent, or went on after a gap.
    public mutating func replyAudible(turn: TurnID, at now: UInt64) {
        guard reply?.turn == turn else { return }
        reply?.waitingSinceNanos = nil
        if reply?.audioStartedNanos == nil { reply?.audioStartedNanos = now }
    }

    /// All that there was of the reply has been played and more is to come.
    public mutating func replyStarved(turn: TurnID, at now: UInt64) {
        guard reply?.turn == turn, reply?.waitingSinceNanos == nil else { return }
        reply?.waitingSinceNanos = now
    }

    /// The agent began to say `text`, which the caller hears from `start` on. What is protected, such
    /// as a legal notice, cannot be interrupted by voice.
    public mutating func sentenceStarted(
        turn: TurnID, text: String, isProtected: Bool = false, heardFrom start: UInt64 = 0
    ) {
        guard reply?.turn == turn else { return }
        if text.contains("?") {
            if reply?.questionNanos == nil { reply?.questionNanos = start }
            asked = AnswerExpectation(askedBy: text)
        } else if reply?.hasBegun == false {
            asked = .free
        }
        reply?.hasBegun = true
        if isProtected {
            reply?.interruptibleFromNanos = .max
        } else if reply?.interruptibleFromNanos == .max {
            reply?.interruptibleFromNanos = start
        }
        noteSaid(text)
    }

    /// More became known of what the agent is saying: `text` is all of it, `new` what was not told of
    /// before; heard from `start` on.
    public mutating func sentenceWentOn(
        turn: TurnID, text: String, new: String, heardFrom start: UInt64
    ) {
        guard reply?.turn == turn else { return }
        if new.contains("?") {
            if reply?.questionNanos == nil { reply?.questionNanos = start }
            asked = AnswerExpectation(askedBy: text)
        }
        noteSaid(new)
    }

    private mutating func noteSaid(_ text: String) {
        guard options.echoWords > 0 else { return }
        let said = (reply?.saidWords ?? []) + HeardWords.split(text)
        reply?.saidWords = Array(said.suffix(60))
    }

    /// The dialogue wants the call to end when the reply has been heard.
    public mutating func replyCloses(turn: TurnID, _ ending: ConversationEnding) {
        guard reply?.turn == turn else { return }
        reply?.closing = ending
    }

    /// The dialogue or the synthesis broke off. A speculative reply is tried again at the end of the
    /// turn; for a committed one the caller gets an apology.
    public mutating func replyFailed(turn: TurnID, at now: UInt64) {
        guard isLive else { return }
        if let paused = utterance, paused.isReplying, paused.turn == turn {
            emit(.discardReply(turn: turn))
            utterance?.isReplying = false
            utterance?.replyFailed = true
            return
        }
        guard let failed = reply, failed.turn == turn else { return }
        if failed.hasApologized { return }
        apologize(at: now)
    }

    /// The last word of the reply was heard.
    public mutating func replyHeard(turn: TurnID, at now: UInt64) {
        guard let heard = reply, heard.turn == turn else { return }
        if case .closing(let ending) = phase {
            end(ending)
            return
        }
        if !heard.hasApologized { failures = 0 }
        reply = nil
        finishedQuestionNanos = heard.questionNanos
        idleSinceNanos = now
        if let ending = heard.closing {
            dropUtterance()
            end(ending)
            return
        }
        releaseOverlap(at: now)
    }

    /// The agent has finished, so what the caller is saying is a turn like any other.
    private mutating func releaseOverlap(at now: UInt64) {
        guard let ended = overlap else { return }
        overlap = nil
        if ended.kind == .merge, let current = utterance {
            dropSpeculation()
            beginUtterance(at: current.runStartSample)
            utterance?.isSpeaking = current.isSpeaking
            utterance?.endSample = current.endSample
            utterance?.endNanos = current.endNanos
            utterance?.spokenSamples = current.spokenSamples
        }
        settle(at: now)
    }

    mutating func apologize(at now: UInt64) {
        guard let turn = reply?.turn else { return }
        failures += 1
        reply?.hasApologized = true
        if reply?.waitingSinceNanos != nil { reply?.waitingSinceNanos = now }
        if failures >= options.failuresMax { reply?.closing = .failed }
        emit(.apologize(turn: turn))
    }

    mutating func giveUp(at now: UInt64) {
        guard let given = reply else { return }
        emit(.giveUp(turn: given.turn))
        reply = nil
        if let ending = given.closing {
            end(ending)
            return
        }
        idleSinceNanos = now
        releaseOverlap(at: now)
    }

    mutating func end(_ ending: ConversationEnding) {
        phase = .over
        emit(.end(ending))
    }

    /// The call has lasted long enough.
    mutating func sayGoodbye(at now: UInt64) {
        dropUtterance()
        overlap = nil
        digits = ""
        if let reply { emit(.cutOff(turn: reply.turn)) }
        lastTurn += 1
        phase = .closing(.timeLimit)
        closeByNanos = now.adding(ms: options.goodbyeMs)
        reply = Reply(turn: lastTurn, committedNanos: now, speechEndNanos: now)
        emit(.sayGoodbye(turn: lastTurn))
    }

    /// The caller speaks, and nobody can tell what: says so, and ends the call.
    mutating func failUnheard(turn: TurnID, speechEndNanos: UInt64, at now: UInt64) {
        var last = Reply(turn: turn, committedNanos: now, speechEndNanos: speechEndNanos)
        last.waitingSinceNanos = now
        last.hasApologized = true
        last.closing = .failed
        reply = last
        idleSinceNanos = nil
        emit(.sayFailure(turn: turn))
    }

    /// After a sound that was nothing, the caller is as silent as before.
    mutating func resumeIdling(at now: UInt64) {
        if reply == nil, idleSinceNanos == nil { idleSinceNanos = now }
    }
}
