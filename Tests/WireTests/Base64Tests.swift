import Foundation
import TestSupport
import Testing
import Wire

@Suite struct Base64Tests {
    private func decode(_ text: [UInt8], room: Int = 4096) -> Result<[UInt8], Base64Error> {
        var target = [UInt8](repeating: 0, count: room)
        let result = text.withUnsafeBytes { source in
            target.withUnsafeMutableBytes { target -> Result<Int, Base64Error> in
                do throws(Base64Error) {
                    return .success(try Base64.decode(source, into: target))
                } catch { return .failure(error) }
            }
        }
        return result.map { Array(target[..<$0]) }
    }

    private func encode(_ bytes: [UInt8]) -> [UInt8]? {
        var target = [UInt8](repeating: 0xaa, count: Base64.encodedCount(bytes.count) + 8)
        let count = bytes.withUnsafeBytes { source in
            target.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
        }
        #expect(target.suffix(8) == [UInt8](repeating: 0xaa, count: 8), "written beyond the end")
        return count.map { Array(target[..<$0]) }
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
            #expect(Base64.text(bytes) == String(decoding: text, as: UTF8.self))
            #expect((try? Base64.bytes(Base64.text(bytes))) == bytes)
            if count > 0 {
                #expect(
                    decode(text, room: count - 1)
                        == .failure(.init(.tooLong(limitBytes: count - 1), offset: 0)))
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
                let kind: Base64Error.Kind =
                    byte == UInt8(ascii: "=") ? .padding : .character(byte)
                #expect(decode(text) == .failure(.init(kind, offset: place)))
            }
        }
    }

    @Test func refusesWhatIsNotCanonical() {
        let cases: [(String, Base64Error.Kind)] = [
            ("A", .length), ("AA", .length), ("AAA", .length),
            ("AAAAA", .length), ("AB==", .padding), ("AAB=", .padding),
            ("====", .padding), ("A===", .padding), ("AA=A", .padding),
            ("AA==AAAA", .padding), ("AAA=AAA=", .padding),
            ("AA =", .character(32)),
        ]
        for (text, kind) in cases {
            switch decode(Array(text.utf8)) {
            case .success(let bytes): Issue.record("\(text) was decoded to \(bytes)")
            case .failure(let error): #expect(error.kind == kind, "\(text)")
            }
        }
    }

    @Test func aBufferThatIsTooSmallIsLeftAlone() {
        var target = [UInt8](repeating: 7, count: 3)
        let count = [UInt8]("abc".utf8).withUnsafeBytes { source in
            target.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
        }
        #expect(count == nil && target == [7, 7, 7])
    }

    @Test func theTextOfAnErrorSaysWhere() {
        #expect(throws: Base64Error(.character(UInt8(ascii: "!")), offset: 2)) {
            try Base64.bytes("AA!A")
        }
        #expect(Base64Error(.padding, offset: 3).description.contains("byte 3"))
    }
}
