import Wire

/// A message of Twilio's Media Streams protocol, in either direction.
///
/// Source: Twilio's documentation, "Media Streams - WebSocket Messages".
public enum StreamMessage {
    /// The first message on the socket.
    case connected(StreamConnected)
    /// Says which call the stream belongs to and what its audio is.
    case start(StreamStart)
    /// A piece of audio. Its views are valid only as long as the message's bytes.
    case media(MediaView)
    /// The caller pressed a key.
    case dtmf(StreamDTMF)
    /// To Twilio: a place in the audio. From Twilio: that place was played or cleared. Its views
    /// are valid only as long as the message's bytes.
    case mark(MarkView)
    /// To Twilio: throw away what has not been played.
    case clear(streamSid: String)
    /// The stream is over.
    case stop(StreamStop)
    /// An event that this version does not know; everything else in it was checked and skipped.
    case unknown(event: String)
}

/// The `connected` message.
public struct StreamConnected: Sendable, Equatable {
    /// `Call` for a telephone call.
    public var protocolName: String
    public var version: String

    public init(protocolName: String = "Call", version: String = "1.0.0") {
        self.protocolName = protocolName
        self.version = version
    }
}

/// The format of a stream's audio.
public struct MediaFormat: Sendable, Equatable, CustomStringConvertible {
    /// Media type: `audio/x-mulaw`.
    public var encoding: String
    public var sampleRateHertz: Int
    public var channelCount: Int

    public init(encoding: String, sampleRateHertz: Int, channelCount: Int) {
        self.encoding = encoding
        self.sampleRateHertz = sampleRateHertz
        self.channelCount = channelCount
    }

    /// G.711 µ-law, 8000 samples a second, one channel: what telephone calls carry.
    public static let telephone = MediaFormat(
        encoding: "audio/x-mulaw", sampleRateHertz: 8000, channelCount: 1)

    public var description: String { "\(encoding), \(sampleRateHertz) Hz, \(channelCount) ch" }
}

/// The `start` message.
public struct StreamStart: Sendable, Equatable {
    /// 0 when the message has none.
    public var sequenceNumber: UInt64
    /// The `streamSid` beside `event`; empty when the message has none there.
    public var outerStreamSid: String
    /// The `streamSid` inside `start`; empty when the message has none there.
    public var innerStreamSid: String
    public var accountSid: String
    public var callSid: String
    /// `inbound`, `outbound`. Empty when the message does not say.
    public var tracks: [String]
    /// Nil when the message does not say.
    public var mediaFormat: MediaFormat?
    /// The `<Parameter>`s of the TwiML that opened the stream. Of two with one name the last counts.
    public var customParameters: [String: String]

    public init(
        streamSid: String, callSid: String, accountSid: String = "", sequenceNumber: UInt64 = 1,
        tracks: [String] = ["inbound"], mediaFormat: MediaFormat? = .telephone,
        customParameters: [String: String] = [:]
    ) {
        self.sequenceNumber = sequenceNumber
        outerStreamSid = streamSid
        innerStreamSid = streamSid
        self.accountSid = accountSid
        self.callSid = callSid
        self.tracks = tracks
        self.mediaFormat = mediaFormat
        self.customParameters = customParameters
    }

    /// The stream's identifier, from whichever place has it.
    public var streamSid: String { innerStreamSid.isEmpty ? outerStreamSid : innerStreamSid }
}

/// Whose voice a piece of audio is.
public enum StreamTrack: Sendable, Equatable {
    /// The caller's; also when the message does not say.
    case inbound
    case outbound
    /// A track that this version does not know.
    case other
}

/// A `media` message, still in the memory of the message it was parsed from.
public struct MediaView {
    /// 0 when the message has none.
    public var sequenceNumber: UInt64
    /// Nil when the message has none.
    public var streamSid: JSONStringView?
    public var track: StreamTrack
    /// Counts a track's media messages from 1; 0 when the message has none.
    public var chunk: UInt64
    /// Milliseconds from the start of the stream; nil when the message does not say.
    public var timestampMs: UInt64?
    /// Base64 of the audio, not yet checked.
    public var payload: JSONStringView

    /// Decodes the payload into `target` and returns how many bytes it had. Allocates nothing,
    /// except for a payload of more than 1 KB that has escapes.
    /// - Throws: the kinds `base64…`, and `payloadTooLarge` when `target` is too small, with the
    ///   offset in the message (in the unescaped payload where it has escapes).
    public func decodePayload(
        into target: UnsafeMutableRawBufferPointer
    ) throws(StreamMessageError) -> Int {
        do throws(Base64Error) {
            guard payload.hasEscapes else {
                return try Base64.decode(payload.bytes, into: target)
            }
            return try decodeEscaped(into: target)
        } catch {
            throw StreamMessageError(
                .init(error.kind), offset: error.offset + payload.offset)
        }
    }

    /// Some writers of JSON escape every slash, and Base64 has slashes.
    private func decodeEscaped(
        into target: UnsafeMutableRawBufferPointer
    ) throws(Base64Error) -> Int {
        var byteCount = 0
        var failure: Base64Error?
        withUnsafeTemporaryAllocation(byteCount: payload.bytes.count, alignment: 1) { text in
            var filled = 0
            payload.unescape { byte in
                text[filled] = byte
                filled += 1
            }
            do throws(Base64Error) {
                byteCount = try Base64.decode(
                    UnsafeRawBufferPointer(rebasing: text[..<filled]), into: target)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return byteCount
    }
}

/// A `mark` message, still in the memory of the message it was parsed from: marks come back several
/// times a second, in the midst of the audio.
public struct MarkView {
    /// 0 when the message has none.
    public var sequenceNumber: UInt64
    /// Nil when the message has none.
    public var streamSid: JSONStringView?
    public var name: JSONStringView
}

/// A `dtmf` message.
public struct StreamDTMF: Sendable, Equatable {
    public var sequenceNumber: UInt64
    /// Empty when the message has none.
    public var streamSid: String
    /// `inbound_track`.
    public var track: String
    /// `0`…`9`, `*`, `#`, `A`…`D`.
    public var digit: String

    public init(
        streamSid: String, digit: String, track: String = "inbound_track",
        sequenceNumber: UInt64 = 0
    ) {
        self.sequenceNumber = sequenceNumber
        self.streamSid = streamSid
        self.track = track
        self.digit = digit
    }
}

/// A `mark` message.
public struct StreamMark: Sendable, Equatable {
    public var sequenceNumber: UInt64
    /// Empty when the message has none.
    public var streamSid: String
    public var name: String

    public init(streamSid: String, name: String, sequenceNumber: UInt64 = 0) {
        self.sequenceNumber = sequenceNumber
        self.streamSid = streamSid
        self.name = name
    }

    /// A copy that outlives the message. Allocates.
    public init(_ view: MarkView) {
        self.init(
            streamSid: view.streamSid?.string ?? "", name: view.name.string,
            sequenceNumber: view.sequenceNumber)
    }
}

/// A `stop` message.
public struct StreamStop: Sendable, Equatable {
    public var sequenceNumber: UInt64
    /// Empty when the message has none.
    public var streamSid: String
    public var accountSid: String
    public var callSid: String

    public init(
        streamSid: String, callSid: String = "", accountSid: String = "",
        sequenceNumber: UInt64 = 0
    ) {
        self.sequenceNumber = sequenceNumber
        self.streamSid = streamSid
        self.accountSid = accountSid
        self.callSid = callSid
    }
}
