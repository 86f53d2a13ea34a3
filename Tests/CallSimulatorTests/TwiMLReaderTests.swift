import CallSimulator
import Testing
import Twilio

@Suite struct TwiMLReaderTests {
    @Test func readsWhatTheWriterWrites() throws {
        let parameters = [
            TwiMLParameter("token", "a&b<c>\"d\"'e'\n\t\r\u{1F642}é"), TwiMLParameter("empty", ""),
        ]
        let stream = TwiMLStream(url: "wss://h.example/s", name: "n", parameters: parameters)
        let xml = try TwiML.response([
            .say("Hello <Stream url=\"no\">"), .connect(stream), .redirect(url: "https://h/r"),
        ])
        let target = TwiMLReader.stream(in: Array(xml.utf8))
        #expect(target?.url == "wss://h.example/s")
        let expected = [String: String](
            uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
        #expect(target?.parameters == expected)
    }

    @Test func seesOtherSpellings() {
        func read(_ xml: String) -> TwiMLStreamTarget? { TwiMLReader.stream(in: Array(xml.utf8)) }
        #expect(
            read("<Response><Connect><Stream name='x' url = 'ws://h/s' /></Connect></Response>")
                == TwiMLStreamTarget(url: "ws://h/s", parameters: [:]))
        #expect(
            read("<Stream url=\"ws://h/s\"><Parameter value=\"&#65;&#x42;\" name=\"p\"/></Stream>")
                == TwiMLStreamTarget(url: "ws://h/s", parameters: ["p": "AB"]))
        for none in ["", "<Response/>", "<Stream>", "<Stream url=\"x", "<Stream url=x/>", "<"] {
            #expect(read(none) == nil, "\(none)")
        }
    }
}
