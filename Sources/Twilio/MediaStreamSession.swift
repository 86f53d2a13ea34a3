import Realtime
import Wire

/// The event that a received frame is for the call.
public enum MediaStreamEvent: Sendable, Equatable {
    /// The protocol's greeting; nothing to do.
    case connected(StreamConnected)
    /// The stream has begun. Whether the call may be served (token, assistant) is the caller's.
    case started(StreamStart)
    /// A piece of the caller's audio stands at the beginning of the buffer given to `receive`.
    case audio(StreamAudio)
    /// The caller pressed a key.
    case dtmf(digit: String)
    /// A mark of ours came back: played, or cleared. Its name, in UTF-8, stands at the beginning of
    /// the buffer given to `receive`; one that is longer than `payloadBytesMax`, which ours are not,
    /// is cut there.
    case mark(nameByteCount: Int)
    /// The call or the stream has ended; the socket can be closed with 1000.
    case stopped
    /// Nothing to do but, if at all, a line in the log.
    case ignored(IgnoredStreamMessage)
    /// Close the socket with the violation's code and reason. Everything after it is ignored.
    case violation(ProtocolViolation)
}

/// A piece of the caller's audio.
public struct StreamAudio: Sendable, Equatable {
    /// G.711 µ-law bytes: one sample each, 8000 a second.
    public var byteCount: Int
    /// Milliseconds from the start of the stream; nil when the message does not say.
    public var timestampMs: UInt64?
    /// How many messages are missing just before this one, at most `chunkGapMax`.
    public var lostChunkCount: UInt64

    public init(byteCount: Int, timestampMs: UInt64?, lostChunkCount: UInt64) {
        self.byteCount = byteCount
        self.timestampMs = timestampMs
        self.lostChunkCount = lostChunkCount
    }
}

/// Why a message that was understood has no effect.
public enum IgnoredStreamMessage: Sendable, Equatable {
    /// An event that this version does not know. Twilio can add some without notice, so it must
    /// not end a call: log it once per stream, at the level `info`.
    case unknownEvent(String)
    /// Audio of a track other than the caller's.
    case otherTrack
    /// A chunk that is not newer than the last one; its place in the audio has gone by.
    case staleChunk(UInt64)
    /// Anything after `stop` or after a violation.
    case afterEnd
}

/// The rules of one Media Streams socket, from the handshake to its end: takes frames, says what
/// they mean. No I/O, no clock, no allocation for audio and marks. Not thread-safe: belongs to the call's loop.
///
/// Order: `connected` (may be left out), `start` once, then `media`, `dtmf` and `mark` in any order,
/// `stop`. Every message from `start` on names the same stream.
public struct MediaStreamSession {
    private enum Phase { case opened, connected, started, ended }

    /// The limits it was made with.
    public let limits: MediaStreamLimits
    /// What `start` said; nil before it.
    public private(set) var start: StreamStart?
    /// Messages received, whether or not they could be read.
    public private(set) var messageCount: UInt64 = 0
    /// `media` messages of the caller's track that were accepted.
    public private(set) var chunkCount: UInt64 = 0
    /// Messages that the gaps in the chunk numbers say are missing.
    public private(set) var lostChunkCount: UInt64 = 0
    /// Chunks ignored because a newer one had come before.
    public private(set) var staleChunkCount: UInt64 = 0

    private var phase = Phase.opened
    private var streamSid: [UInt8] = []
    private var lastChunk: UInt64 = 0
    private var lastActivityNanos: UInt64

    /// - Parameter openedAtNanos: when the handshake was done, on the monotonic clock.
    public init(openedAtNanos: UInt64, limits: MediaStreamLimits = MediaStreamLimits()) {
        self.limits = limits
        lastActivityNanos = openedAtNanos
        Base64.warmUp()
    }

    /// True when `stop` or a violation has ended the stream.
    public var hasEnded: Bool { phase == .ended }

    /// Takes one text frame.
    /// - Parameters:
    ///   - text: the whole message. Only read during the call.
    ///   - audio: where a `media` message's audio, or a mark's name, is put, from its beginning. At
    ///     least `limits.payloadBytesMax` bytes.
    public mutating func receive(
        _ text: UnsafeRawBufferPointer, nowNanos: UInt64,
        audio: UnsafeMutableRawBufferPointer
    ) -> MediaStreamEvent {
        precondition(audio.count >= limits.payloadBytesMax, "the audio buffer is below the limit")
        RealtimeRegion.enter()
        defer { RealtimeRegion.leave() }
        messageCount += 1
        if phase == .ended { return .ignored(.afterEnd) }
        do throws(StreamMessageError) {
            switch try StreamMessageParser.parse(text) {
            case .media(let media): return try receiveMedia(media, nowNanos, audio)
            case .mark(let mark): return receiveMark(mark, audio)
            case let message:
                RealtimeRegion.suspend()
                defer { RealtimeRegion.resume() }
                return receiveOther(message, nowNanos)
            }
        } catch {
            return violation(.malformed(error))
        }
    }

    /// Takes a binary frame, which the protocol does not have.
    public mutating func receiveBinary(byteCount: Int) -> MediaStreamEvent {
        messageCount += 1
        if phase == .ended { return .ignored(.afterEnd) }
        return violation(.binaryFrame(byteCount: byteCount))
    }

    /// When ``checkDeadline(nowNanos:)`` should be called next; nil when nothing is waited for.
    public var deadlineNanos: UInt64? {
        switch phase {
        case .opened, .connected: deadline(limits.startTimeoutMs)
        case .started: deadline(limits.mediaTimeoutMs)
        case .ended: nil
        }
    }

    /// A violation when the peer has let the deadline go by; the stream has then ended.
    public mutating func checkDeadline(nowNanos: UInt64) -> ProtocolViolation? {
        guard let deadlineNanos, nowNanos >= deadlineNanos else { return nil }
        let kind: ProtocolViolation.Kind =
            phase == .started
            ? .mediaTimedOut(afterMs: limits.mediaTimeoutMs)
            : .startTimedOut(afterMs: limits.startTimeoutMs)
        phase = .ended
        return ProtocolViolation(kind, messageNumber: 0)
    }

    private func deadline(_ milliseconds: Int) -> UInt64? {
        milliseconds == 0 ? nil : lastActivityNanos &+ UInt64(milliseconds) &* 1_000_000
    }

    private mutating func violation(_ kind: ProtocolViolation.Kind) -> MediaStreamEvent {
        phase = .ended
        return .violation(ProtocolViolation(kind, messageNumber: messageCount))
    }

    // MARK: Audio

    private mutating func receiveMedia(
        _ media: MediaView, _ nowNanos: UInt64, _ audio: UnsafeMutableRawBufferPointer
    ) throws(StreamMessageError) -> MediaStreamEvent {
        guard phase == .started else { return violation(.beforeStart(event: "media")) }
        guard media.streamSid?.equals(streamSid) ?? false else {
            return wrongStreamSid("media", media.streamSid?.string)
        }
        guard media.track == .inbound else { return .ignored(.otherTrack) }
        let room = UnsafeMutableRawBufferPointer(rebasing: audio[..<limits.payloadBytesMax])
        let byteCount: Int
        do throws(StreamMessageError) {
            byteCount = try media.decodePayload(into: room)
        } catch {
            guard case .payloadTooLarge(let limit) = error.kind else { throw error }
            return violation(.payloadTooLarge(limitBytes: limit))
        }
        lastActivityNanos = nowNanos
        var lost: UInt64 = 0
        if media.chunk > 0 {
            guard media.chunk > lastChunk else {
                staleChunkCount += 1
                return .ignored(.staleChunk(media.chunk))
            }
            lost = min(media.chunk - lastChunk - 1, limits.chunkGapMax)
            lastChunk = media.chunk
            lostChunkCount += lost
        }
        chunkCount += 1
        return .audio(
            StreamAudio(
                byteCount: byteCount, timestampMs: media.timestampMs, lostChunkCount: lost))
    }

    // MARK: Marks

    private mutating func receiveMark(
        _ mark: MarkView, _ target: UnsafeMutableRawBufferPointer
    ) -> MediaStreamEvent {
        guard phase == .started else { return violation(.beforeStart(event: "mark")) }
        guard mark.streamSid?.equals(streamSid) ?? false else {
            return wrongStreamSid("mark", mark.streamSid?.string)
        }
        return .mark(nameByteCount: mark.name.copy(into: target, countMax: limits.payloadBytesMax))
    }

    // MARK: Everything else

    private mutating func receiveOther(
        _ message: StreamMessage, _ nowNanos: UInt64
    ) -> MediaStreamEvent {
        switch message {
        case .connected(let connected):
            guard phase == .opened else { return violation(.connectedOutOfOrder) }
            guard connected.protocolName == "Call" else {
                return violation(.unsupportedProtocol(connected.protocolName))
            }
            phase = .connected
            return .connected(connected)
        case .start(let start): return receiveStart(start, nowNanos)
        case .dtmf(let dtmf):
            return check("dtmf", dtmf.streamSid) ?? .dtmf(digit: dtmf.digit)
        case .stop(let stop):
            if let wrong = check("stop", stop.streamSid) { return wrong }
            phase = .ended
            return .stopped
        case .clear: return .ignored(.unknownEvent("clear"))
        case .unknown(let event): return .ignored(.unknownEvent(event))
        case .media, .mark: preconditionFailure("audio and marks have their own way")
        }
    }

    private mutating func receiveStart(
        _ start: StreamStart, _ nowNanos: UInt64
    ) -> MediaStreamEvent {
        if phase == .started { return violation(.startTwice) }
        let outer = start.outerStreamSid
        let inner = start.innerStreamSid
        guard !start.streamSid.isEmpty, outer.isEmpty || inner.isEmpty || outer == inner else {
            return violation(.streamSidUnclear(outer: outer, inner: inner))
        }
        guard !start.callSid.isEmpty else { return violation(.callSidEmpty) }
        guard start.mediaFormat == .telephone else {
            return violation(.unsupportedFormat(start.mediaFormat))
        }
        guard start.tracks.isEmpty || start.tracks.contains("inbound") else {
            return violation(.noInboundTrack(start.tracks))
        }
        phase = .started
        self.start = start
        streamSid = Array(start.streamSid.utf8)
        lastActivityNanos = nowNanos
        return .started(start)
    }

    /// The violation if the message is not one of this stream's.
    private mutating func check(_ event: String, _ sid: String) -> MediaStreamEvent? {
        guard phase == .started else { return violation(.beforeStart(event: event)) }
        guard Array(sid.utf8) == streamSid else {
            return wrongStreamSid(event, sid.isEmpty ? nil : sid)
        }
        return nil
    }

    private mutating func wrongStreamSid(_ event: String, _ found: String?) -> MediaStreamEvent {
        let expected = String(decoding: streamSid, as: UTF8.self)
        return violation(.wrongStreamSid(event: event, found: found, expected: expected))
    }
}
