import Wire

/// Writes the messages that Twilio sends, for a simulator of its side of a stream.
///
/// Field order and types as Twilio's documentation shows them: counters are strings, `sampleRate`
/// and `channels` numbers. `writeMedia` and `writeMark` allocate nothing and return the number of
/// bytes, or nil when the target is too small; the others return the message as a new array.
public struct TwilioSideWriter: Sendable {
    /// The stream that the messages belong to.
    public let start: StreamStart

    private let quotedSid: [UInt8]
    private let mediaSid: [UInt8]

    /// - Parameter start: what `start` will say; its `sequenceNumber` is not used.
    public init(_ start: StreamStart) {
        self.start = start
        quotedSid = JSONText.quoted(start.streamSid)
        mediaSid =
            Array("\",\"streamSid\":".utf8) + quotedSid
            + Array(",\"media\":{\"track\":\"inbound\",\"chunk\":\"".utf8)
    }

    /// The first message of every stream.
    public func connected(_ connected: StreamConnected = StreamConnected()) -> [UInt8] {
        Array("{\"event\":\"connected\",\"protocol\":".utf8)
            + JSONText.quoted(connected.protocolName)
            + Array(",\"version\":".utf8) + JSONText.quoted(connected.version)
            + [UInt8(ascii: "}")]
    }

    /// The `start` message; parameters in the order of their names.
    public func start(sequenceNumber: UInt64) -> [UInt8] {
        var bytes = head("start", sequenceNumber)
        bytes += Array(",\"start\":{\"accountSid\":".utf8) + JSONText.quoted(start.accountSid)
        bytes += Array(",\"streamSid\":".utf8) + quotedSid
        bytes += Array(",\"callSid\":".utf8) + JSONText.quoted(start.callSid)
        bytes += Array(",\"tracks\":[".utf8)
        bytes += start.tracks.map(JSONText.quoted).joined(separator: [UInt8(ascii: ",")])
        bytes += [UInt8(ascii: "]")]
        if let format = start.mediaFormat {
            bytes += Array(",\"mediaFormat\":{\"encoding\":".utf8)
            bytes += JSONText.quoted(format.encoding)
            bytes += Array(",\"sampleRate\":\(format.sampleRateHertz)".utf8)
            bytes += Array(",\"channels\":\(format.channelCount)}".utf8)
        }
        bytes += Array(",\"customParameters\":{".utf8)
        let parameters = start.customParameters.sorted { $0.key < $1.key }
        bytes += parameters.map { JSONText.quoted($0.key) + [0x3a] + JSONText.quoted($0.value) }
            .joined(separator: [UInt8(ascii: ",")])
        return bytes + Array("}}}".utf8)
    }

    /// Writes a `media` message of the inbound track.
    public func writeMedia(
        _ audio: UnsafeRawBufferPointer, sequenceNumber: UInt64, chunk: UInt64,
        timestampMs: UInt64, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var sink = ByteSink(target)
        sink.append("{\"event\":\"media\",\"sequenceNumber\":\"")
        sink.append(decimal: sequenceNumber)
        sink.append(mediaSid)
        sink.append(decimal: chunk)
        sink.append("\",\"timestamp\":\"")
        sink.append(decimal: timestampMs)
        sink.append("\",\"payload\":\"")
        sink.append(base64: audio)
        sink.append("\"}}")
        return sink.result
    }

    /// Writes a `mark` message: the named place was played, or cleared.
    public func writeMark(
        name: String, sequenceNumber: UInt64, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var sink = ByteSink(target)
        sink.append("{\"event\":\"mark\",\"sequenceNumber\":\"")
        sink.append(decimal: sequenceNumber)
        sink.append("\",\"streamSid\":")
        sink.append(quotedSid)
        sink.append(",\"mark\":{\"name\":\"")
        sink.append(json: name)
        sink.append("\"}}")
        return sink.result
    }

    /// The caller pressed a key.
    public func dtmf(digit: String, sequenceNumber: UInt64) -> [UInt8] {
        head("dtmf", sequenceNumber)
            + Array(",\"dtmf\":{\"track\":\"inbound_track\",\"digit\":".utf8)
            + JSONText.quoted(digit) + Array("}}".utf8)
    }

    /// The last message of a stream.
    public func stop(sequenceNumber: UInt64) -> [UInt8] {
        head("stop", sequenceNumber)
            + Array(",\"stop\":{\"accountSid\":".utf8) + JSONText.quoted(start.accountSid)
            + Array(",\"callSid\":".utf8) + JSONText.quoted(start.callSid) + Array("}}".utf8)
    }

    private func head(_ event: String, _ sequenceNumber: UInt64) -> [UInt8] {
        Array("{\"event\":\"\(event)\",\"sequenceNumber\":\"\(sequenceNumber)\"".utf8)
            + Array(",\"streamSid\":".utf8) + quotedSid
    }
}
