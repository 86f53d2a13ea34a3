import Foundation
import TestSupport

/// Test signals and measures.
enum Signals {
    static func sine(_ hz: Double, rate: Double, count: Int, amplitude: Double = 0.9) -> [Float] {
        (0..<count).map { Float(amplitude * sin(2 * .pi * hz * Double($0) / rate + 0.3)) }
    }

    /// Energy of the sine of `hz` fitted to the signal, and what the fit leaves, per sample.
    static func fit(_ signal: ArraySlice<Float>, hz: Double, rate: Double)
        -> (tone: Double, rest: Double)
    {
        var (ss, cc, sc, xs, xc, xx) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (n, sample) in signal.enumerated() {
            let phase = 2 * Double.pi * hz * Double(n) / rate
            let (s, c, x) = (sin(phase), cos(phase), Double(sample))
            ss += s * s
            cc += c * c
            sc += s * c
            xs += x * s
            xc += x * c
            xx += x * x
        }
        let determinant = ss * cc - sc * sc
        let a = (xs * cc - xc * sc) / determinant
        let b = (xc * ss - xs * sc) / determinant
        let tone = a * xs + b * xc
        // Residue sample by sample: the difference of two sums would drown in rounding.
        var rest = 0.0
        for (n, sample) in signal.enumerated() {
            let phase = 2 * Double.pi * hz * Double(n) / rate
            let error = Double(sample) - a * sin(phase) - b * cos(phase)
            rest += error * error
        }
        return (tone / Double(signal.count), rest / Double(signal.count))
    }

    static func decibels(_ power: Double) -> Double { 10 * log10(max(power, 1e-30)) }

    static func power(_ signal: some Collection<Float>) -> Double {
        signal.reduce(0) { $0 + Double($1) * Double($1) } / Double(signal.count)
    }

    static func power(_ signal: some Collection<Int16>) -> Double {
        signal.reduce(0) { $0 + Double($1) * Double($1) } / Double(signal.count)
    }

    static func noise(_ count: Int, rms: Double, using generator: inout SeededGenerator) -> [Double]
    {
        (0..<count).map { _ in
            let sum = (0..<4).reduce(0.0) { total, _ in total + generator.unit() }
            return (sum - 2) * 3.0.squareRoot() * rms
        }
    }

    /// Something like speech at 8 or 16 kHz: a buzz of 110…150 Hz through three resonances, in
    /// syllables of changing length with gaps. Full scale is 32,768; `peak` the largest sample.
    static func speech(seconds: Double, rate: Double, peak: Double, using g: inout SeededGenerator)
        -> [Double]
    {
        let count = Int(seconds * rate)
        var signal = [Double](repeating: 0, count: count)
        var start = 0
        while start < count {
            let length = Int((0.12 + 0.2 * g.unit()) * rate)
            let gap = Int((g.unit() < 0.25 ? 0.3 : 0.05) * rate)
            let pitch = 110 + 40 * g.unit()
            let formants = [400 + 400 * g.unit(), 1000 + 900 * g.unit(), 2400 + 500 * g.unit()]
            for n in 0..<min(length, count - start) {
                let t = Double(n) / rate
                let envelope = pow(sin(.pi * Double(n) / Double(length)), 0.7)
                var value = 0.0
                for harmonic in 1...Int(3300 / pitch) {
                    let hz = pitch * Double(harmonic)
                    let gain = formants.enumerated().reduce(0.02) { sum, formant in
                        let distance = (hz - formant.element) / 120
                        return sum + pow(0.5, Double(formant.offset)) / (1 + distance * distance)
                    }
                    value += gain * sin(2 * .pi * hz * t + Double(harmonic * harmonic))
                }
                signal[start + n] = envelope * value
            }
            start += length + gap
        }
        let largest = signal.reduce(0) { max($0, abs($1)) }
        return signal.map { $0 * peak / largest }
    }

    static func int16(_ signal: [Double]) -> [Int16] {
        signal.map { Int16(max(-32_768, min(32_767, $0.rounded()))) }
    }
}

extension SeededGenerator {
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
