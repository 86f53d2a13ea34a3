import DSP

/// A stretch of silence inside a reply: what had come was played before more of it came.
public struct PlaybackGap: Sendable, Equatable {
    /// The first sample that had nothing to play.
    public var startSample: Int64
    public var sampleCount: Int64

    public init(startSample: Int64, sampleCount: Int64) {
        self.startSample = startSample
        self.sampleCount = sampleCount
    }

    /// How long it is.
    public var milliseconds: Double { Double(sampleCount) / 8 }
}

/// Twilio's side of the audio that we send: a buffer that plays in real time from when audio comes,
/// returns marks when what was before them has played, and forgets everything on `clear`.
///
/// No I/O and no clock: every function takes the time, which must not go back. Allocates only for
/// mark names of more than 15 bytes, and when more marks wait than ever before. Not thread-safe.
public struct PlaybackBuffer {
    /// How long after the buffer ran dry new audio still counts as the same reply, and the silence
    /// between as a gap, in samples.
    public let gapSampleMax: Int64

    /// Bytes of audio that have come.
    public private(set) var receivedByteCount: Int64 = 0
    /// Bytes thrown away by `clear` before they were played.
    public private(set) var clearedByteCount: Int64 = 0
    /// The most that ever waited, in samples: how far ahead of real time the sender was.
    public private(set) var bufferedSampleMax: Int64 = 0
    /// The least that waited when more came, in samples, while a reply was under way and its first
    /// 400 ms had been played: how near the buffer came to running dry. 0 when it did;
    /// nil before there was anything to see.
    public private(set) var slackSampleMin: Int64?
    /// How many gaps there were, those that no longer fit into `gaps` included.
    public private(set) var gapCount = 0
    /// The first gaps, at most 64.
    public private(set) var gaps: [PlaybackGap] = []
    /// What was played, µ-law, from sample 0 on; silence where nothing was. Ends with the last
    /// sample played or waiting. Empty when nothing is recorded.
    public var recording: ArraySlice<UInt8> { recorded[..<min(recordedCount, recorded.count)] }

    private struct PendingMark {
        var name: String
        var sample: Int64
    }

    private let clock: SampleClock
    private var marks: [PendingMark] = []
    private var firstMark = 0
    private var recorded: [UInt8]
    private var recordedCount = 0
    /// Where the audio that waits ends; what is now or before means that nothing waits.
    private var endSample: Int64 = 0
    /// Where the audio played without a break began.
    private var runStartSample: Int64 = 0
    private var isReplyOpen = false

    private static let gapsKept = 64
    /// A sender builds its lead up at the start of a reply: what waits then says nothing.
    private static let settlingSamples: Int64 = 3200

    /// - Parameters:
    ///   - gapMs: silence of up to this long between two pieces of audio is a gap inside a reply;
    ///     longer, it is the end of one reply and the beginning of the next.
    ///   - recordedSecondsMax: how much is recorded, 0 for nothing. Takes 8000 bytes a second, now.
    public init(clock: SampleClock, gapMs: Int = 400, recordedSecondsMax: Int = 0) {
        self.clock = clock
        gapSampleMax = Int64(gapMs) * 8
        recorded = [UInt8](repeating: G711.muLawSilence, count: recordedSecondsMax * 8000)
        marks.reserveCapacity(64)
        gaps.reserveCapacity(Self.gapsKept)
    }

    /// True when something is being played at that time.
    public func isPlaying(atNanos nanos: UInt64) -> Bool {
        endSample > clock.sample(atNanos: nanos)
    }

    /// Samples that wait to be played at that time.
    public func bufferedSampleCount(atNanos nanos: UInt64) -> Int64 {
        max(0, endSample - clock.sample(atNanos: nanos))
    }

    /// Samples played without a break up to that time; 0 while nothing plays.
    public func playedRunSampleCount(atNanos nanos: UInt64) -> Int64 {
        isPlaying(atNanos: nanos) ? clock.sample(atNanos: nanos) - runStartSample : 0
    }

    /// The first sample after the last one that was, or will be, played.
    public var playedEndSample: Int64 { endSample }

    /// Audio has come.
    public mutating func append(_ audio: UnsafeRawBufferPointer, atNanos nanos: UInt64) {
        guard audio.count > 0 else { return }
        let now = clock.sample(atNanos: nanos)
        if endSample <= now {
            let missing = now - endSample
            if isReplyOpen, missing > 0, missing <= gapSampleMax {
                gapCount += 1
                slackSampleMin = 0
                if gaps.count < Self.gapsKept {
                    gaps.append(PlaybackGap(startSample: endSample, sampleCount: missing))
                }
            }
            if !isReplyOpen || missing > 0 { runStartSample = now }
            endSample = now
        } else if isReplyOpen, now - runStartSample >= Self.settlingSamples {
            slackSampleMin = min(slackSampleMin ?? .max, endSample - now)
        }
        isReplyOpen = true
        record(audio, at: endSample)
        endSample += Int64(audio.count)
        receivedByteCount += Int64(audio.count)
        bufferedSampleMax = max(bufferedSampleMax, endSample - now)
    }

    /// A mark has come; it returns by `advance` when what was sent before it has played.
    public mutating func appendMark(_ name: String, atNanos nanos: UInt64) {
        let now = clock.sample(atNanos: nanos)
        if firstMark > 0, marks.count == marks.capacity {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
        marks.append(PendingMark(name: name, sample: max(now, endSample)))
    }

    /// Calls `returned` with every mark that is due, oldest first.
    public mutating func advance(toNanos nanos: UInt64, returned: (String) -> Void) {
        let now = clock.sample(atNanos: nanos)
        while firstMark < marks.count, marks[firstMark].sample <= now {
            returned(marks[firstMark].name)
            dropFirstMark()
        }
    }

    /// When the next mark is due; nil when none waits.
    public var nextMarkNanos: UInt64? {
        firstMark < marks.count ? clock.nanos(ofSample: marks[firstMark].sample) : nil
    }

    /// Forgets what has not been played, and returns every waiting mark at once.
    public mutating func clear(atNanos nanos: UInt64, returned: (String) -> Void) {
        let now = clock.sample(atNanos: nanos)
        if endSample > now {
            clearedByteCount += endSample - now
            erase(from: now)
            endSample = now
        }
        isReplyOpen = false
        while firstMark < marks.count {
            returned(marks[firstMark].name)
            dropFirstMark()
        }
    }

    /// The reply is over as far as gaps go: a pause before the next audio is none, however short.
    public mutating func endReply() { isReplyOpen = false }

    private mutating func dropFirstMark() {
        firstMark += 1
        if firstMark == marks.count {
            marks.removeAll(keepingCapacity: true)
            firstMark = 0
        }
    }

    private mutating func record(_ audio: UnsafeRawBufferPointer, at sample: Int64) {
        let start = Int(sample)
        guard start < recorded.count else { return }
        let count = min(audio.count, recorded.count - start)
        recorded.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: audio[..<count]))
        }
        recordedCount = max(recordedCount, start + count)
    }

    private mutating func erase(from sample: Int64) {
        let start = Int(min(sample, Int64(recordedCount)))
        for index in start..<recordedCount { recorded[index] = G711.muLawSilence }
        recordedCount = start
    }
}
