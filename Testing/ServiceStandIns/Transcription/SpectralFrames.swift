import Foundation

/// What a recording sounds like: the shape of the spectrum in windows of 32 ms, every so many
/// milliseconds. Loudness and steady gain are taken out, so that a recording is told by it after
/// coding, resampling and telephone lines.
struct SpectralFrames: Sendable {
    /// 16 bands of a mel-like scale, their mean 0, their length 1; all 0 where nothing stands out.
    var shapes: [SIMD16<Float>] = []
    /// Power of each window in decibels of full scale.
    var levels: [Float] = []
    /// How much a window counts: 0 for silence and noise, 1 for the loudest speech.
    var weights: [Float] = []
    /// The loudest window.
    var peakLevel: Float = -120

    /// Samples at 8000 Hz of −1…1; a window every `hop` samples.
    init(_ samples: [Float], hop: Int) {
        let spectrum = ShortSpectrum.shared
        var powers: [SIMD16<Float>] = []
        var at = 0
        while at + hop <= samples.count {
            let (bands, power) = spectrum.bands(samples, at: at)
            powers.append(bands)
            levels.append(10 * log10(power + 1e-12))
            at += hop
        }
        peakLevel = levels.max() ?? -120
        // Bands far below the loudest moment are noise: they are lifted to one floor.
        let loudest = powers.map { $0.max() }.max() ?? 0
        let floor = SIMD16<Float>(repeating: max(loudest * 1e-4, 1e-10))
        let quiet = Self.quietLevel(levels, peak: peakLevel)
        for (power, level) in zip(powers, levels) {
            shapes.append(Self.shape(power + floor))
            weights.append(min(max((level - quiet) / (peakLevel - quiet) * 1.2, 0), 1))
        }
    }

    /// What a window has to rise above: 30 dB below the peak, or what the quietest tenth of the
    /// windows has, and a little; but speech that was cut tightly has no quiet windows.
    private static func quietLevel(_ levels: [Float], peak: Float) -> Float {
        guard !levels.isEmpty else { return peak - 30 }
        let tenth = levels.sorted()[levels.count / 10]
        return max(peak - 30, min(tenth + 6, peak - 15))
    }

    /// The windows that are more than background, first to last; nil when there are none.
    func activeRange(in range: Range<Int>) -> Range<Int>? {
        guard let first = range.first(where: { weights[$0] > 0 }),
            let last = range.last(where: { weights[$0] > 0 })
        else { return nil }
        return first..<last + 1
    }

    private static func shape(_ power: SIMD16<Float>) -> SIMD16<Float> {
        var logs = SIMD16<Float>()
        for band in 0..<16 { logs[band] = log2(power[band]) }
        logs -= SIMD16(repeating: logs.sum() / 16)
        let length = (logs * logs).sum().squareRoot()
        // A flat spectrum has no shape to compare.
        return length > 1 ? logs / length : SIMD16()
    }
}

/// Power in 16 bands of one window of 256 samples at 8000 Hz.
final class ShortSpectrum: Sendable {
    static let shared = ShortSpectrum()
    private static let size = 256
    private let window: [Float]
    private let cosines: [Float]
    private let sines: [Float]
    /// Bin of the transform to band; −1 outside the telephone's band.
    private let bandOfBin: [Int]

    private init() {
        let size = Self.size
        window = (0..<size).map { 0.5 - 0.5 * cosf(2 * .pi * Float($0) / Float(size)) }
        cosines = (0..<size / 2).map { cosf(-2 * .pi * Float($0) / Float(size)) }
        sines = (0..<size / 2).map { sinf(-2 * .pi * Float($0) / Float(size)) }
        func mel(_ hertz: Float) -> Float { log2(1 + hertz / 700) }
        let low = mel(280)
        let high = mel(3_450)
        bandOfBin = (0..<size / 2).map { bin in
            let place = (mel(Float(bin) * 8_000 / Float(size)) - low) / (high - low) * 16
            return place >= 0 && place < 16 ? Int(place) : -1
        }
    }

    /// Mean power per bin of each band, and the power of all; samples beyond the end count as 0.
    func bands(_ samples: [Float], at start: Int) -> (SIMD16<Float>, Float) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.size) { scratch in
            let real = UnsafeMutableBufferPointer(rebasing: scratch[..<Self.size])
            let imaginary = UnsafeMutableBufferPointer(rebasing: scratch[Self.size...])
            for index in 0..<Self.size {
                // Input in the bit-reversed order that the transform wants.
                let place = Int(UInt8(index).bitSwapped)
                let at = start + index
                real[place] = at < samples.count ? samples[at] * window[index] : 0
                imaginary[place] = 0
            }
            transform(real, imaginary)
            var sums = SIMD16<Float>()
            var counts = SIMD16<Float>()
            for bin in 0..<Self.size / 2 where bandOfBin[bin] >= 0 {
                let power = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
                sums[bandOfBin[bin]] += power
                counts[bandOfBin[bin]] += 1
            }
            // Twice over half of the bins, over the window's energy.
            let scale = 2 / (Float(Self.size) * Float(Self.size) * 0.375)
            counts.replace(with: 1, where: counts .== 0)
            return (sums / counts * scale, sums.sum() * scale)
        }
    }

    /// Fast Fourier transform of radix 2 in place (Cooley and Tukey 1965).
    private func transform(
        _ real: UnsafeMutableBufferPointer<Float>, _ imaginary: UnsafeMutableBufferPointer<Float>
    ) {
        var half = 1
        while half < Self.size {
            let step = Self.size / 2 / half
            for block in stride(from: 0, to: Self.size, by: 2 * half) {
                for offset in 0..<half {
                    let (cosine, sine) = (cosines[offset * step], sines[offset * step])
                    let (a, b) = (block + offset, block + offset + half)
                    let turnedReal = real[b] * cosine - imaginary[b] * sine
                    let turnedImaginary = real[b] * sine + imaginary[b] * cosine
                    (real[b], imaginary[b]) = (real[a] - turnedReal, imaginary[a] - turnedImaginary)
                    real[a] += turnedReal
                    imaginary[a] += turnedImaginary
                }
            }
            half *= 2
        }
    }
}

extension UInt8 {
    /// The eight bits the other way round.
    fileprivate var bitSwapped: UInt8 {
        var value = self
        value = value >> 4 | value << 4
        value = (value & 0xCC) >> 2 | (value & 0x33) << 2
        return (value & 0xAA) >> 1 | (value & 0x55) << 1
    }
}
