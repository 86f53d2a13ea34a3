import DSP
import Engines
import Foundation
import Pipelines
import Realtime

/// Speech by flite as PCM of 16 bits at 24 kHz, made on threads of its own and kept by text.
final class SpeechRenderer: Sendable {
    /// What is spoken, and how.
    struct Line: Hashable, Sendable {
        var text: String
        /// A voice of flite.
        var voice: String
        /// 1 is as the voice speaks; other values change its pitch as well.
        var speed: Double
    }

    static let sampleRate = 24_000
    /// Lines that are kept.
    static let linesMax = 1_000
    private static let workers = 2

    private let pool = WorkerPool(name: "speech", workerCount: workers, queueMax: 1_000)
    private let voices: [String: [FliteVoice]]
    private let made = Locked<[Line: [UInt8]]>([:])

    init() {
        var voices: [String: [FliteVoice]] = [:]
        for name in FliteVoice.names {
            voices[name] = FliteEngine.makeVoices(name, count: Self.workers)
        }
        self.voices = voices
    }

    deinit { pool.close() }

    /// The voice of flite for one of OpenAI's names, or for its own.
    static func voice(_ name: String) -> String {
        if FliteVoice.names.contains(name) { return name }
        return switch name {
        case "nova", "shimmer", "coral", "sage", "marin": "slt"
        case "fable", "ballad": "awb"
        default: "rms"
        }
    }

    /// The line if it has been spoken before.
    func kept(_ line: Line) -> [UInt8]? { made.withLock { $0[line] } }

    /// Speaks a line; the completion is called on a thread of the renderer, with nil when there are
    /// too many lines waiting or nothing can be made of the text.
    func render(_ line: Line, completion: @escaping @Sendable ([UInt8]?) -> Void) {
        let job = pool.submit { [self] worker in
            completion(kept(line) ?? speak(line, worker))
        }
        if job == nil { completion(nil) }
    }

    private func speak(_ line: Line, _ worker: Int) -> [UInt8]? {
        guard let voice = voices[line.voice]?[worker] else { return nil }
        let take = SampleCollector()
        guard voice.speak(line.text, take: take.add), take.rate > 0 else { return nil }
        let from = Int(Double(take.rate) * line.speed)
        let linear = try? StreamingResampler.resample(
            take.samples, from: from, to: Self.sampleRate, quality: .medium)
        guard let linear else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(linear.count * 2)
        for sample in linear {
            let value = UInt16(
                bitPattern: Int16(max(-32_768, min(32_767, (sample * 32_768).rounded()))))
            bytes.append(UInt8(truncatingIfNeeded: value))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        made.withLock { made in
            // Load tools say the same lines again and again: a full memory is a rare thing.
            if made.count >= Self.linesMax { made = [:] }
            made[line] = bytes
        }
        return bytes
    }
}

/// The samples of one line, gathered on one thread.
private final class SampleCollector {
    var samples: [Float] = []
    var rate = 0

    func add(_ piece: UnsafeBufferPointer<Int16>, rate: Int) -> Bool {
        self.rate = rate
        for sample in piece { samples.append(Float(sample) / 32_768) }
        return true
    }
}
