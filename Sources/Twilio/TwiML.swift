/// Writes TwiML documents. Pure functions, safe on any thread; not for the audio path.
public enum TwiML {
    /// A `<Parameter>`'s name and value together have fewer characters than this.
    public static let parameterCharactersEnd = 500
    /// What Twilio reads of an answer.
    public static let byteCountMax = 64 * 1024
    /// What one text message holds.
    public static let messageCharactersMax = 1600
    /// The media type to send it with.
    public static let contentType = "text/xml; charset=utf-8"

    /// The document `<Response>` with these verbs; without any it is the answer "do nothing".
    /// - Throws: ``TwiMLError`` for what XML cannot hold or Twilio would refuse.
    public static func response(_ verbs: [TwiMLVerb]) throws(TwiMLError) -> String {
        var writer = XMLWriter()
        try writer.element("Response") { (writer) throws(TwiMLError) in
            for verb in verbs { try write(verb, to: &writer) }
        }
        let count = writer.xml.utf8.count
        guard count <= byteCountMax else { throw .tooLarge(byteCount: count) }
        return writer.xml
    }

    private static func write(
        _ verb: TwiMLVerb, to writer: inout XMLWriter
    ) throws(TwiMLError) {
        switch verb {
        case .say(let text, let voice, let language):
            try requireText(text, "<Say>")
            try writer.element("Say", [("voice", voice), ("language", language)], text: text)
        case .play(let url, let loop):
            try requireText(url, "<Play>")
            try requireRange(loop, 0...1000, "<Play loop>")
            try writer.element("Play", [("loop", show(loop))], text: url)
        case .pause(let seconds):
            try requireRange(seconds, 1...3600, "<Pause length>")
            try writer.element("Pause", [("length", show(seconds))])
        case .connect(let stream, let action):
            try writer.element("Connect", [("action", action)]) { (writer) throws(TwiMLError) in
                try write(stream, to: &writer)
            }
        case .gather(let gather, let verbs): try write(gather, verbs, to: &writer)
        case .redirect(let url, let method):
            try requireText(url, "<Redirect>")
            try writer.element("Redirect", [("method", method?.rawValue)], text: url)
        case .dial(let dial): try write(dial, to: &writer)
        case .record(let record): try write(record, to: &writer)
        case .message(let body, let to, let mediaURL):
            try write(body, to, mediaURL, to: &writer)
        case .reject(let reason): try writer.element("Reject", [("reason", reason?.rawValue)])
        case .hangup: try writer.element("Hangup")
        }
    }

    private static func write(
        _ stream: TwiMLStream, to writer: inout XMLWriter
    ) throws(TwiMLError) {
        let url = stream.url
        guard url.hasPrefix("wss://") || (stream.allowsInsecureURL && url.hasPrefix("ws://")) else {
            throw .streamURL(url, reason: "it must begin with wss://")
        }
        guard !url.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw .streamURL(url, reason: "Twilio takes no query string here; use parameters")
        }
        let attributes = [
            ("url", url), ("name", stream.name), ("statusCallback", stream.statusCallback),
        ]
        try writer.element("Stream", attributes) { (writer) throws(TwiMLError) in
            for parameter in stream.parameters {
                try requireText(parameter.name, "<Parameter name>")
                let count =
                    parameter.name.unicodeScalars.count + parameter.value.unicodeScalars.count
                guard count < parameterCharactersEnd else {
                    throw .parameterTooLong(name: parameter.name, characterCount: count)
                }
                try writer.element(
                    "Parameter", [("name", parameter.name), ("value", parameter.value)])
            }
        }
    }

    private static func write(
        _ gather: TwiMLGather, _ verbs: [TwiMLVerb], to writer: inout XMLWriter
    ) throws(TwiMLError) {
        try requireText(gather.input.joined(), "<Gather input>")
        try requireRange(gather.timeout, 0...600, "<Gather timeout>")
        try requireRange(gather.maxSpeechTime, 1...600, "<Gather maxSpeechTime>")
        try requireRange(gather.numDigits, 1...1000, "<Gather numDigits>")
        let attributes: [XMLWriter.Attribute] = [
            ("input", gather.input.joined(separator: " ")), ("action", gather.action),
            ("method", gather.method?.rawValue), ("timeout", show(gather.timeout)),
            ("speechTimeout", gather.speechTimeout),
            ("maxSpeechTime", show(gather.maxSpeechTime)), ("finishOnKey", gather.finishOnKey),
            ("numDigits", show(gather.numDigits)), ("language", gather.language),
            ("hints", gather.hints), ("profanityFilter", show(gather.profanityFilter)),
            ("partialResultCallback", gather.partialResultCallback),
            ("bargeIn", show(gather.bargeIn)),
            ("actionOnEmptyResult", show(gather.actionOnEmptyResult)),
            ("speechModel", gather.speechModel), ("enhanced", show(gather.enhanced)),
        ]
        try writer.element("Gather", attributes) { (writer) throws(TwiMLError) in
            for verb in verbs {
                switch verb {
                case .say, .play, .pause: try write(verb, to: &writer)
                default: throw .notInGather(elementName(verb))
                }
            }
        }
    }

    private static func write(
        _ dial: TwiMLDial, to writer: inout XMLWriter
    ) throws(TwiMLError) {
        try requireText(dial.number, "<Dial>")
        try requireRange(dial.timeout, 1...600, "<Dial timeout>")
        try requireRange(dial.timeLimit, 1...14_400, "<Dial timeLimit>")
        let attributes: [XMLWriter.Attribute] = [
            ("action", dial.action), ("method", dial.method?.rawValue),
            ("timeout", show(dial.timeout)), ("timeLimit", show(dial.timeLimit)),
            ("callerId", dial.callerID), ("record", dial.record),
            ("answerOnBridge", show(dial.answerOnBridge)),
        ]
        try writer.element("Dial", attributes) { (writer) throws(TwiMLError) in
            try writer.element("Number", text: dial.number)
        }
    }

    private static func write(
        _ record: TwiMLRecord, to writer: inout XMLWriter
    ) throws(TwiMLError) {
        try requireRange(record.maxLength, 1...14_400, "<Record maxLength>")
        try requireRange(record.timeout, 0...600, "<Record timeout>")
        try writer.element(
            "Record",
            [
                ("action", record.action), ("method", record.method?.rawValue),
                ("maxLength", show(record.maxLength)), ("timeout", show(record.timeout)),
                ("finishOnKey", record.finishOnKey), ("playBeep", show(record.playBeep)),
                ("trim", record.trim),
                ("recordingStatusCallback", record.recordingStatusCallback),
            ])
    }

    private static func write(
        _ body: String, _ recipient: String?, _ mediaURL: String?, to writer: inout XMLWriter
    ) throws(TwiMLError) {
        if mediaURL == nil { try requireText(body, "<Message>") }
        try requireRange(
            body.unicodeScalars.count, 0...messageCharactersMax, "<Message> in characters")
        try writer.element("Message", [("to", recipient)]) { (writer) throws(TwiMLError) in
            if !body.isEmpty { try writer.element("Body", text: body) }
            if let mediaURL { try writer.element("Media", text: mediaURL) }
        }
    }

    // MARK: Checks

    private static func requireText(_ text: String, _ place: String) throws(TwiMLError) {
        if text.isEmpty { throw .empty(place: place) }
    }

    private static func requireRange(
        _ value: Int?, _ range: ClosedRange<Int>, _ place: String
    ) throws(TwiMLError) {
        guard let value, !range.contains(value) else { return }
        throw .outOfRange(place: place, value: value, range: range)
    }

    private static func show(_ value: Int?) -> String? { value.map { String($0) } }
    private static func show(_ value: Bool?) -> String? { value.map { String($0) } }

    private static func elementName(_ verb: TwiMLVerb) -> String {
        switch verb {
        case .say: "Say"
        case .play: "Play"
        case .pause: "Pause"
        case .connect: "Connect"
        case .gather: "Gather"
        case .redirect: "Redirect"
        case .dial: "Dial"
        case .record: "Record"
        case .message: "Message"
        case .reject: "Reject"
        case .hangup: "Hangup"
        }
    }
}
