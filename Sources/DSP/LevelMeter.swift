import Glibc

/// Measures the level of 16-bit audio in dBFS: 0 dB is an RMS of 32,768, so that a sine at full
/// scale reads −3.01 dB and a peak of 32,768 reads 0 dB. Digital silence reads `floor`.
///
/// A value without storage of its own: no allocation, any thread.
public struct LevelMeter: Sendable {
    /// What digital silence reads, in dBFS; below the smallest level that 16 bits can hold.
    public static let floor: Float = -100

    /// Samples measured since the start or the last reset.
    public private(set) var sampleCount = 0
    private var sumOfSquares: Double = 0
    private var peakMagnitude: Int32 = 0

    /// Starts with nothing measured.
    public init() {}

    /// Adds a block to the measurement.
    public mutating func add(_ samples: UnsafeBufferPointer<Int16>) {
        // A block of whole numbers adds up exactly: 2^30 · 2^33 samples fit.
        var sum: Int64 = 0
        var peak = peakMagnitude
        for sample in samples {
            let value = Int32(sample)
            sum &+= Int64(value &* value)
            peak = max(peak, abs(value))
        }
        sumOfSquares += Double(sum)
        peakMagnitude = peak
        sampleCount += samples.count
    }

    /// RMS level of everything added, in dBFS.
    public var rms: Float {
        guard sampleCount > 0 else { return Self.floor }
        return Self.decibels(power: sumOfSquares / Double(sampleCount) / (32_768 * 32_768))
    }

    /// Level of the largest sample added, in dBFS.
    public var peak: Float {
        let amplitude = Double(peakMagnitude) / 32_768
        return Self.decibels(power: amplitude * amplitude)
    }

    /// Forgets everything added.
    public mutating func reset() {
        self = LevelMeter()
    }

    /// RMS level of one block, in dBFS.
    public static func rms(_ samples: UnsafeBufferPointer<Int16>) -> Float {
        var meter = LevelMeter()
        meter.add(samples)
        return meter.rms
    }

    /// Level of the largest sample of one block, in dBFS.
    public static func peak(_ samples: UnsafeBufferPointer<Int16>) -> Float {
        var meter = LevelMeter()
        meter.add(samples)
        return meter.peak
    }

    private static func decibels(power: Double) -> Float {
        power > 0 ? max(floor, Float(10 * log10(power))) : floor
    }
}
