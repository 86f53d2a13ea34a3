import Glibc

/// Soft noise for the gaps of a conversation, so that the line does not sound dead.
///
/// Near-Gaussian, tilted towards low frequencies as a room's noise is, at an exact level, and the
/// same for the same seed. A value of its own, used by one thread at a time; no allocation.
public struct ComfortNoise: Sendable {
    /// RMS level in dBFS (0 dB is an RMS of 32,768).
    public let level: Float
    private var generator: UInt64
    private var filtered: Float = 0
    private let amplitude: Float

    /// The pole of the tilt: −3 dB at about 650 Hz and −12 dB at 4 kHz, at 8 kHz.
    private static let pole: Float = 0.6

    /// - Parameters:
    ///   - seed: any number; the same seed gives the same noise.
    ///   - level: RMS in dBFS, −90…0.
    public init(seed: UInt64, level: Float) {
        precondition((-90...0).contains(level), "comfort noise lies between −90 and 0 dBFS")
        self.level = level
        generator = seed
        // White noise of unit power leaves the one-pole filter with a power of 1 / (1 − pole²).
        amplitude = 32_768 * pow(10, level / 20) * (1 - Self.pole * Self.pole).squareRoot()
    }

    /// Overwrites a block with the next samples.
    public mutating func fill(_ samples: UnsafeMutableBufferPointer<Int16>) {
        for index in 0..<samples.count {
            samples[index] = next()
        }
    }

    /// Adds the next samples to a block, saturating.
    public mutating func add(to samples: UnsafeMutableBufferPointer<Int16>) {
        for index in 0..<samples.count {
            let sum = Int32(samples[index]) + Int32(next())
            samples[index] = Int16(clamping: sum)
        }
    }

    private mutating func next() -> Int16 {
        filtered = Self.pole * filtered + gaussian() * amplitude
        return SampleConversion.int16(filtered)
    }

    /// Four uniform 16-bit numbers added up: unit variance, within ±3.5.
    private mutating func gaussian() -> Float {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        generator &+= 0x9E37_79B9_7F4A_7C15
        var bits = generator
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        let sum =
            Int32(bits & 0xFFFF) + Int32(bits >> 16 & 0xFFFF)
            + Int32(bits >> 32 & 0xFFFF) + Int32(bits >> 48)
        // A uniform number of 16 bits has the variance 65,536² / 12.
        return Float(sum - 131_070) / (65_536 / Float(3).squareRoot())
    }
}
