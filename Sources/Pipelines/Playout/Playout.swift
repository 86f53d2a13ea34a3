import DSP
import Glibc

/// Learns what becomes of the audio that a ``Playout`` sends. Called on the call's loop.
package protocol PlayoutDelegate: AnyObject {
    /// The first frame of the reply, or the first after a gap, was sent; fillers do not count.
    func playoutBecameAudible(turn: TurnID, at now: UInt64)
    /// The first frame was played, as its mark tells.
    func playoutFirstFrameHeard(turn: TurnID, at now: UInt64)
    /// The first frame of a sentence was sent.
    func playoutBegan(sentence: Int, turn: TurnID, at now: UInt64)
    /// All that there was has been played, and the reply is not at its end.
    func playoutStarved(turn: TurnID, isUnderrun: Bool, at now: UInt64)
    /// The last of the reply has been played, or the reply had nothing to play.
    func playoutHeardAll(turn: TurnID, at now: UInt64)
}

/// Sends a reply's speech ahead of real time by a fixed lead, and knows what of it was heard.
///
/// Nothing is ever further ahead than the lead: at the start the lead goes out at once, then a frame
/// per frame time; when synthesis is late, the schedule moves on with it. Bound to the call's loop.
/// Sending a frame allocates nothing and takes no lock.
package final class Playout {
    package struct Segment {
        var clip: SpeechClip
        /// The sentence of the reply; nil for a filler.
        var sentence: Int?
        /// Position of the clip's first byte in what was sent on this call; nil until sent.
        var streamStart: Int64?
        var isStarted = false
        /// What follows is not said unless all of this was: a reply's sentences are heard in order or
        /// not at all.
        var isNeeded = false

        /// Its synthesis broke off, and what to do about that is not decided yet.
        var stopsReply: Bool { isNeeded && clip.isFailed }
    }

    struct PendingMark {
        var part = 0
        var position: Int64 = 0
        var isFirst = false
    }

    /// The form of all that is sent.
    package let audio: CallAudio
    let frameByteCount: Int
    let frameNanos: UInt64
    let leadNanos: UInt64
    /// Frames are usually sent when a frame of the caller comes; only later does the timer do it.
    let slackNanos: UInt64
    let markByteCount: Int64
    let markGraceNanos: UInt64
    unowned let transport: any ConversationTransport
    package unowned var delegate: (any PlayoutDelegate)?
    /// The reference of an echo canceller, where there is one.
    package var farEnd: (any CallerAudioFilter)?

    package internal(set) var turn: TurnID?
    package internal(set) var segments: [Segment] = []
    package internal(set) var isHeld = false
    package internal(set) var underrunCount = 0
    package internal(set) var framesSent = 0
    /// No more segments will come.
    var isComplete = false
    /// The next byte to send.
    var cursor = 0
    var offset = 0
    /// The reply is being heard, as opposed to not yet begun or starved.
    var isAudible = false
    var hasSentFrame = false
    /// Something is ahead in the other side's buffer, or may be.
    var hasUnheard = false
    var isFlushed = false

    /// Bytes sent on this call, and when the last of them will have been played.
    var sentPosition: Int64 = 0
    var playEndNanos: UInt64 = 0
    var heardMark: Int64 = 0
    var lastMarkPosition: Int64 = 0
    var lastPart = 0
    var pending: [PendingMark]
    var pendingHead = 0
    var pendingCount = 0
    /// The least delay of a returning mark, in bytes, and by how much the last one was later.
    var markLagLeast = Int64.max
    var markShift: Int64 = 0

    /// The mean square of the loudest 10 ms of this reply.
    private var loudestSquare: Float = 0
    /// How loud the loudest 10 ms of this reply were.
    package private(set) var peakDBFS: Float = -90

    private let frame: UnsafeMutableBufferPointer<UInt8>
    private let frameSamples: UnsafeMutableBufferPointer<Int16>
    /// To the rate that the far end is told of.
    private let farEndConverter: ListeningConverter
    let searchBuffer: UnsafeMutableBufferPointer<UInt8>
    let searchSamples: UnsafeMutableBufferPointer<Int16>

    package init(
        audio: CallAudio, frameMs: Int, leadMs: Int, markMs: Int, markGraceMs: Int,
        transport: any ConversationTransport
    ) {
        precondition(frameMs > 0 && leadMs >= frameMs, "the lead holds at least one frame")
        self.audio = audio
        frameByteCount = audio.byteCount(ms: frameMs)
        frameNanos = UInt64(frameMs) * 1_000_000
        leadNanos = UInt64(leadMs) * 1_000_000
        slackNanos = leadMs >= 4 * frameMs ? UInt64(frameMs) * 1_000_000 : 0
        markByteCount = Int64(audio.byteCount(ms: markMs))
        markGraceNanos = UInt64(markGraceMs) * 1_000_000
        self.transport = transport
        frame = .allocate(capacity: frameByteCount)
        frameSamples = .allocate(capacity: audio.sampleCount(ms: frameMs))
        farEndConverter = ListeningConverter(audio, sampleCountMax: frameSamples.count)
        let searchedMs = max(Self.quietSearchMs, Self.tailMs)
        searchBuffer = .allocate(capacity: audio.byteCount(ms: searchedMs))
        searchSamples = .allocate(capacity: audio.sampleCount(ms: searchedMs))
        pending = Array(repeating: PendingMark(), count: 64)
        segments.reserveCapacity(16)
    }

    deinit {
        frame.deallocate()
        frameSamples.deallocate()
        searchBuffer.deallocate()
        searchSamples.deallocate()
    }

    // MARK: - What to play

    /// A new reply, of which nothing is there yet.
    package func begin(turn: TurnID) {
        self.turn = turn
        segments.removeAll(keepingCapacity: true)
        isHeld = false
        isComplete = false
        cursor = 0
        offset = 0
        isAudible = false
        hasSentFrame = false
        hasUnheard = false
        isFlushed = false
        markShift = 0
        loudestSquare = 0
        peakDBFS = -90
    }

    /// Appends a sentence, complete or still growing. When the synthesis of one that is needed breaks
    /// off, the reply stops there until ``dropUnbegun()``.
    package func append(_ clip: SpeechClip, sentence: Int, isNeeded: Bool = true) {
        segments.append(Segment(clip: clip, sentence: sentence, isNeeded: isNeeded))
    }

    /// Puts a filler before whatever was not begun.
    package func insertFiller(_ clip: SpeechClip) {
        let isBegun = cursor < segments.count && segments[cursor].isStarted
        segments.insert(
            Segment(clip: clip), at: isBegun ? cursor + 1 : min(cursor, segments.count))
    }

    /// No more sentences will come.
    package func complete() { isComplete = true }

    /// Forgets the sentences that were not begun; more may be appended.
    package func dropUnbegun() {
        let isBegun = cursor < segments.count && segments[cursor].isStarted
        let keep = min(segments.count, isBegun ? cursor + 1 : cursor)
        segments.removeSubrange(keep...)
        // What there is of it is all that will be heard.
        if let last = segments.indices.last { segments[last].isNeeded = false }
        isComplete = false
    }

    /// Speech that was sent is, by the clock, still being played.
    package func isPlaying(at now: UInt64) -> Bool { playEndNanos > now }

    // MARK: - Sending

    /// When ``pump(at:)`` is to be called at the latest; nil if only new audio or a mark can change
    /// anything.
    package var nextDeadlineNanos: UInt64? {
        guard turn != nil, !isHeld, !isFlushed else { return nil }
        if cursor >= segments.count, isComplete {
            return hasSentFrame ? playEndNanos + markGraceNanos : 0
        }
        let ready = available()
        if ready.isFull || (ready.count > 0 && ready.isLast && isComplete) {
            let due = playEndNanos + frameNanos
            return due > leadNanos ? due - leadNanos + slackNanos : 0
        }
        if ready.count > 0 { return playEndNanos > frameNanos ? playEndNanos - frameNanos : 0 }
        return isAudible ? playEndNanos : nil
    }

    /// Sends what is due by `now`.
    package func pump(at now: UInt64) {
        guard let turn, !isHeld, !isFlushed else { return }
        var isCorked = false
        while max(playEndNanos, now) + frameNanos <= now + leadNanos {
            skipEmptySegments(turn: turn)
            let ready = available()
            guard
                ready.isFull
                    || (ready.count > 0
                        && ((ready.isLast && isComplete) || playEndNanos <= now + frameNanos))
            else { break }
            if !isCorked {
                transport.cork()
                isCorked = true
            }
            sendFrame(byteCount: ready.count, turn: turn, at: now)
        }
        if isCorked { transport.uncork() }
        skipEmptySegments(turn: turn)
        checkEnd(turn: turn, at: now)
    }

    private func checkEnd(turn: TurnID, at now: UInt64) {
        if cursor >= segments.count, isComplete {
            let isHeard =
                !hasSentFrame || heardMark >= sentPosition || now >= playEndNanos + markGraceNanos
            if isHeard {
                isFlushed = true
                hasUnheard = false
                delegate?.playoutHeardAll(turn: turn, at: now)
            }
        } else if isAudible, playEndNanos <= now {
            isAudible = false
            let isUnderrun = cursor < segments.count
            if isUnderrun { underrunCount += 1 }
            delegate?.playoutStarved(turn: turn, isUnderrun: isUnderrun, at: now)
        }
    }

    /// Bytes that can go into the next frame; only the end of a clip that is complete may leave a
    /// frame partly empty.
    private func available() -> (count: Int, isFull: Bool, isLast: Bool) {
        var count = 0
        var index = cursor
        var from = offset
        while index < segments.count {
            let clip = segments[index].clip
            // Asked before the length: what was appended last is seen with the end.
            let isDone = clip.isDone
            let length = clip.byteCount - from
            if count + length >= frameByteCount { return (frameByteCount, true, false) }
            guard isDone else { return (count, false, false) }
            count += length
            if segments[index].stopsReply { return (count, false, false) }
            index += 1
            from = 0
        }
        return (count, false, true)
    }

    private func skipEmptySegments(turn: TurnID) {
        while cursor < segments.count {
            let clip = segments[cursor].clip
            guard clip.isDone, offset >= clip.byteCount, !segments[cursor].stopsReply else {
                return
            }
            // The end came after the last byte had been sent.
            if offset > 0, lastMarkPosition < sentPosition {
                sendMark(turn: turn, sentence: segments[cursor].sentence ?? 0, isFirst: false)
            }
            cursor += 1
            offset = 0
        }
    }

    private func sendFrame(byteCount: Int, turn: TurnID, at now: UInt64) {
        guard let base = frame.baseAddress else { return }
        let sentence = segments[cursor].sentence ?? 0
        var isSentenceEnd = false
        var isSpeech = false
        var filled = 0
        while filled < byteCount, cursor < segments.count {
            let clip = segments[cursor].clip
            let isDone = clip.isDone
            if segments[cursor].streamStart == nil {
                segments[cursor].streamStart = sentPosition + Int64(filled - offset)
            }
            let target = UnsafeMutableBufferPointer(
                start: base + filled, count: byteCount - filled)
            let length = clip.read(from: offset, into: target)
            filled += length
            offset += length
            if segments[cursor].sentence != nil, length > 0 { isSpeech = true }
            if !segments[cursor].isStarted, length > 0 { began(cursor, turn: turn, at: now) }
            guard isDone, offset >= clip.byteCount, !segments[cursor].stopsReply else { break }
            isSentenceEnd = true
            cursor += 1
            offset = 0
        }
        (base + filled).update(repeating: audio.silenceByte, count: frameByteCount - filled)
        let whole = UnsafeBufferPointer(frame)
        transport.sendMedia(whole)
        audio.decode(whole, into: frameSamples)
        if let farEnd {
            farEnd.played(UnsafeBufferPointer(farEndConverter.converted(frameSamples)))
        }
        measure()
        framesSent += 1
        playEndNanos = max(playEndNanos, now) + frameNanos
        sentPosition += Int64(frameByteCount)
        hasUnheard = true
        let isFirst = !hasSentFrame
        hasSentFrame = true
        if isFirst || isSentenceEnd || sentPosition - lastMarkPosition >= markByteCount {
            sendMark(turn: turn, sentence: sentence, isFirst: isFirst)
        }
        if isSpeech, !isAudible {
            isAudible = true
            delegate?.playoutBecameAudible(turn: turn, at: now)
        }
    }

    private func measure() {
        let window = audio.sampleCount(ms: 10)
        var from = 0
        while from < frameSamples.count {
            let count = min(window, frameSamples.count - from)
            var sum: Float = 0
            for index in from..<from + count {
                let sample = Float(frameSamples[index])
                sum += sample * sample
            }
            from += count
            guard sum / Float(count) > loudestSquare else { continue }
            loudestSquare = sum / Float(count)
            peakDBFS = 10 * log10(loudestSquare) - 90.31
        }
    }

    private func began(_ index: Int, turn: TurnID, at now: UInt64) {
        segments[index].isStarted = true
        guard let sentence = segments[index].sentence else { return }
        delegate?.playoutBegan(sentence: sentence, turn: turn, at: now)
    }
}

extension SpeechClip {
    /// Nothing more will be appended.
    var isDone: Bool { isFinished || isFailed }
}
