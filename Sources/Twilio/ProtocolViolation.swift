/// Why a stream has to be closed: what was wrong, where, and how to fix it.
public struct ProtocolViolation: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the violation.
    public enum Kind: Sendable, Equatable {
        /// A text frame that is not a Media Streams message.
        case malformed(StreamMessageError)
        /// A binary frame; the protocol has text frames only.
        case binaryFrame(byteCount: Int)
        /// `connected` after another message.
        case connectedOutOfOrder
        /// A protocol other than `Call`.
        case unsupportedProtocol(String)
        /// A second `start`.
        case startTwice
        /// This event before `start`.
        case beforeStart(event: String)
        /// `start` without a `streamSid`, or with two different ones.
        case streamSidUnclear(outer: String, inner: String)
        /// `start` without a `callSid`.
        case callSidEmpty
        /// A message of another stream; nil when it names none.
        case wrongStreamSid(event: String, found: String?, expected: String)
        /// Audio that is not G.711 µ-law at 8000 Hz in one channel; nil when `start` did not say.
        case unsupportedFormat(MediaFormat?)
        /// `start` without the caller's track.
        case noInboundTrack([String])
        /// More audio in one message than the limit allows.
        case payloadTooLarge(limitBytes: Int)
        /// `start` did not come in time.
        case startTimedOut(afterMs: Int)
        /// No audio came for too long.
        case mediaTimedOut(afterMs: Int)
    }

    public var kind: Kind
    /// Which message of the socket it was, counted from 1; 0 for a time-out.
    public var messageNumber: UInt64

    public init(_ kind: Kind, messageNumber: UInt64) {
        self.kind = kind
        self.messageNumber = messageNumber
    }

    /// The close code of RFC 6455 section 7.4.1: 1002 wrong order or wrong stream, 1003 something
    /// we cannot take, 1007 unreadable, 1008 too late, 1009 too large.
    public var closeCode: UInt16 {
        switch kind {
        case .malformed: 1007
        case .binaryFrame, .unsupportedProtocol, .unsupportedFormat, .noInboundTrack: 1003
        case .connectedOutOfOrder, .startTwice, .beforeStart, .streamSidUnclear, .callSidEmpty,
            .wrongStreamSid:
            1002
        case .startTimedOut, .mediaTimedOut: 1008
        case .payloadTooLarge: 1009
        }
    }

    /// The description, cut to the 123 bytes that a close frame can carry, at a character's border.
    public var closeReason: String {
        let whole = description
        if whole.utf8.count <= 123 { return whole }
        var reason = ""
        var byteCount = 0
        for character in whole {
            byteCount += character.utf8.count
            if byteCount > 123 { break }
            reason.append(character)
        }
        return reason
    }

    /// One line for the log.
    public var description: String {
        messageNumber == 0 ? what : "message \(messageNumber): \(what)"
    }

    private var what: String {
        switch kind {
        case .malformed(let error): "not a Media Streams message: \(error)"
        case .binaryFrame(let count):
            "a binary frame of \(count) bytes; send JSON in text frames"
        case .connectedOutOfOrder: "`connected` must be the first message and come only once"
        case .unsupportedProtocol(let name):
            "`connected` says protocol \(Self.show(name)), only \"Call\" is served here"
        case .startTwice: "a second `start`; open another socket for another stream"
        case .beforeStart(let event): "`\(event)` before `start`; send `start` first"
        case .streamSidUnclear(let outer, let inner):
            "`start` must name one streamSid, it has \(Self.show(outer)) and \(Self.show(inner))"
        case .callSidEmpty: "`start` has an empty callSid; every stream belongs to a call"
        case .wrongStreamSid(let event, let found, let expected):
            "`\(event)` has streamSid \(found.map(Self.show) ?? "missing"), "
                + "this stream is \(Self.show(expected))"
        case .unsupportedFormat(let format):
            "mediaFormat is \(format.map { Self.cut($0.description) } ?? "missing"), "
                + "it must be \(MediaFormat.telephone)"
        case .noInboundTrack(let tracks):
            "tracks are \(Self.show(tracks.joined(separator: ","))), `inbound` must be one of them"
        case .payloadTooLarge(let limit):
            "more than \(limit) bytes of audio in one message; send pieces of 160 bytes"
        case .startTimedOut(let ms): "no `start` within \(ms) ms of the handshake"
        case .mediaTimedOut(let ms): "no audio for \(ms) ms; the stream is taken for dead"
        }
    }

    /// Text of the peer's, quoted, without control characters, and short.
    private static func show(_ text: String) -> String { "\"\(cut(text))\"" }

    private static func cut(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(48) {
            shown.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7f ? "?" : scalar)
        }
        return text.unicodeScalars.count > 48 ? shown + "…" : shown
    }
}
