import Foundation
import Testing
import Twilio

@Suite struct Base64Tests {
    private func decode(_ text: [UInt8], room: Int = 4096) -> Result<[UInt8], StreamMessageError> {
        var target = [UInt8](repeating: 0, count: room)
        let result = text.withUnsafeBytes { source in
            target.withUnsafeMutableBytes { target -> Result<Int, StreamMessageError> in
                do throws(StreamMessageError) {
                    return .success(try Base64.decode(source, into: target))
                } catch { return .failure(error) }
            }
        }
        return result.map { Array(target[..<$0]) }
    }

    private func encode(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBytes { source in written { Base64.encode(source, into: $0) } }
    }

    @Test func agreesWithFoundationAtEveryLength() {
        let seed = printedSeed("Base64.agreesWithFoundationAtEveryLength")
        var generator = SeededGenerator(seed: seed)
        for count in 0...400 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Array(Data(bytes).base64EncodedString().utf8)
            #expect(encode(bytes) == text, "seed \(seed), \(count) bytes")
            #expect(decode(text) == .success(bytes), "seed \(seed), \(count) bytes")
            #expect(decode(text, room: count) == .success(bytes))
            if count > 0 {
                #expect(
                    decode(text, room: count - 1)
                        == .failure(.init(.payloadTooLarge(limitBytes: count - 1), offset: 0)))
            }
        }
    }

    @Test func everyByteValueAtEveryPlace() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
                var text = Array("AAAAAAAA".utf8)
                text[place] = byte
                if byte == UInt8(ascii: "="), place == 7 {
                    #expect(decode(text) == .success([0, 0, 0, 0, 0]))
                    continue
                }
                let kind: StreamMessageError.Kind =
                    byte == UInt8(ascii: "=") ? .base64Padding : .base64Character(byte)
                #expect(decode(text) == .failure(.init(kind, offset: place)))
            }
        }
    }

    @Test func refusesWhatIsNotCanonical() {
        let cases: [(String, StreamMessageError.Kind)] = [
            ("A", .base64Length), ("AA", .base64Length), ("AAA", .base64Length),
            ("AAAAA", .base64Length), ("AB==", .base64Padding), ("AAB=", .base64Padding),
            ("====", .base64Padding), ("A===", .base64Padding), ("AA=A", .base64Padding),
            ("AA==AAAA", .base64Padding), ("AAA=AAA=", .base64Padding),
            ("AA =", .base64Character(32)),
        ]
        for (text, kind) in cases {
            switch decode(Array(text.utf8)) {
            case .success(let bytes): Issue.record("\(text) was decoded to \(bytes)")
            case .failure(let error): #expect(error.kind == kind, "\(text)")
            }
        }
    }
}
