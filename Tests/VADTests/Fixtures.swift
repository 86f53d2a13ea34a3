import Foundation
import TestSupport
import Testing
import VAD

extension SeededGenerator {
    mutating func gaussian() -> Double {
        let radius = (-2 * log(Double.random(in: 1e-12...1, using: &self))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}

/// Files of Tests/Fixtures/VAD, made by scripts/make-vad-fixtures, and the weights.
enum Fixtures {
    struct Bounds: Decodable {
        var startSample: Int
        var endSample: Int
    }

    struct Utterance {
        var name: String
        var samples: [Int16]
        var bounds: Bounds
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/VAD")

    static func samples(_ file: String) throws -> [Int16] {
        let data = try Data(contentsOf: folder.appendingPathComponent(file))
        return stride(from: 0, to: data.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8)
        }
    }

    static func reference() throws -> [String: [Float]] {
        try JSONDecoder().decode(
            [String: [Float]].self,
            from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
    }

    static func utterances() throws -> [Utterance] {
        let bounds = try JSONDecoder().decode(
            [String: Bounds].self,
            from: Data(contentsOf: folder.appendingPathComponent("utterances.json")))
        return try bounds.sorted { $0.key < $1.key }.map { name, bounds in
            Utterance(name: name, samples: try samples("\(name).s16"), bounds: bounds)
        }
    }

    /// Where scripts/setup puts the weights.
    static func weightsPath(_ rate: Int) -> String {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["STREAMD_CACHE"] ?? (environment["HOME"] ?? "") + "/.cache/streamd"
        return "\(cache)/models/silero_v6_\(rate / 1000)k.safetensors"
    }

    static func model(_ rate: Int = 16_000) throws -> SileroModel {
        try SileroModel(weightsPath: weightsPath(rate))
    }
}

/// Sound to test with: full scale ±1, at 8 kHz.
enum Sound {
    static func level(_ decibels: Double) -> Double { pow(10, decibels / 20) }

    /// White noise of a level (root mean square) in dBFS.
    static func white(_ count: Int, dBFS: Double, _ random: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in level(dBFS) * random.gaussian() }
    }

    /// A telephone line: noise, and hum with its third harmonic as loud.
    static func line(_ count: Int, dBFS: Double, _ random: inout SeededGenerator) -> [Double] {
        white(count, dBFS: dBFS, &random).enumerated().map { index, noise in
            let phase = 2 * Double.pi * 50 * Double(index) / 8_000
            return noise + level(dBFS) * (sin(phase) + 0.5 * sin(3 * phase))
        }
    }

    /// A cough: a burst of noise around 500…2,000 Hz, sudden, then dying away, half of them with a
    /// rough voice in the second half.
    static func cough(milliseconds: Int, _ random: inout SeededGenerator) -> [Double] {
        let count = milliseconds * 8
        let centre = Double.random(in: 500...2_000, using: &random)
        let pitch = Double.random(in: 120...350, using: &random)
        let voice = Bool.random(using: &random) ? 0.5 : 0
        let (cosine, radius) = (cos(2 * .pi * centre / 8_000), 0.9)
        var first = 0.0
        var second = 0.0
        var phase = 0.0
        let burst = (0..<count).map { index -> Double in
            let time = Double(index) / Double(count)
            phase += pitch / 8_000 * (1 + 0.05 * random.gaussian())
            let rough = time > 0.3 ? voice * (phase.truncatingRemainder(dividingBy: 1) - 0.5) : 0
            let output =
                random.gaussian() + 4 * rough + 2 * radius * cosine * first - radius * radius
                * second
            second = first
            first = output
            return output * min(time / 0.06, 1) * exp(-3 * time)
        }
        let peak = burst.map(abs).max() ?? 1
        return burst.map { $0 / peak * 0.5 }
    }

    static func speech(_ utterance: Fixtures.Utterance, gainDB: Double = 0) -> [Double] {
        utterance.samples.map { Double($0) / 32_768 * level(gainDB) }
    }

    static func mix(_ background: [Double], _ sound: [Double], at start: Int) -> [Double] {
        var mixed = background
        for (index, value) in sound.enumerated() where start + index < mixed.count {
            mixed[start + index] += value
        }
        return mixed
    }

    static func pcm(_ sound: [Double]) -> [Int16] {
        sound.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) }
    }
}
