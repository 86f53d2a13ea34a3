import DSP

/// The audio of a WAV file in memory, as clients of a transcription service post it.
public struct WaveAudio: Sendable, Equatable {
    /// −1…1, channels averaged.
    public var samples: [Float]
    public var sampleRate: Int

    public init(samples: [Float], sampleRate: Int) {
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// Reads PCM of 16 bits, floats of 32, µ-law and A-law; nil for anything else. A data chunk
    /// whose length is unknown or too long goes to the end.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let base = bytes.startIndex
        guard bytes.count >= 12, bytes.starts(with: "RIFF".utf8),
            bytes[(base + 8)...].starts(with: "WAVE".utf8)
        else { return nil }
        var coding = 0
        var channels = 0
        var bits = 0
        sampleRate = 0
        samples = []
        var at = base + 12
        while at + 8 <= bytes.endIndex {
            let name = String(decoding: bytes[at..<at + 4], as: UTF8.self)
            let said = Self.number(bytes, at + 4, 4)
            let start = at + 8
            let end = min(start + said, bytes.endIndex)
            if name == "fmt ", end - start >= 16 {
                coding = Self.number(bytes, start, 2)
                channels = Self.number(bytes, start + 2, 2)
                sampleRate = Self.number(bytes, start + 4, 4)
                bits = Self.number(bytes, start + 14, 2)
                // The extensible form names the coding further on.
                if coding == 0xFFFE, end - start >= 26 {
                    coding = Self.number(bytes, start + 24, 2)
                }
            } else if name == "data" {
                guard (1...8).contains(channels), (1_000...384_000).contains(sampleRate),
                    let decoded = Self.decode(bytes[start..<end], coding, bits)
                else { return nil }
                samples = Self.mixed(decoded, channels)
                return
            }
            at = start + said + (said & 1)
        }
        return nil
    }

    /// At 8000 Hz, by a resampler that is quick rather than exact.
    public var at8kHz: [Float] {
        switch sampleRate {
        case 8_000: return samples
        case 16_000:
            let halving = Downsampler16to8()
            var half = [Float](
                repeating: 0, count: halving.outputCount(forInputCount: samples.count))
            samples.withUnsafeBufferPointer { input in
                half.withUnsafeMutableBufferPointer { _ = halving.process(input, into: $0) }
            }
            return half
        default:
            let made = try? StreamingResampler.resample(
                samples, from: sampleRate, to: 8_000, quality: .fastest)
            return made ?? []
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }

    private static func decode(_ data: ArraySlice<UInt8>, _ coding: Int, _ bits: Int) -> [Float]? {
        switch (coding, bits) {
        case (1, 16):
            return data.withUnsafeBytes { raw in
                (0..<raw.count / 2).map {
                    Float(
                        Int16(
                            littleEndian: raw.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self))
                    )
                        / 32_768
                }
            }
        case (3, 32):
            return data.withUnsafeBytes { raw in
                (0..<raw.count / 4).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
                        ))
                }
            }
        case (7, 8): return data.map { Float(G711.decodeMuLaw($0)) / 32_768 }
        case (6, 8): return data.map { Float(G711.decodeALaw($0)) / 32_768 }
        default: return nil
        }
    }

    private static func mixed(_ samples: [Float], _ channels: Int) -> [Float] {
        guard channels > 1 else { return samples }
        return (0..<samples.count / channels).map { frame in
            samples[(frame * channels)..<((frame + 1) * channels)].reduce(0, +) / Float(channels)
        }
    }
}
