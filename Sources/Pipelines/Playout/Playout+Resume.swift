import DSP

// Where speech goes on after it was stopped for nothing.

extension Playout {
    /// How far speech goes back to find a pause to resume in.
    static let quietSearchMs = 300
    /// A word with less left than this is spoken to its end rather than said again.
    static let tailMs = 100
    /// A sample of a window that is nearly silent, on average: −54 dBFS.
    private static let silentSample = 64

    /// What is looked at in one piece, in samples.
    private var window: Int { audio.sampleCount(ms: 10) }

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
        let wanted = audio.byteCount(ms: Self.tailMs)
        let count = search(clip, from: offset, byteCount: wanted)
        var from = 0
        while from + window <= count {
            if windowSum(at: from) < window * Self.silentSample {
                return from * audio.bytesPerSample
            }
            from += window / 2
        }
        let found = count * audio.bytesPerSample
        return found < wanted && clip.isDone ? found : nil
    }

    /// The quiet place in the last 300 ms before `offset`: the latest that is nearly silent, else the
    /// quietest. Starting there repeats a sound rather than cutting one.
    private func quietOffset(of clip: SpeechClip, before offset: Int) -> Int {
        let start = max(0, offset - audio.byteCount(ms: Self.quietSearchMs))
        let count = search(clip, from: start, byteCount: offset - start)
        guard start > 0 || count >= window else { return start }
        var quietest = Int.max
        var found = count
        var from = count - window
        while from >= 0 {
            let sum = windowSum(at: from)
            if sum < window * Self.silentSample { return start + from * audio.bytesPerSample }
            if sum < quietest {
                quietest = sum
                found = from
            }
            from -= window / 2
        }
        // Near the beginning, the beginning is as good a place.
        return start == 0 ? 0 : start + found * audio.bytesPerSample
    }

    /// Lays a piece of a clip open to ``windowSum(at:)``; returns how many samples there were.
    private func search(_ clip: SpeechClip, from offset: Int, byteCount: Int) -> Int {
        let target = UnsafeMutableBufferPointer(rebasing: searchBuffer[..<byteCount])
        let count = clip.read(from: offset, into: target)
        return audio.decode(UnsafeBufferPointer(rebasing: target[..<count]), into: searchSamples)
    }

    private func windowSum(at from: Int) -> Int {
        var sum = 0
        for index in from..<from + window { sum += abs(Int(searchSamples[index])) }
        return sum
    }
}
