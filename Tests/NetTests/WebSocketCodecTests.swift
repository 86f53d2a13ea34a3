import Net
import TestSupport
import Testing

@Suite struct WebSocketCodecTests {
    static let mixed: (bytes: [UInt8], events: [Seen]) = {
        let long = (0..<200).map { UInt8($0 & 0xFF) }
        let bytes =
            Wire.text("hello") + Wire.text("") + Wire.text("κόσμε – 🎈")
            + Wire.frame(1, Array("κό".utf8).prefix(3).map { $0 }, fin: false)
            + Wire.frame(9, [1, 2, 3])
            + Wire.frame(0, [], fin: false)
            + Wire.frame(0xA)
            + Wire.frame(0, Array("κόσμε".utf8).dropFirst(3).map { $0 })
            + Wire.frame(2, long) + Wire.frame(2)
            + Wire.frame(2, [7], fin: false) + Wire.frame(0, [8])
            + Wire.close(1000, "bye ☎")
        return (
            bytes,
            [
                .text("hello"), .text(""), .text("κόσμε – 🎈"), .ping([1, 2, 3]), .pong([]),
                .text("κόσμε"), .binary(long), .binary([]), .binary([7, 8]), .close(1000, "bye ☎"),
            ]
        )
    }()

    @Test func everySplitPointGivesTheSameEvents() {
        let (bytes, events) = Self.mixed
        #expect(decode(bytes) == events)
        for split in 0...bytes.count {
            let got = decode([bytes[..<split], bytes[split...]])
            #expect(got == events, "split at \(split)")
        }
        for first in stride(from: 1, to: bytes.count, by: 7) {
            for second in first..<bytes.count {
                let got = decode([bytes[..<first], bytes[first..<second], bytes[second...]])
                #expect(got == events, "split at \(first), \(second)")
            }
        }
        #expect(decode(bytes.indices.map { bytes[$0...$0] }) == events, "byte by byte")
    }

    @Test func longMessagesSurviveAnySplitting() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for count in [125, 126, 127, 4081, 4082, 4090, 4096, 4097, 65535, 65536, 100_000] {
            let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let tail = Wire.text("tail")
            let bytes = Wire.text("head") + Wire.frame(2, payload) + tail
            let events: [Seen] = [.text("head"), .binary(payload), .text("tail")]
            #expect(decode(bytes) == events, "\(count) bytes whole")
            var pieces: [ArraySlice<UInt8>] = []
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1...5000, using: &generator))
                pieces.append(bytes[at..<end])
                at = end
            }
            #expect(decode(pieces) == events, "\(count) bytes in \(pieces.count) pieces")
        }
    }

    @Test func randomMessagesInRandomFragmentsComeBack() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for round in 0..<200 {
            var bytes: [UInt8] = []
            var events: [Seen] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let payload = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                let cuts = Int.random(in: 0...4, using: &generator)
                var rest = payload[...]
                for cut in 0...cuts {
                    let isLast = cut == cuts
                    let part =
                        isLast ? rest : rest.prefix(Int.random(in: 0...300, using: &generator))
                    rest = rest.dropFirst(part.count)
                    bytes += Wire.frame(cut == 0 ? 2 : 0, Array(part), fin: isLast)
                    if !isLast, Bool.random(using: &generator) {
                        bytes += Wire.frame(9, [UInt8(cut)])
                        events.append(.ping([UInt8(cut)]))
                    }
                }
                events.append(.binary(payload))
            }
            var pieces: [ArraySlice<UInt8>] = []
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1...400, using: &generator))
                pieces.append(bytes[at..<end])
                at = end
            }
            #expect(decode(pieces) == events, "round \(round)")
        }
    }

    @Test(arguments: [
        ("reserved bit 1", Wire.frame(1, [65], rsv: 4), UInt16(1002)),
        ("reserved bit 2", Wire.frame(1, [65], rsv: 2), 1002),
        ("reserved bit 3", Wire.frame(9, [], rsv: 1), 1002),
        ("opcode 3", Wire.frame(3, [65]), 1002),
        ("opcode 7", Wire.frame(7), 1002),
        ("opcode 11", Wire.frame(11, [1]), 1002),
        ("opcode 15", Wire.frame(15), 1002),
        ("unmasked", Wire.frame(1, [65], masked: false), 1002),
        ("unmasked and empty", Wire.frame(1, [], masked: false), 1002),
        ("continuation first", Wire.frame(0, [65]), 1002),
        ("text in text", Wire.text("a", fin: false) + Wire.text("b"), 1002),
        ("long ping", Wire.frame(9, [UInt8](repeating: 0, count: 126)), 1002),
        ("fragmented ping", Wire.frame(9, [1], fin: false), 1002),
        ("fragmented close", Wire.frame(8, [3, 232], fin: false), 1002),
        ("close of one byte", Wire.frame(8, [3]), 1002),
        ("16-bit length for 5 bytes", [0x81, 0xFE, 0, 5] + Wire.mask + [0, 0, 0, 0, 0], 1002),
        (
            "64-bit length for 5 bytes",
            [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5] + Wire.mask + [0, 0, 0, 0, 0], 1002
        ),
        (
            "length with the top bit",
            [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0] + Wire.mask + [0], 1002
        ),
        (
            "huge length",
            [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + Wire.mask + [0], 1009
        ),
        ("close reason not UTF-8", Wire.frame(8, [3, 232, 0xC0, 0xAF]), 1007),
        ("close reason cut", Wire.frame(8, [3, 232, 0xE2, 0x82]), 1007),
    ])
    func violationsAreNamed(name: String, bytes: [UInt8], code: UInt16) {
        // What follows a violation must not be looked at.
        let all = bytes + Wire.text("after")
        #expect(decode(all) == [.failure(code)], "\(name)")
        #expect(decode(all.indices.map { all[$0...$0] }) == [.failure(code)], "\(name) bytewise")
    }

    @Test func maskedFrameFromAServerIsAViolation() {
        #expect(decode(Wire.text("a"), role: .client) == [.failure(1002)])
        #expect(decode(Wire.text("a", masked: false), role: .client) == [.text("a")])
    }

    @Test func everyCloseCode() {
        #expect(decode(Wire.frame(8)) == [.close(1005, "")])
        for code in UInt16.min ... .max {
            let good = [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(code) }
            guard code < 1100 || code % 97 == 0 || (2990...3010).contains(code) || code > 4990
            else { continue }
            let expected: Seen = good ? .close(code, "why") : .failure(1002)
            #expect(decode(Wire.close(code, "why") + Wire.text("x")) == [expected], "\(code)")
        }
    }

    @Test func sizeLimitIsExact() {
        let fits = [UInt8](repeating: 65, count: 1000)
        let exceeds = fits + [65]
        #expect(decode(Wire.frame(2, fits), messageBytesMax: 1000) == [.binary(fits)])
        #expect(decode(Wire.frame(2, exceeds), messageBytesMax: 1000) == [.failure(1009)])
        let parts = Wire.frame(2, Array(fits.prefix(600)), fin: false)
        #expect(
            decode(parts + Wire.frame(0, Array(fits.prefix(400))), messageBytesMax: 1000)
                == [.binary(fits)])
        #expect(
            decode(parts + Wire.frame(0, Array(fits.prefix(401))), messageBytesMax: 1000)
                == [.failure(1009)])
        // The limit is per message: control frames and earlier messages do not count.
        #expect(
            decode(
                parts + Wire.frame(9, [1]) + Wire.frame(0) + Wire.frame(2, fits),
                messageBytesMax: 1000)
                == [.ping([1]), .binary(Array(fits.prefix(600))), .binary(fits)])
    }

    @Test func badTextIsRefusedAtTheFirstBadByte() {
        // The first fragment is bad already; no end of message is needed.
        #expect(decode(Wire.frame(1, [0x61, 0xFF], fin: false)) == [.failure(1007)])
        // Valid so far, cut inside a character at the end of the message.
        #expect(decode(Wire.frame(1, [0x61, 0xE2, 0x82])) == [.failure(1007)])
        // The same bytes continued are fine.
        #expect(
            decode(Wire.frame(1, [0x61, 0xE2, 0x82], fin: false) + Wire.frame(0, [0xAC]))
                == [.text("a€")])
        // Binary is not looked at.
        #expect(decode(Wire.frame(2, [0xFF, 0xFE])) == [.binary([0xFF, 0xFE])])
    }

    @Test func validatorAgreesWithTheStandardLibrary() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        // Every sequence of two bytes, and random ones near the boundaries.
        var cases: [[UInt8]] = []
        for first in 0x00...0xFF {
            for second in 0x00...0xFF { cases.append([UInt8(first), UInt8(second)]) }
        }
        let edges: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
            0xE1,
            0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<100_000 {
            cases.append(
                (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                    Int.random(in: 0...9, using: &generator) < 5
                        ? 0x61 : edges.randomElement(using: &generator) ?? 0
                })
        }
        var validCount = 0
        for bytes in cases {
            let expected = String(validating: bytes, as: UTF8.self) != nil
            var validator = WebSocketUTF8Validator()
            let got = bytes.withUnsafeBytes { validator.consume($0) } && validator.isComplete
            var piecewise = WebSocketUTF8Validator()
            let cut = bytes.count / 2
            let inPieces =
                bytes[..<cut].withUnsafeBytes { piecewise.consume($0) }
                && bytes[cut...].withUnsafeBytes { piecewise.consume($0) } && piecewise.isComplete
            if got != expected || inPieces != expected {
                Issue.record("\(bytes): \(got), in pieces \(inPieces), expected \(expected)")
            }
            if expected { validCount += 1 }
        }
        #expect(validCount > 20_000)
    }

    @Test func encoderWritesWhatTheStandardSays() {
        var server = WebSocketEncoder(role: .server)
        for count in [0, 1, 125, 126, 65535, 65536] {
            let payload = (0..<count).map { UInt8($0 & 0xFF) }
            let done = payload.withUnsafeBytes { server.append(.binary, $0) }
            #expect(done)
            #expect(Array(server.waiting) == Wire.frame(2, payload, masked: false), "\(count)")
            server.consume(server.waitingCount)
        }
        server.appendClose(code: 1000, reason: "")
        #expect(Array(server.waiting) == Wire.close(1000, masked: false))
        server.consume(2)
        #expect(Array(server.waiting) == [0x03, 0xE8])
        server.consume(2)
        server.appendClose(code: 1005, reason: "ignored")
        #expect(Array(server.waiting) == [0x88, 0x00])
    }

    @Test func longCloseReasonIsCutBetweenCharacters() {
        var encoder = WebSocketEncoder(role: .server)
        encoder.appendClose(code: 1011, reason: String(repeating: "€", count: 50))
        #expect(
            decode(Array(encoder.waiting), role: .client)
                == [.close(1011, String(repeating: "€", count: 41))])
    }

    @Test func clientMasksWithFreshKeys() {
        var encoder = WebSocketEncoder(role: .client)
        var keys: Set<[UInt8]> = []
        let payload: [UInt8] = Array("the same payload".utf8)
        for _ in 0..<2000 {
            payload.withUnsafeBytes { _ = encoder.append(.text, $0) }
            let bytes = Array(encoder.waiting)
            #expect(bytes[0] == 0x81 && bytes[1] == 0x80 | UInt8(payload.count))
            keys.insert(Array(bytes[2..<6]))
            #expect(decode(bytes) == [.text(payload)])
            encoder.consume(bytes.count)
        }
        // 2,000 of 2^32 keys: more than two equal pairs would be a one-in-a-billion accident.
        #expect(keys.count >= 1998)
    }

    @Test func outboxKeepsOrderWhileItGrowsAndIsDrained() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var encoder = WebSocketEncoder(role: .server)
        var expected: [UInt8] = []
        var drained: [UInt8] = []
        for _ in 0..<500 {
            let payload = (0..<Int.random(in: 0...3000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            payload.withUnsafeBytes { _ = encoder.append(.binary, $0) }
            expected += Wire.frame(2, payload, masked: false)
            let taken = Int.random(in: 0...min(encoder.waitingCount, 3200), using: &generator)
            drained += encoder.waiting.prefix(taken)
            encoder.consume(taken)
        }
        drained += encoder.waiting
        #expect(drained == expected)
    }
}
