import Assembly
import CallSimulator
import Configuration
import DSP
import VAD

/// The network by itself, and the whole speech detector on speech and on a silent line.
enum SpeechComponents {
    private static let frameSampleCount = 160

    static func all(_ clip: CallerUtterance) throws -> [MicroComponent] {
        let weights = ModelFolder(Configuration().models).voiceActivityWeights
        let model = try SileroModel(weightsPath: weights)
        let speech = G711.decodedMuLaw(
            Array(clip.muLaw[clip.speechStart..<clip.speechEnd]))
        var line = [Int16](repeating: 0, count: 80_000)
        var noise = ComfortNoise(seed: 11, level: -65)
        line.withUnsafeMutableBufferPointer { noise.fill($0) }
        return [
            network(model, speech), detector("speech", model, speech),
            detector("silence", model, line),
        ]
    }

    /// Whole chunks of real speech, one after the other.
    private static func network(_ model: SileroModel, _ speech: [Int16]) -> MicroComponent {
        let network = SileroDetector(model: model)
        let wide = model.sampleRate == 16_000 ? upsampled(speech) : speech
        let chunkCount = wide.count / model.chunkSampleCount
        return MicroComponent(
            name: "VAD: Silero, 32 ms of speech", unit: "chunk", count: 2_000,
            floor: .copy(model.chunkSampleCount * 2)
        ) { count in
            wide.withUnsafeBufferPointer { wide in
                for index in 0..<count {
                    let start = index % chunkCount * model.chunkSampleCount
                    let chunk = UnsafeBufferPointer(
                        rebasing: wide[start..<start + model.chunkSampleCount])
                    consume(Int(network.probability(of: chunk) * 1000))
                }
            }
        }
    }

    /// A whole clip at the network's rate.
    private static func upsampled(_ samples: [Int16]) -> [Int16] {
        var wide = [Int16](repeating: 0, count: 2 * samples.count)
        samples.withUnsafeBufferPointer { samples in
            wide.withUnsafeMutableBufferPointer {
                _ = Upsampler8to16().process(samples, into: $0)
            }
        }
        return wide
    }

    private static func detector(
        _ kind: String, _ model: SileroModel, _ samples: [Int16]
    ) -> MicroComponent {
        let box = DetectorBox(model: model)
        let frameCount = samples.count / frameSampleCount
        return MicroComponent(
            name: "VAD: detector, \(kind)", unit: "frame", count: 5_000,
            floor: .copy(frameSampleCount * 2),
            run: { count in
                samples.withUnsafeBufferPointer { samples in
                    for index in 0..<count {
                        let start = index % frameCount * frameSampleCount
                        box.process(.init(rebasing: samples[start..<start + frameSampleCount]))
                    }
                }
            },
            details: {
                [
                    "networkRuns": Double(box.detector.networkRunCount),
                    "chunks": Double(box.detector.chunkCount),
                    "events": Double(box.eventCount),
                ]
            })
    }
}

/// Holds a detector, which cannot be copied, for closures.
private final class DetectorBox {
    var detector: SpeechDetector
    var eventCount = 0

    init(model: SileroModel) { detector = SpeechDetector(model: model) }

    func process(_ samples: UnsafeBufferPointer<Int16>) {
        var count = 0
        detector.process(samples) { _ in count += 1 }
        eventCount += count
    }
}
