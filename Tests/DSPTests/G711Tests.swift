import DSP
import Testing
import Wire

/// The recommendation's own description of a law: a ladder of decision values, made of segments,
/// and the level between each pair. Codes are found by walking the ladder.
private struct Ladder {
    /// Decision values x₀…x₁₂₈, in 16-bit units.
    var decisions: [Int]
    /// The output for an input at or above `decisions[n]` and below `decisions[n + 1]`.
    var levels: [Int]

    /// Table 2/G.711: values of 14 bits; x₀ = 0, x₁ = 1, then eight segments of steps 2…256.
    static let muLaw: Ladder = {
        var x = [0, 1]
        for _ in 0..<15 { x.append((x.last ?? 0) + 2) }
        for exponent in 2...8 {
            for _ in 0..<16 { x.append((x.last ?? 0) + (1 << exponent)) }
        }
        // y₀ = x₀; every other level is the mean of its decision values.
        var y: [Int] = (0..<128).map { (n: Int) -> Int in (x[n] + x[n + 1]) * 2 }
        y[0] = 0
        return Ladder(decisions: x.map { $0 * 4 }, levels: y)
    }()

    /// Table 1/G.711: values of 13 bits; two segments of step 2, then steps 4…128.
    static let aLaw: Ladder = {
        var x = [0]
        for exponent in [1, 1, 2, 3, 4, 5, 6, 7] {
            for _ in 0..<16 { x.append((x.last ?? 0) + (1 << exponent)) }
        }
        let y: [Int] = (0..<128).map { (n: Int) -> Int in (x[n] + x[n + 1]) * 4 }
        return Ladder(decisions: x.map { $0 * 8 }, levels: y)
    }()

    /// The number of the interval of one polarity that holds a sample.
    func interval(of sample: Int) -> Int {
        if sample >= 0 {
            return (0..<128).last { decisions[$0] <= sample } ?? 0
        }
        // On the negative side "at or above a decision value" means strictly beyond −x.
        return (0..<128).last { sample < -decisions[$0] } ?? 0
    }
}

@Suite("G.711")
struct G711Tests {
    private static let allSamples: [Int16] = (-32_768...32_767).map { Int16($0) }
    private static let allCodes: [UInt8] = (0...255).map { UInt8($0) }

    @Test("the ladders end where the recommendation's tables end")
    func ladders() {
        #expect(Ladder.muLaw.decisions.count == 129)
        #expect(Ladder.aLaw.decisions.count == 129)
        #expect(
            [16, 32, 48, 64, 80, 96, 112, 127, 128].map { Ladder.muLaw.decisions[$0] / 4 }
                == [31, 95, 223, 479, 991, 2015, 4063, 7903, 8159])
        #expect(
            [16, 32, 48, 64, 80, 96, 112, 127, 128].map { Ladder.aLaw.decisions[$0] / 8 }
                == [32, 64, 128, 256, 512, 1024, 2048, 3968, 4096])
        #expect(Ladder.muLaw.levels[127] == 8031 * 4)
        #expect(Ladder.aLaw.levels[127] == 4032 * 8)
    }

    @Test("every µ-law code and sample follows table 2")
    func muLawAgainstLadder() {
        for code in Self.allCodes {
            let interval = Int(~code & 0x7F)
            let level = Ladder.muLaw.levels[interval]
            #expect(G711.decodeMuLaw(code) == Int16(code & 0x80 != 0 ? level : -level))
        }
        var differing = 0
        for sample in Self.allSamples {
            let interval = UInt8(Ladder.muLaw.interval(of: Int(sample)))
            let expected = sample >= 0 ? 255 - interval : 127 - interval
            if G711.encodeMuLaw(sample) != expected { differing += 1 }
        }
        #expect(differing == 0)
    }

    @Test("every A-law code and sample follows table 1, even bits inverted")
    func aLawAgainstLadder() {
        for code in Self.allCodes {
            let level = Ladder.aLaw.levels[Int((code ^ 0x55) & 0x7F)]
            #expect(G711.decodeALaw(code) == Int16(code & 0x80 != 0 ? level : -level))
        }
        var differing = 0
        for sample in Self.allSamples {
            let interval = UInt8(Ladder.aLaw.interval(of: Int(sample)))
            let expected = (sample >= 0 ? 0x80 | interval : interval) ^ 0x55
            if G711.encodeALaw(sample) != expected { differing += 1 }
        }
        #expect(differing == 0)
    }

    /// Digests of full tables made elsewhere. Decoders (256 samples, little endian), the A-law
    /// encoder (−32,768…32,767) and the µ-law encoder's positive half (0…32,767): `ulaw2lin`,
    /// `alaw2lin`, `lin2alaw`, `lin2ulaw` of Python 3.11's audioop. The whole µ-law encoder: the
    /// rule of ITU-T G.191, run in C; audioop rounds 16-bit negatives away from zero before it
    /// compands, so its negative half is exact only for 14-bit input off the decision values.
    @Test("full tables have the digests of other implementations")
    func digests() {
        func bytes(_ samples: [Int16]) -> [UInt8] {
            samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        }
        #expect(
            SHA256.hex(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.hex(bytes(Self.allCodes.map(G711.decodeMuLaw)))
                == "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827")
        #expect(
            SHA256.hex(bytes(Self.allCodes.map(G711.decodeALaw)))
                == "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174")
        #expect(
            SHA256.hex(Self.allSamples.map(G711.encodeALaw))
                == "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b")
        let muLaw = Self.allSamples.map(G711.encodeMuLaw)
        #expect(
            SHA256.hex(Array(muLaw[32_768...]))
                == "912062bf9c931c7ebc1dc1fd1d74faf0cfefcd47e8408a3ed4d07aa59f0f1c20")
        #expect(
            SHA256.hex(muLaw)
                == "90c29de505fb68e766118303bd552a16005dcf810873698bee1d8f3b247ce28c")
    }

    @Test("bulk functions equal the scalar ones for every value, by pointer and by span")
    func bulk() {
        let samples = Self.allSamples
        let codes = Self.allCodes
        #expect(G711.encodedMuLaw(samples) == samples.map(G711.encodeMuLaw))
        #expect(G711.decodedMuLaw(codes) == codes.map(G711.decodeMuLaw))

        var encoded = [UInt8](repeating: 0, count: samples.count + 1)
        var decoded = [Int16](repeating: 0, count: codes.count + 1)
        var target = encoded.mutableSpan
        #expect(G711.encodeMuLaw(samples.span, into: &target) == samples.count)
        #expect(Array(encoded.dropLast()) == samples.map(G711.encodeMuLaw))
        target = encoded.mutableSpan
        #expect(G711.encodeALaw(samples.span, into: &target) == samples.count)
        #expect(Array(encoded.dropLast()) == samples.map(G711.encodeALaw))
        var linear = decoded.mutableSpan
        #expect(G711.decodeMuLaw(codes.span, into: &linear) == codes.count)
        #expect(Array(decoded.dropLast()) == codes.map(G711.decodeMuLaw))
        linear = decoded.mutableSpan
        #expect(G711.decodeALaw(codes.span, into: &linear) == codes.count)
        #expect(Array(decoded.dropLast()) == codes.map(G711.decodeALaw))
        #expect(encoded.last == 0 && decoded.last == 0)
    }

    @Test("silence codes decode to the smallest value, and empty frames are fine")
    func edges() {
        #expect(G711.decodeMuLaw(G711.muLawSilence) == 0)
        #expect(G711.encodeMuLaw(0) == G711.muLawSilence)
        #expect(G711.decodeALaw(G711.aLawSilence) == 8)
        #expect(G711.encodeALaw(0) == G711.aLawSilence)
        #expect(G711.decodedMuLaw([]).isEmpty)
        #expect(G711.encodedMuLaw([]).isEmpty)
    }

    @Test("decoding then encoding gives every code back, but for µ-law's minus zero")
    func idempotence() {
        for code in Self.allCodes {
            #expect(G711.encodeALaw(G711.decodeALaw(code)) == code)
            let expected: UInt8 = code == 0x7F ? 0xFF : code
            #expect(G711.encodeMuLaw(G711.decodeMuLaw(code)) == expected)
        }
    }
}
