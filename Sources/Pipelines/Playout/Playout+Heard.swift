// What was heard: marks and the clock; and stopping.

extension Playout {
    /// By how much marks come back now sooner, now later over a usual network.
    private static let usualMarkSpreadMs = 60

    // MARK: - Marks

    func sendMark(turn: TurnID, sentence: Int, isFirst: Bool) {
        guard pendingCount < pending.count else { return }
        lastPart += 1
        lastMarkPosition = sentPosition
        pending[(pendingHead + pendingCount) % pending.count] = PendingMark(
            part: lastPart, position: sentPosition, isFirst: isFirst)
        pendingCount += 1
        transport.sendMark(MarkName(turn: turn, sentence: sentence, part: lastPart))
    }

    /// A mark has come back. One that was pending when the buffer was cleared tells nothing.
    package func markReturned(_ name: MarkName, at now: UInt64) {
        guard pendingCount > 0, name.part >= pending[pendingHead].part, name.part <= lastPart,
            let turn
        else { return }
        var isFirst = false
        while pendingCount > 0, pending[pendingHead].part <= name.part {
            isFirst = isFirst || pending[pendingHead].isFirst
            heardMark = pending[pendingHead].position
            pendingHead = (pendingHead + 1) % pending.count
            pendingCount -= 1
        }
        let lag = clockPosition(at: now) - heardMark
        markLagLeast = min(markLagLeast, lag)
        // A mark that is much later than the quickest one: the other side plays later than reckoned.
        let isLate = lag - markLagLeast > Int64(audio.byteCount(ms: Self.usualMarkSpreadMs))
        markShift = isLate ? lag - markLagLeast : 0
        if isFirst { delegate?.playoutFirstFrameHeard(turn: turn, at: now) }
        pump(at: now)
    }

    /// The position that is being played, if the other side never had to wait for audio; beyond
    /// what was sent once all has been played.
    private func clockPosition(at now: UInt64) -> Int64 {
        let ahead = Int64(playEndNanos) - Int64(now)
        return sentPosition - audio.byteCount(nanos: ahead)
    }

    // MARK: - The heard cursor

    /// The position up to which the caller has heard what was sent.
    private func heardPosition(at now: UInt64) -> Int64 {
        min(sentPosition, max(heardMark, clockPosition(at: now) - markShift))
    }

    /// The segment that is being heard and how many of its bytes have been.
    package func heard(at now: UInt64) -> (segment: Int, byteCount: Int) {
        isHeld ? (cursor, offset) : locate(heardPosition(at: now))
    }

    private func locate(_ position: Int64) -> (segment: Int, byteCount: Int) {
        for index in segments.indices.reversed() {
            guard let start = segments[index].streamStart, start <= position else { continue }
            let count = Int(position - start)
            let clip = segments[index].clip
            let isDone = clip.isDone
            let length = clip.byteCount
            // Beyond its end lies the silence that filled up the frame.
            return count >= length && isDone ? (index + 1, 0) : (index, min(count, length))
        }
        return (0, 0)
    }

    // MARK: - Barge-in

    /// Stops at once and clears what was sent ahead; where the caller heard it stop is kept.
    package func hold(at now: UInt64) {
        guard turn != nil, !isHeld, !isFlushed else { return }
        let heard = heard(at: now)
        clear(at: now)
        isHeld = true
        cursor = heard.segment
        offset = heard.byteCount
        for index in segments.indices where index > cursor { segments[index].streamStart = nil }
    }

    /// The reply is over; what was sent ahead is cleared.
    package func cancel(at now: UInt64) {
        guard turn != nil else { return }
        if !isHeld { clear(at: now) }
        turn = nil
        isHeld = false
        segments.removeAll(keepingCapacity: true)
    }

    private func clear(at now: UInt64) {
        if hasUnheard {
            transport.sendClear()
            farEnd?.playoutCleared()
        }
        hasUnheard = false
        pendingHead = 0
        pendingCount = 0
        playEndNanos = min(playEndNanos, now)
    }
}
