import Foundation
import FoundationXML
import TestSupport
import Testing
import Twilio

/// An element as an XML reader sees it.
private final class Element: Equatable {
    var name: String
    var attributes: [String: String]
    var children: [Element] = []
    var text = ""

    init(
        _ name: String, _ attributes: [String: String] = [:], _ children: [Element] = [],
        text: String = ""
    ) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    static func == (left: Element, right: Element) -> Bool {
        left.name == right.name && left.attributes == right.attributes
            && left.children == right.children
            && Array(left.text.unicodeScalars) == Array(right.text.unicodeScalars)
    }
}

private final class Reader: NSObject, XMLParserDelegate {
    private var open: [Element] = []
    var root: Element?

    static func read(_ xml: String) -> Element? {
        let reader = Reader()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = reader
        return parser.parse() ? reader.root : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        let element = Element(elementName, attributes)
        open.last?.children.append(element)
        if open.isEmpty { root = element }
        open.append(element)
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        open.last?.text += string
    }
}

@Suite struct TwiMLTests {
    private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

    @Test func exactDocuments() throws {
        #expect(try TwiML.response([]) == Self.head + "<Response/>")
        let stream = TwiMLStream(
            url: "wss://voice.example.com/twilio/stream", name: "main",
            statusCallback: "https://voice.example.com/s?a=1&b=2",
            parameters: [TwiMLParameter("token", "t0k"), TwiMLParameter("assistant", "a & \"b\"")])
        let verbs: [TwiMLVerb] = [
            .say("Hello <you> & me", voice: "Polly.Joanna", language: "en-US"),
            .connect(stream),
            .redirect(url: "https://voice.example.com/resume", method: .post),
        ]
        #expect(
            try TwiML.response(verbs) == Self.head
                + "<Response><Say voice=\"Polly.Joanna\" language=\"en-US\">"
                + "Hello &lt;you&gt; &amp; me</Say>"
                + "<Connect><Stream url=\"wss://voice.example.com/twilio/stream\" name=\"main\" "
                + "statusCallback=\"https://voice.example.com/s?a=1&amp;b=2\">"
                + "<Parameter name=\"token\" value=\"t0k\"/>"
                + "<Parameter name=\"assistant\" value=\"a &amp; &quot;b&quot;\"/>"
                + "</Stream></Connect><Redirect method=\"POST\">"
                + "https://voice.example.com/resume</Redirect></Response>")
    }

    @Test func everyVerbReadsBack() throws {
        var gather = TwiMLGather(input: ["dtmf", "speech"], action: "/next")
        gather.method = .get
        gather.timeout = 5
        gather.speechTimeout = "auto"
        gather.maxSpeechTime = 30
        gather.finishOnKey = "#"
        gather.numDigits = 4
        gather.language = "de-DE"
        gather.hints = "yes, no"
        gather.profanityFilter = false
        gather.partialResultCallback = "/partial"
        gather.bargeIn = true
        gather.actionOnEmptyResult = true
        gather.speechModel = "phone_call"
        gather.enhanced = true
        var dial = TwiMLDial(number: "+15551234567", action: "/dialled", callerID: "+15550000000")
        dial.method = .post
        dial.timeout = 20
        dial.timeLimit = 600
        dial.record = "record-from-answer-dual"
        dial.answerOnBridge = true
        var record = TwiMLRecord(action: "/recorded")
        record.maxLength = 60
        record.timeout = 3
        record.finishOnKey = "*"
        record.playBeep = false
        record.trim = "do-not-trim"
        record.recordingStatusCallback = "/done"
        let xml = try TwiML.response([
            .gather(gather, [.say("Well?"), .pause(seconds: 2), .play(url: "/a.wav", loop: 0)]),
            .dial(dial), .record(record), .message("Thanks!", to: "+1555"),
            .message("", mediaURL: "https://example.com/menu.png"), .reject(.busy), .reject(),
            .hangup,
        ])
        let expected = Element(
            "Response", [:],
            [
                Element(
                    "Gather",
                    [
                        "input": "dtmf speech", "action": "/next", "method": "GET", "timeout": "5",
                        "speechTimeout": "auto", "maxSpeechTime": "30", "finishOnKey": "#",
                        "numDigits": "4", "language": "de-DE", "hints": "yes, no",
                        "profanityFilter": "false", "partialResultCallback": "/partial",
                        "bargeIn": "true", "actionOnEmptyResult": "true",
                        "speechModel": "phone_call", "enhanced": "true",
                    ],
                    [
                        Element("Say", text: "Well?"), Element("Pause", ["length": "2"]),
                        Element("Play", ["loop": "0"], text: "/a.wav"),
                    ]),
                Element(
                    "Dial",
                    [
                        "action": "/dialled", "method": "POST", "timeout": "20", "timeLimit": "600",
                        "callerId": "+15550000000", "record": "record-from-answer-dual",
                        "answerOnBridge": "true",
                    ], [Element("Number", text: "+15551234567")]),
                Element(
                    "Record",
                    [
                        "action": "/recorded", "maxLength": "60", "timeout": "3",
                        "finishOnKey": "*",
                        "playBeep": "false", "trim": "do-not-trim",
                        "recordingStatusCallback": "/done",
                    ]),
                Element("Message", ["to": "+1555"], [Element("Body", text: "Thanks!")]),
                Element("Message", [:], [Element("Media", text: "https://example.com/menu.png")]),
                Element("Reject", ["reason": "busy"]), Element("Reject"), Element("Hangup"),
            ])
        let root = try #require(Reader.read(xml))
        #expect(root == expected, "\(xml)")
    }

    @Test func anyTextReadsBack() throws {
        let seed = printedSeed("anyTextReadsBack")
        var generator = SeededGenerator(seed: seed)
        let extra: [Unicode.Scalar] = [
            "\r", "\n", "\t", "]", ">", "<", "&", "\"", "'", "\u{85}", "\u{2028}",
        ]
        for _ in 0..<500 {
            func text(_ lengthMax: Int) -> String {
                var text = "x"
                for scalar in randomText(&generator, lengthMax: lengthMax).unicodeScalars
                where scalar.value >= 0x20 && scalar.value < 0xfffe || scalar.value > 0xffff {
                    text.unicodeScalars.append(scalar)
                    if Bool.random(using: &generator) {
                        text.unicodeScalars.append(extra.randomElement(using: &generator) ?? "x")
                    }
                }
                return text
            }
            let (spoken, voice, name, value) = (text(40), text(9), text(9), text(40))
            let stream = TwiMLStream(url: "wss://h/s", parameters: [TwiMLParameter(name, value)])
            let xml = try TwiML.response([.say(spoken, voice: voice), .connect(stream)])
            let expected = Element(
                "Response", [:],
                [
                    Element("Say", ["voice": voice], text: spoken),
                    Element(
                        "Connect", [:],
                        [
                            Element(
                                "Stream", ["url": "wss://h/s"],
                                [
                                    Element("Parameter", ["name": name, "value": value])
                                ])
                        ]),
                ])
            #expect(Reader.read(xml) == expected, "seed \(seed): \(xml)")
        }
    }

    @Test func refusesWhatCannotBeSent() {
        func error(_ verb: TwiMLVerb) -> TwiMLError? {
            do throws(TwiMLError) {
                _ = try TwiML.response([verb])
                return nil
            } catch { return error }
        }
        for value in (UInt32(0)..<0x20).filter({ ![9, 10, 13].contains($0) }) + [0xfffe, 0xffff] {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(
                error(.say("a\(Character(scalar))")) == .character(scalar, place: "<Say>"))
            #expect(
                error(.say("a", voice: "\(Character(scalar))"))
                    == .character(scalar, place: "<Say voice>"))
        }
        #expect(error(.say("")) == .empty(place: "<Say>"))
        func stream(_ url: String, _ parameters: [TwiMLParameter] = []) -> TwiMLError? {
            error(.connect(TwiMLStream(url: url, parameters: parameters)))
        }
        for url in ["https://h/s", "ws://h/s", "wss://h/s?a=1", "wss://h/s#a", ""] {
            guard case .streamURL(url, _) = stream(url) else {
                Issue.record("\(url) was let through")
                continue
            }
        }
        #expect(error(.connect(TwiMLStream(url: "ws://h/s", allowsInsecureURL: true))) == nil)
        let fits = TwiMLParameter("nn", String(repeating: "é", count: 497))
        let long = TwiMLParameter("nn", String(repeating: "é", count: 498))
        #expect(stream("wss://h", [fits]) == nil)
        #expect(stream("wss://h", [long]) == .parameterTooLong(name: "nn", characterCount: 500))
        #expect(
            error(.pause(seconds: 0))
                == .outOfRange(place: "<Pause length>", value: 0, range: 1...3600))
        #expect(error(.gather(TwiMLGather(), [.hangup])) == .notInGather("Hangup"))
        #expect(error(.gather(TwiMLGather(input: []))) == .empty(place: "<Gather input>"))
        #expect(error(.message(String(repeating: "a", count: 1600))) == nil)
        #expect(error(.message(String(repeating: "a", count: 1601))) != nil)
        #expect(error(.say(String(repeating: "a", count: 65_600))) != nil)
    }
}
