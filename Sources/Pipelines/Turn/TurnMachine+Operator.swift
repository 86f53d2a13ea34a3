// What comes from neither caller nor dialogue: an operator, a page, another program.

extension TurnMachine {
    /// Nobody has the floor: something may be said that answers nobody.
    package var isFloorFree: Bool { isLive && reply == nil && utterance == nil && digits.isEmpty }

    /// Begins a reply that answers nobody, while ``isFloorFree``; it can be interrupted like any other.
    /// - Returns: its number.
    package mutating func announce(at now: UInt64) -> TurnID {
        precondition(isFloorFree, "an announcement while somebody has the floor")
        lastTurn += 1
        var announced = Reply(turn: lastTurn, committedNanos: now, speechEndNanos: now)
        announced.waitingSinceNanos = now
        // Nobody waits for an answer, so nobody is told to wait.
        announced.hasFiller = true
        reply = announced
        idleSinceNanos = nil
        return lastTurn
    }

    /// From now on nobody answers: the reply under way is cut off, what the caller was saying is
    /// forgotten, and what they say and key is let pass. Harmless when it is so already.
    package mutating func suspend(at now: UInt64) {
        guard isLive, !isSuspended else { return }
        isSuspended = true
        dropUtterance()
        overlap = nil
        digits = ""
        droppedKeysOfNumber = 0
        if let reply { emit(.cutOff(turn: reply.turn)) }
        reply = nil
        idleSinceNanos = now
    }

    /// The caller is answered again; they are given as long as ever before they are asked. What they
    /// are saying at this moment counts from here on.
    package mutating func resume(at now: UInt64) {
        guard isSuspended else { return }
        isSuspended = false
        isOnHold = false
        silences = 0
        guard isLive else { return }
        emit(.endUtterance)
        if reply == nil { idleSinceNanos = now }
    }

    /// The caller cannot be heard, or can again.
    package mutating func setUnheard(_ isUnheard: Bool, at now: UInt64) {
        guard self.isUnheard != isUnheard else { return }
        self.isUnheard = isUnheard
        if idleSinceNanos != nil { idleSinceNanos = now }
    }

    /// The call is over, whatever was going on.
    package mutating func finish(_ ending: ConversationEnding) {
        guard !isOver else { return }
        end(ending)
    }
}
