// What is true after every event.

extension Playout {
    /// The first invariant that does not hold, in words; nil when all do. Allocates nothing then.
    package func checkInvariants(at now: UInt64) -> String? {
        brokenCursor ?? brokenMarks ?? brokenTimes(at: now)
    }

    /// What is wrong with the other side's marks, if anything: nothing can have been heard before it
    /// can have been played.
    package func checkPeer(at now: UInt64) -> String? {
        let ahead = Int64(playEndNanos) - Int64(now)
        guard turn != nil, ahead > 0 else { return nil }
        let playable = sentPosition - audio.byteCount(nanos: ahead)
        // A frame is sent at a moment, and played from the next byte on.
        return heardMark > playable + Int64(frameByteCount)
            ? "playout: heard before it can have been played" : nil
    }

    private var brokenCursor: String? {
        if turn == nil, !segments.isEmpty { return "playout: speech of no reply" }
        guard turn != nil else { return nil }
        for segment in segments where segment.clip.audio != audio {
            return "playout: speech in another form than the call's"
        }
        if cursor < 0 || cursor > segments.count { return "playout: beyond the last sentence" }
        if cursor == segments.count {
            if offset != 0 { return "playout: inside no sentence" }
        } else if offset < 0 || offset > segments[cursor].clip.byteCount {
            return "playout: beyond what was synthesised"
        }
        if isFlushed, !isComplete || cursor < segments.count {
            return "playout: heard to the end before the end was known"
        }
        return nil
    }

    private var brokenMarks: String? {
        if pendingCount < 0 || pendingCount > pending.count {
            return "playout: more marks than fit"
        }
        if heardMark > sentPosition { return "playout: more was heard than sent" }
        if lastMarkPosition > sentPosition { return "playout: a mark beyond what was sent" }
        var before = heardMark
        for index in 0..<pendingCount {
            let mark = pending[(pendingHead + index) % pending.count]
            if mark.position < before { return "playout: marks out of order" }
            before = mark.position
        }
        return before > sentPosition ? "playout: a mark beyond what was sent" : nil
    }

    private func brokenTimes(at now: UInt64) -> String? {
        if playEndNanos > now + leadNanos { return "playout: further ahead than the lead" }
        if isHeld, hasUnheard { return "playout: held, and something is still ahead" }
        return nil
    }
}
