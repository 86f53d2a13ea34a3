import Wire

/// Writes our messages of one stream: `media`, `mark` and `clear`.
///
/// The stream's identifier is escaped once, here; the `write…` functions allocate nothing, may be
/// called on any thread and return the number of bytes, or nil when the target is too small (what
/// it holds is then unspecified).
public struct StreamMessageWriter: Sendable {
    /// How long a mark's name may be, in bytes of UTF-8, for ``markByteCountMax`` to hold.
    public static let markNameBytesMax = 64

    private let mediaHead: [UInt8]
    private let markHead: [UInt8]
    private let clearMessage: [UInt8]

    /// - Parameter streamSid: as `start` gave it. Allocates.
    public init(streamSid: String) {
        let sid = JSONText.quoted(streamSid)
        func head(_ event: String) -> [UInt8] {
            Array("{\"event\":\"\(event)\",\"streamSid\":".utf8) + sid
        }
        mediaHead = head("media") + Array(",\"media\":{\"payload\":\"".utf8)
        markHead = head("mark") + Array(",\"mark\":{\"name\":\"".utf8)
        clearMessage = head("clear") + [UInt8(ascii: "}")]
    }

    /// How many bytes a `media` message with `payloadByteCount` bytes of audio has.
    public func mediaByteCount(payloadByteCount: Int) -> Int {
        mediaHead.count + Base64.encodedCount(payloadByteCount) + 3
    }

    /// How many bytes a `mark` or `clear` message has at most.
    public var markByteCountMax: Int { markHead.count + 6 * Self.markNameBytesMax + 3 }

    /// Writes a `media` message that carries these bytes of audio (µ-law, without a file header).
    public func writeMedia(
        _ audio: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var sink = ByteSink(target)
        sink.append(mediaHead)
        sink.append(base64: audio)
        sink.append("\"}}")
        return sink.result
    }

    /// Writes a `mark` message. Twilio sends the name back when the audio before it has played.
    public func writeMark(name: String, into target: UnsafeMutableRawBufferPointer) -> Int? {
        var sink = ByteSink(target)
        sink.append(markHead)
        sink.append(json: name)
        sink.append("\"}}")
        return sink.result
    }

    /// Writes a `mark` message whose name is these bytes of UTF-8.
    public func writeMark(
        name: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var sink = ByteSink(target)
        sink.append(markHead)
        sink.append(json: name)
        sink.append("\"}}")
        return sink.result
    }

    /// Writes a `mark` message whose name is the number in decimal.
    public func writeMark(number: UInt64, into target: UnsafeMutableRawBufferPointer) -> Int? {
        var sink = ByteSink(target)
        sink.append(markHead)
        sink.append(decimal: number)
        sink.append("\"}}")
        return sink.result
    }

    /// Writes a `clear` message: Twilio throws away what it has not played yet.
    public func writeClear(into target: UnsafeMutableRawBufferPointer) -> Int? {
        var sink = ByteSink(target)
        sink.append(clearMessage)
        return sink.result
    }
}
