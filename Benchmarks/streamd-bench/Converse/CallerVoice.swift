import CallSimulator
import DSP
import Engines
import Pipelines

/// A synthetic caller: speaks written lines as a telephone delivers them, µ-law at 8000 Hz.
struct CallerVoice {
    private let voice: FliteVoice

    private static let sampleRate = 8000
    /// RMS of the speech, as a telephone delivers it.
    private static let level: Float = 3000 / 32_768
    /// Samples under this part of the loudest are not speech.
    private static let edge: Float = 0.02
    private static let silenceMs = 100

    /// - Parameter name: a voice of flite.
    init(_ name: String) throws {
        guard let voice = FliteEngine.makeVoices(name, count: 1)?.first else {
            throw BenchOptions.Fault(
                description: "there is no voice '\(name)'; choose one of "
                    + FliteVoice.names.joined(separator: ", "))
        }
        self.voice = voice
    }

    /// Speaks a line. Blocking, some milliseconds.
    func say(_ line: String) throws -> CallerUtterance {
        var samples: [Float] = []
        var rate = 0
        let isSpoken = voice.speak(Self.speakable(line)) { piece, pieceRate in
            rate = pieceRate
            for sample in piece { samples.append(Float(sample) / 32_768) }
            return true
        }
        guard isSpoken, rate > 0, !samples.isEmpty else {
            throw BenchOptions.Fault(description: "'\(line)' cannot be spoken")
        }
        var speech = try StreamingResampler.resample(samples, from: rate, to: Self.sampleRate)
        let power = speech.reduce(0) { $0 + $1 * $1 } / Float(speech.count)
        let gain = Self.level / max(power.squareRoot(), 1e-6)
        for index in speech.indices { speech[index] = max(-1, min(1, speech[index] * gain)) }
        let floor = (speech.map(abs).max() ?? 0) * Self.edge
        let first = speech.firstIndex { abs($0) > floor } ?? 0
        let last = speech.lastIndex { abs($0) > floor } ?? speech.count - 1
        let silence = [Int16](repeating: 0, count: Self.silenceMs * Self.sampleRate / 1000)
        let linear = silence + speech[first...last].map { Int16($0 * 32_767) } + silence
        return CallerUtterance(
            text: line, muLaw: G711.encodedMuLaw(linear), speechStart: silence.count,
            speechEnd: linear.count - silence.count)
    }

    /// "7pm" is two words to a voice.
    private static func speakable(_ line: String) -> String {
        var text = line.replacing(/(\d)\s?([ap])\.?m\b\.?/.ignoresCase()) {
            "\($0.output.1) \($0.output.2.uppercased())M"
        }
        // A voice reads out "St" as a saint.
        text = text.replacing(/\bSt\b\.?/, with: "Street")
        return text
    }
}
