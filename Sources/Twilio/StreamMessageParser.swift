import Realtime

/// Reads the messages of Media Streams from the text frames that carry them.
///
/// Exact JSON (RFC 8259) in any field order, with any white space; unknown fields are checked and
/// skipped; counters may be numbers or strings of digits. A field that the protocol names may stand
/// only once in its object. The text is taken as UTF-8 without checking that: the WebSocket layer
/// has (RFC 6455 section 8.1), and anything else becomes U+FFFD where a `String` is made of it.
///
/// `media` and `mark` allocate nothing. Safe on any thread; never blocks.
public enum StreamMessageParser {
    /// How deep arrays and objects may nest inside a field that is skipped.
    public static let nestingDepthMax = 32

    /// Parses one message. Views in the result point into `text`.
    /// - Throws: ``StreamMessageError`` for text that is not JSON, has no `event`, or lacks a field
    ///   that its event cannot do without.
    public static func parse(
        _ text: UnsafeRawBufferPointer
    ) throws(StreamMessageError) -> StreamMessage {
        guard var scanner = JSONScanner(text) else {
            throw StreamMessageError(.truncated, offset: 0)
        }
        var envelope = Envelope()
        try scanner.beginObject(.message)
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: &isFirst) {
            try envelope.read(key, from: &scanner)
        }
        try scanner.finish()
        return try envelope.message(scanner)
    }
}

/// The members beside `event`. A `media` body that comes after `event` is read at once, every other
/// body is skipped and read when the event is known.
private struct Envelope {
    private var event: JSONStringView?
    private var streamSid: JSONStringView?
    private var sequenceNumber: UInt64?
    private var isMedia = false
    private var media: MediaBody?
    private var mediaOffset: Int?
    private var startOffset: Int?
    private var dtmfOffset: Int?
    private var markOffset: Int?
    private var stopOffset: Int?
    private var protocolOffset: Int?
    private var versionOffset: Int?

    @inline(__always)
    mutating func read(
        _ key: JSONStringView, from scanner: inout JSONScanner
    ) throws(StreamMessageError) {
        if key.equals("media") {
            if !isMedia { return try keepOffset(&mediaOffset, .media, key, &scanner) }
            try key.refuseSecond(mediaOffset != nil, .media)
            mediaOffset = scanner.index
            media = try MediaBody(from: &scanner)
        } else if key.equals("event") {
            try key.refuseSecond(event != nil, .event)
            let name = try scanner.string(.event)
            event = name
            isMedia = name.equals("media")
        } else if key.equals("streamSid") {
            try key.refuseSecond(streamSid != nil, .streamSid)
            streamSid = try scanner.string(.streamSid)
        } else if key.equals("sequenceNumber") {
            try key.refuseSecond(sequenceNumber != nil, .sequenceNumber)
            sequenceNumber = try scanner.wholeNumber(.sequenceNumber)
        } else {
            try readRare(key, from: &scanner)
        }
    }

    private mutating func readRare(
        _ key: JSONStringView, from scanner: inout JSONScanner
    ) throws(StreamMessageError) {
        if key.equals("start") {
            try keepOffset(&startOffset, .start, key, &scanner)
        } else if key.equals("dtmf") {
            try keepOffset(&dtmfOffset, .dtmf, key, &scanner)
        } else if key.equals("mark") {
            try keepOffset(&markOffset, .mark, key, &scanner)
        } else if key.equals("stop") {
            try keepOffset(&stopOffset, .stop, key, &scanner)
        } else if key.equals("protocol") {
            try keepOffset(&protocolOffset, .protocol, key, &scanner)
        } else if key.equals("version") {
            try keepOffset(&versionOffset, .version, key, &scanner)
        } else {
            try scanner.skipValue()
        }
    }

    private func keepOffset(
        _ offset: inout Int?, _ field: StreamField, _ key: JSONStringView,
        _ scanner: inout JSONScanner
    ) throws(StreamMessageError) {
        try key.refuseSecond(offset != nil, field)
        offset = scanner.index
        try scanner.skipValue()
    }

    /// The message, once the whole text has been checked; `scanner` stands anywhere in that text.
    @inline(__always)
    func message(_ scanner: JSONScanner) throws(StreamMessageError) -> StreamMessage {
        if isMedia {
            var body = media
            if body == nil {
                var at = try scanner.at(mediaOffset, .media)
                body = try MediaBody(from: &at)
            }
            guard let body else {
                throw StreamMessageError(.missing(.media), offset: scanner.count)
            }
            return .media(body.view(streamSid, sequenceNumber ?? 0))
        }
        if let event, event.equals("mark") {
            var at = try scanner.at(markOffset, .mark)
            return .mark(
                MarkView(
                    sequenceNumber: sequenceNumber ?? 0, streamSid: streamSid,
                    name: try at.readMarkName()))
        }
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        return try rareMessage(scanner)
    }

    private func rareMessage(_ scanner: JSONScanner) throws(StreamMessageError) -> StreamMessage {
        guard let event else {
            throw StreamMessageError(.missing(.event), offset: scanner.count)
        }
        let sid = streamSid?.string ?? ""
        let sequence = sequenceNumber ?? 0
        if event.equals("connected") {
            var nameAt = try scanner.at(protocolOffset, .protocol)
            var versionAt = try scanner.at(versionOffset, .version)
            return .connected(
                StreamConnected(
                    protocolName: try nameAt.string(.protocol).string,
                    version: try versionAt.string(.version).string))
        }
        if event.equals("start") {
            var at = try scanner.at(startOffset, .start)
            return .start(try at.readStart(outerStreamSid: sid, sequenceNumber: sequence))
        }
        if event.equals("dtmf") {
            var at = try scanner.at(dtmfOffset, .dtmf)
            return .dtmf(try at.readDTMF(streamSid: sid, sequenceNumber: sequence))
        }
        if event.equals("stop") {
            var at = try scanner.at(stopOffset, .stop)
            return .stop(try at.readStop(streamSid: sid, sequenceNumber: sequence))
        }
        if event.equals("clear") { return .clear(streamSid: sid) }
        return .unknown(event: event.string)
    }
}
