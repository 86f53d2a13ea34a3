import DSP

// Where speech goes on after it was stopped for nothing.

extension Playout {
    /// How far speech goes back to find a pause to resume in, in bytes.
    static let quietSearchByteCount = 2400
    /// A word with less left than this is spoken to its end rather than said again, in bytes.
    static let tailByteCount = 800
    private static let window = 80
    /// The sum of a window that is nearly silent: −54 dBFS.
    private static let silentSum = window * 64

    /// Goes on near the point where ``hold(at:)`` stopped: from the pause before the word, or in the
    /// word where little of it is left.
    package func resume(at now: UInt64) {
        guard turn != nil, isHeld else { return }
        isHeld = false
        if cursor < segments.count {
            offset = resumptionOffset(in: segments[cursor].clip, stoppedAt: offset)
            segments[cursor].streamStart =
                segments[cursor].isStarted ? sentPosition - Int64(offset) : nil
        } else {
            // All of it was heard before the clear.
            heardMark = sentPosition
        }
        isAudible = false
        markShift = 0
        pump(at: now)
    }

    private func resumptionOffset(in clip: SpeechClip, stoppedAt offset: Int) -> Int {
        let quiet = quietOffset(of: clip, before: offset)
        let back = offset - quiet
        guard back > 0, let ahead = tailCount(of: clip, after: offset), ahead * 3 < back else {
            return quiet
        }
        return offset
    }

    /// The bytes from `offset` to where the word ends in near silence; nil where that is not close.
    private func tailCount(of clip: SpeechClip, after offset: Int) -> Int? {
        let target = UnsafeMutableBufferPointer(rebasing: searchBuffer[..<Self.tailByteCount])
        let count = clip.read(from: offset, into: target)
        var from = 0
        while from + Self.window <= count {
            if windowSum(at: from) < Self.silentSum { return from }
            from += Self.window / 2
        }
        return count < Self.tailByteCount && clip.isDone ? count : nil
    }

    /// The quiet place in the last 300 ms before `offset`: the latest that is nearly silent, else the
    /// quietest. Starting there repeats a sound rather than cutting one.
    private func quietOffset(of clip: SpeechClip, before offset: Int) -> Int {
        let start = max(0, offset - Self.quietSearchByteCount)
        let target = UnsafeMutableBufferPointer(rebasing: searchBuffer[..<(offset - start)])
        let count = clip.read(from: start, into: target)
        guard start > 0 || count >= Self.window else { return start }
        var quietest = Int.max
        var found = count
        var from = count - Self.window
        while from >= 0 {
            let sum = windowSum(at: from)
            if sum < Self.silentSum { return start + from }
            if sum < quietest {
                quietest = sum
                found = from
            }
            from -= Self.window / 2
        }
        // Near the beginning, the beginning is as good a place.
        return start == 0 ? 0 : start + found
    }

    private func windowSum(at from: Int) -> Int {
        var sum = 0
        for index in from..<from + Self.window {
            sum += abs(Int(G711.decodeMuLaw(searchBuffer[index])))
        }
        return sum
    }
}
