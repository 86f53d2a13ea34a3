import Foundation
import TestSupport
import Testing
import Twilio

@Suite struct StreamMessageParserTests {
    @Test func readsEveryMessageOfTheProtocol() {
        var start = StreamStart(
            streamSid: "MZ1", callSid: "CA1", accountSid: "AC1",
            customParameters: ["FirstName": "Jér🙂", "a\"b": "\\"])
        start.sequenceNumber = 1
        let audio: [UInt8] = [0x9e, 0x8f, 0x89, 0x86, 0x86, 0x89, 0x8e, 0x9c, 0xd2]
        let expected: [Parsed] = [
            .connected(StreamConnected(protocolName: "Call", version: "1.0.0")),
            .start(start),
            .media(
                .init(sequenceNumber: 3, streamSid: "MZ1", chunk: 1, timestampMs: 5, audio: audio)),
            .dtmf(StreamDTMF(streamSid: "MZ1", digit: "1", sequenceNumber: 5)),
            .mark(StreamMark(streamSid: "MZ1", name: "my label", sequenceNumber: 4)),
            .stop(
                StreamStop(streamSid: "MZ1", callSid: "CA1", accountSid: "AC1", sequenceNumber: 5)),
            .clear("MZ1"),
            .media(.init(streamSid: "MZ1", audio: [0x6b, 0x7d, 0xb8, 0xda, 0xc6])),
            .unknown("new"),
        ]
        #expect(sampleMessages.map { parse($0) } == expected)
    }

    @Test func everyTruncationIsAnErrorAtItsEnd() {
        for message in sampleMessages {
            let bytes = Array(message.utf8)
            for count in 0..<bytes.count {
                // A cut can also leave a whole message whose base64 is short; the object's own
                // brackets are then missing, so it is always the text that ends too early.
                #expect(
                    parse(bytes[..<count])
                        == .failed(StreamMessageError(.truncated, offset: count)),
                    "\(message.prefix(count))")
            }
        }
    }

    @Test func anyOrderOfFieldsMeansTheSame() {
        let seed = printedSeed("anyOrderOfFieldsMeansTheSame")
        var generator = SeededGenerator(seed: seed)
        let inner = [
            #""track":"inbound""#, #""chunk":7"#, #""timestamp":"120""#, #""payload":"AAEC""#,
        ]
        for _ in 0..<200 {
            let media = inner.shuffled(using: &generator).joined(separator: " ,\t")
            let outer = [
                #""event":"media""#, #""sequenceNumber":9"#, #""streamSid" : "MZ1""#,
                "\"media\":\n{ \(media) }", #""later":{"event":[{"media":1}]}"#,
            ]
            let text = " {" + outer.shuffled(using: &generator).joined(separator: ",\r\n") + "} \n"
            let expected = Parsed.media(
                .init(
                    sequenceNumber: 9, streamSid: "MZ1", chunk: 7, timestampMs: 120,
                    audio: [0, 1, 2]))
            #expect(parse(text) == expected, "seed \(seed): \(text)")
        }
    }

    @Test func escapesAreResolvedEverywhere() {
        // Field names, event, streamSid and payload with escapes mean what they would without.
        let text =
            #"{"\u0065vent":"m\u0065dia","stream\u0053id":"M\u005a1","#
            + #""med\u0069a":{"payloa\u0064":"\u0041\/8\u003D"}}"#
        #expect(parse(text) == .media(.init(streamSid: "MZ1", audio: [0x03, 0xff])))
        let mark =
            #"{"event":"mark","streamSid":"M","mark":{"name":"\b\f\n\r\t\"\\\/\u00E9\uD83D\uDE42"}}"#
        #expect(
            parse(mark)
                == .mark(StreamMark(streamSid: "M", name: "\u{8}\u{c}\n\r\t\"\\/é🙂")))
        for lone in [#"\ud83d"#, #"\ude42"#, #"\ud83dx"#, #"\ud83d\u0041"#, #"\ud83d\ud83d"#] {
            guard
                case .mark(let mark) = parse(#"{"event":"mark","mark":{"name":""# + lone + #""}}"#)
            else {
                Issue.record("\(lone) was refused")
                continue
            }
            #expect(mark.name.unicodeScalars.first == "\u{fffd}", "\(lone)")
        }
    }

    @Test func slashesMayBeEscapedInLongPayloads() {
        let audio = [UInt8](repeating: 0xff, count: 6000)
        let payload = Data(audio).base64EncodedString().replacingOccurrences(of: "/", with: "\\/")
        #expect(
            parse(#"{"event":"media","media":{"payload":""# + payload + #""}}"#)
                == .media(.init(audio: audio)))
    }

    @Test func countersMayBeNumbersOrStrings() {
        func sequence(_ text: String) -> Parsed {
            parse(#"{"event":"clear","streamSid":"M","sequenceNumber":"# + text + "}")
        }
        for good in [
            "7", "\"7\"", "7.0", "7.000", "\"007\"", "0", "18446744073709551615", #""\u0037""#,
        ] {
            #expect(sequence(good) == .clear("M"), "\(good)")
        }
        for bad in [
            "-7", "7.5", "7e0", "\"\"", "\"7x\"", "\"-7\"", "18446744073709551616", "\" 7\"",
        ] {
            #expect(sequence(bad).error == .notWholeNumber(.sequenceNumber), "\(bad)")
        }
        for bad in ["null", "true", "[7]", "{}"] {
            #expect(sequence(bad).error == .wrongType(.sequenceNumber), "\(bad)")
        }
        #expect(sequence("07").error == .invalidNumber)
        #expect(sequence("7.").error == .invalidNumber)
        #expect(sequence("-").error == .invalidNumber)
    }

    @Test func errorsNameKindAndPlace() {
        let cases: [(String, StreamMessageError.Kind, Int)] = [
            ("", .truncated, 0),
            ("[]", .wrongType(.message), 0),
            ("hello", .wrongType(.message), 0),
            ("{}", .missing(.event), 2),
            (#"{"event":7}"#, .wrongType(.event), 9),
            (#"{"event":"media"}"#, .missing(.media), 17),
            (#"{"event":"media","media":[]}"#, .wrongType(.media), 25),
            (#"{"event":"media","media":{}}"#, .missing(.payload), 26),
            (#"{"event":"media","media":{"payload":1}}"#, .wrongType(.payload), 36),
            (#"{"event":"media","media":{"payload":"A*AA"}}"#, .base64Character(0x2a), 38),
            (#"{"event":"media","media":{"payload":"AAA"}}"#, .base64Length, 40),
            (#"{"event":"media","media":{"payload":"=AAA"}}"#, .base64Padding, 37),
            (#"{"event":"x"} {"#, .trailingBytes, 14),
            (#"{"event":"x",}"#, .unexpectedByte(0x7d), 13),
            (#"{"event":"x" "y":1}"#, .unexpectedByte(0x22), 13),
            (#"{"event":"x","y":tru}"#, .unexpectedByte(0x7d), 20),
            ("{\"event\":\"a\nb\"}", .controlCharacter(10), 11),
            (#"{"event":"\x"}"#, .invalidEscape, 10),
            (#"{"event":"\u12G4"}"#, .invalidEscape, 10),
            (#"{"event":"x","event":"y"}"#, .duplicate(.event), 14),
            (#"{"event":"start","start":{"callSid":"C","callSid":"D"}}"#, .duplicate(.callSid), 41),
            (#"{"event":"start","start":{}}"#, .missing(.callSid), 26),
            (#"{"event":"mark","mark":{}}"#, .missing(.name), 24),
            (#"{"event":"dtmf","dtmf":{"track":"t"}}"#, .missing(.digit), 24),
            (#"{"event":"connected"}"#, .missing(.protocol), 21),
            (
                #"{"event":"start","start":{"callSid":"C","tracks":["a",]}}"#,
                .unexpectedByte(0x5d), 54
            ),
            (
                #"{"event":"start","start":{"callSid":"C","tracks":["a",1]}}"#, .wrongType(.tracks),
                54
            ),
        ]
        for (text, kind, offset) in cases {
            #expect(parse(text) == .failed(StreamMessageError(kind, offset: offset)), "\(text)")
        }
        #expect(
            parse(sampleMessages[2], audioBytesMax: 8).error == .payloadTooLarge(limitBytes: 8))
        #expect(
            StreamMessageError(.duplicate(.event), offset: 14).description
                == "byte 14: `event` stands twice in the same object")
    }

    @Test func nestingIsBoundedExactly() {
        func nested(_ depth: Int, _ open: String, _ close: String) -> Parsed {
            let value =
                String(repeating: open, count: depth) + String(repeating: close, count: depth)
            return parse(#"{"event":"x","v":"# + value + "}")
        }
        let limit = StreamMessageParser.nestingDepthMax
        #expect(nested(limit, "[", "]") == .unknown("x"))
        #expect(nested(limit + 1, "[", "]").error == .tooDeep)
        #expect(nested(1_000_000, "[", "]").error == .tooDeep)
        #expect(nested(1_000_000, "{\"a\":", "}").error == .tooDeep)
        // Objects and arrays in turn: every closing bracket must fit its opening one.
        let mixed = String(repeating: #"{"a":["#, count: limit / 2)
        let right = String(repeating: "]}", count: limit / 2)
        #expect(parse(#"{"event":"x","v":"# + mixed + "1" + right + "}") == .unknown("x"))
        let wrong = right.dropLast(2) + "}]"
        #expect(
            parse(#"{"event":"x","v":"# + mixed + "1" + wrong + "}").error == .unexpectedByte(0x7d))
    }

    @Test func stringsOfAMegabyte() {
        let long = String(repeating: "é\\n\\u0041", count: 100_000)
        let plain = String(repeating: "é\nA", count: 100_000)
        #expect(
            parse(#"{"event":"mark","streamSid":"M","mark":{"name":""# + long + #""}}"#)
                == .mark(StreamMark(streamSid: "M", name: plain)))
        #expect(parse(#"{"v":""# + long + #"","event":"x"}"#) == .unknown("x"))
        #expect(parse(#"{"event":"x",""# + long + #"":0}"#) == .unknown("x"))
        let audio = [UInt8](repeating: 0x55, count: 750_000)
        #expect(
            parse(
                #"{"event":"media","media":{"payload":""# + Data(audio).base64EncodedString()
                    + #""}}"#) == .media(.init(audio: audio)))
    }
}
