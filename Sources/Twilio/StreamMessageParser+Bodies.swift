extension JSONStringView {
    /// A field that was there before makes the object ambiguous.
    @inline(__always)
    func refuseSecond(_ isSecond: Bool, _ field: StreamField) throws(StreamMessageError) {
        if isSecond { throw StreamMessageError(.duplicate(field), offset: offset) }
    }
}

/// The body of `media`.
struct MediaBody {
    private var payload: JSONStringView
    private var track: StreamTrack?
    private var chunk: UInt64?
    private var timestampMs: UInt64?

    @inline(__always)
    init(from scanner: inout JSONScanner) throws(StreamMessageError) {
        try scanner.beginObject(.media)
        let start = scanner.index
        var found: JSONStringView?
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: &isFirst) {
            if key.equals("payload") {
                try key.refuseSecond(found != nil, .payload)
                found = try scanner.string(.payload)
            } else if key.equals("track") {
                try key.refuseSecond(track != nil, .track)
                let name = try scanner.string(.track)
                track =
                    name.equals("inbound") ? .inbound : name.equals("outbound") ? .outbound : .other
            } else if key.equals("chunk") {
                try key.refuseSecond(chunk != nil, .chunk)
                chunk = try scanner.wholeNumber(.chunk)
            } else if key.equals("timestamp") {
                try key.refuseSecond(timestampMs != nil, .timestamp)
                timestampMs = try scanner.wholeNumber(.timestamp)
            } else {
                try scanner.skipValue()
            }
        }
        guard let found else { throw StreamMessageError(.missing(.payload), offset: start) }
        payload = found
    }

    func view(_ streamSid: JSONStringView?, _ sequenceNumber: UInt64) -> MediaView {
        MediaView(
            sequenceNumber: sequenceNumber, streamSid: streamSid, track: track ?? .inbound,
            chunk: chunk ?? 0, timestampMs: timestampMs, payload: payload)
    }
}

extension JSONScanner {
    /// A scanner that stands at the value of a field that must be there.
    func at(_ offset: Int?, _ field: StreamField) throws(StreamMessageError) -> JSONScanner {
        guard let offset else { throw StreamMessageError(.missing(field), offset: count) }
        return at(offset)
    }

    private mutating func text(
        _ value: inout String?, _ field: StreamField, _ key: JSONStringView
    ) throws(StreamMessageError) {
        try key.refuseSecond(value != nil, field)
        value = try string(field).string
    }

    /// Reads the `start` object that stands here.
    mutating func readStart(
        outerStreamSid: String, sequenceNumber: UInt64
    ) throws(StreamMessageError) -> StreamStart {
        try beginObject(.start)
        let begin = index
        var accountSid: String?
        var streamSid: String?
        var callSid: String?
        var tracks: [String]?
        var format: MediaFormat?
        var parameters: [String: String]?
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            if key.equals("accountSid") {
                try text(&accountSid, .accountSid, key)
            } else if key.equals("streamSid") {
                try text(&streamSid, .streamSid, key)
            } else if key.equals("callSid") {
                try text(&callSid, .callSid, key)
            } else if key.equals("tracks") {
                try key.refuseSecond(tracks != nil, .tracks)
                tracks = try readTracks()
            } else if key.equals("mediaFormat") {
                try key.refuseSecond(format != nil, .mediaFormat)
                format = try readMediaFormat()
            } else if key.equals("customParameters") {
                try key.refuseSecond(parameters != nil, .customParameters)
                parameters = try readCustomParameters()
            } else {
                try skipValue()
            }
        }
        guard let callSid else { throw StreamMessageError(.missing(.callSid), offset: begin) }
        var start = StreamStart(
            streamSid: streamSid ?? "", callSid: callSid, accountSid: accountSid ?? "",
            sequenceNumber: sequenceNumber, tracks: tracks ?? [], mediaFormat: format,
            customParameters: parameters ?? [:])
        start.outerStreamSid = outerStreamSid
        return start
    }

    private mutating func readTracks() throws(StreamMessageError) -> [String] {
        if try skipNull() { return [] }
        guard try peek() == UInt8(ascii: "[") else {
            throw StreamMessageError(.wrongType(.tracks), offset: index)
        }
        try expect(UInt8(ascii: "["))
        var tracks: [String] = []
        while true {
            let found = try peek()
            if found == UInt8(ascii: "]"), tracks.isEmpty { break }
            tracks.append(try string(.tracks).string)
            guard try peek() == UInt8(ascii: ",") else { break }
            try expect(UInt8(ascii: ","))
        }
        try expect(UInt8(ascii: "]"))
        return tracks
    }

    private mutating func readMediaFormat() throws(StreamMessageError) -> MediaFormat? {
        if try skipNull() { return nil }
        try beginObject(.mediaFormat)
        let begin = index
        var encoding: String?
        var sampleRate: UInt64?
        var channels: UInt64?
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            if key.equals("encoding") {
                try text(&encoding, .encoding, key)
            } else if key.equals("sampleRate") {
                try key.refuseSecond(sampleRate != nil, .sampleRate)
                sampleRate = try wholeNumber(.sampleRate)
            } else if key.equals("channels") {
                try key.refuseSecond(channels != nil, .channels)
                channels = try wholeNumber(.channels)
            } else {
                try skipValue()
            }
        }
        guard let encoding else { throw StreamMessageError(.missing(.encoding), offset: begin) }
        guard let sampleRate else { throw StreamMessageError(.missing(.sampleRate), offset: begin) }
        guard let channels else { throw StreamMessageError(.missing(.channels), offset: begin) }
        return MediaFormat(
            encoding: encoding, sampleRateHertz: Int(clamping: sampleRate),
            channelCount: Int(clamping: channels))
    }

    private mutating func readCustomParameters() throws(StreamMessageError) -> [String: String] {
        if try skipNull() { return [:] }
        try beginObject(.customParameters)
        var parameters: [String: String] = [:]
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            parameters[key.string] = try string(.customParameters).string
        }
        return parameters
    }

    /// Reads the `dtmf` object that stands here.
    mutating func readDTMF(
        streamSid: String, sequenceNumber: UInt64
    ) throws(StreamMessageError) -> StreamDTMF {
        try beginObject(.dtmf)
        let begin = index
        var track: String?
        var digit: String?
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            if key.equals("track") {
                try text(&track, .track, key)
            } else if key.equals("digit") {
                try text(&digit, .digit, key)
            } else {
                try skipValue()
            }
        }
        guard let digit else { throw StreamMessageError(.missing(.digit), offset: begin) }
        return StreamDTMF(
            streamSid: streamSid, digit: digit, track: track ?? "", sequenceNumber: sequenceNumber)
    }

    /// Reads the `mark` object that stands here.
    mutating func readMarkName() throws(StreamMessageError) -> JSONStringView {
        try beginObject(.mark)
        let begin = index
        var name: JSONStringView?
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            if key.equals("name") {
                try key.refuseSecond(name != nil, .name)
                name = try string(.name)
            } else {
                try skipValue()
            }
        }
        guard let name else { throw StreamMessageError(.missing(.name), offset: begin) }
        return name
    }

    /// Reads the `stop` object that stands here.
    mutating func readStop(
        streamSid: String, sequenceNumber: UInt64
    ) throws(StreamMessageError) -> StreamStop {
        try beginObject(.stop)
        var accountSid: String?
        var callSid: String?
        var isFirst = true
        while let key = try nextKey(isFirst: &isFirst) {
            if key.equals("accountSid") {
                try text(&accountSid, .accountSid, key)
            } else if key.equals("callSid") {
                try text(&callSid, .callSid, key)
            } else {
                try skipValue()
            }
        }
        return StreamStop(
            streamSid: streamSid, callSid: callSid ?? "", accountSid: accountSid ?? "",
            sequenceNumber: sequenceNumber)
    }
}
