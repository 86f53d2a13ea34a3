import TestSupport
import Testing
import Wire

@Suite struct DigestTests {
    private func hex(_ bytes: [UInt8]) -> String { Hexadecimal.text(bytes) }

    /// Values of FIPS 180-4's examples ("abc") and of RFC 2202 and RFC 4231, test case 2.
    @Test func digestsAreThoseOfTheStandards() {
        let abc = Array("abc".utf8)
        #expect(hex(Digest.sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(hex(Digest.sha256(abc)) == sha256 && SHA256.hex(abc) == sha256)
        let key = Array("Jefe".utf8)
        let text = Array("what do ya want for nothing?".utf8)
        #expect(
            hex(Digest.hmacSHA1(key: key, text)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        #expect(
            hex(Digest.hmacSHA256(key: key, text))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            SHA256.hex([])
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func piecesMakeNoDifference() throws {
        let seed = printedSeed()
        var generator = SeededGenerator(seed: seed)
        let whole = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let digest = try #require(SHA256())
        var rest = whole[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 0...300, using: &generator))
            rest.prefix(count).withUnsafeBytes { digest.update($0) }
            rest = rest.dropFirst(count)
        }
        #expect(digest.finish() == SHA256.hex(whole), "seed \(seed)")
    }

    @Test func hexadecimalDigitsAreReadBack() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.bytes(Hexadecimal.text(all)) == all)
        #expect(Hexadecimal.bytes("aAfF09") == [0xAA, 0xFF, 0x09])
        for text in ["a", "0g", " 1", "+1", "é"] { #expect(Hexadecimal.bytes(text) == nil) }
    }

    @Test func randomBytesDiffer() throws {
        let first = try #require(SecureRandom.bytes(32))
        #expect(first.count == 32 && first != SecureRandom.bytes(32))
    }

    @Test func constantTimeEqualityIsEquality() {
        let seed = printedSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let left = bits(&generator)
            let right = bits(&generator)
            #expect(ConstantTime.equal(left, right) == (left == right), "seed \(seed)")
        }
        #expect(ConstantTime.equal("", ""))
        #expect(ConstantTime.equal("é", "é"))
        // Swift takes these two spellings for equal; as secrets they are not.
        #expect(!ConstantTime.equal("\u{e9}", "e\u{301}"))
    }

    @Test func aSecretIsFoundAmongSome() {
        #expect(ConstantTime.isAny("b", of: ["a", "b"]))
        #expect(!ConstantTime.isAny("b", of: ["a", "bb", ""]))
        #expect(!ConstantTime.isAny("", of: []))
    }

    private func bits(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            UInt8.random(in: 0...1, using: &generator)
        }
    }
}
