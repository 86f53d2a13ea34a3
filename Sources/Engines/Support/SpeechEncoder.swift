import DSP
import Pipelines

/// Turns a synthesiser's linear samples into telephone µ-law in a clip: rate, silence, code.
///
/// Synthesisers begin with up to 200 ms of silence, which would be added to every answer; it is cut
/// to 10 ms, and the silence at the end to 100 ms. Silence inside a sentence stays.
final class SpeechEncoder {
    /// About −46 dBFS: under any speech, over a synthesiser's noise.
    static let silencePeak: Int16 = 160
    static let blockSampleCount = 80
    static let leadSampleCount = 80
    static let tailSampleCount = 800

    private let clip: SpeechClip
    private let quality: StreamingResampler.Quality
    private var downsampler: Downsampler16to8?
    private var resampler: StreamingResampler?
    private var rate = 0
    private var pending: [Int16] = []
    private var quiet: [Int16] = []
    private var hasSpoken = false

    /// - Parameter quality: of rate conversion, where it is not from 16 kHz (`audio.resampler`).
    init(clip: SpeechClip, quality: StreamingResampler.Quality = .fastest) {
        self.clip = clip
        self.quality = quality
    }

    /// - Returns: whether anything was added to the clip.
    func append(_ samples: UnsafeBufferPointer<Int16>, rate: Int) -> Bool {
        append(samples, converting: rate)
        return drain(isLast: false)
    }

    func finish() {
        resampler?.flush(appendingTo: &pending)
        _ = drain(isLast: true)
        if hasSpoken { emit(quiet.prefix(Self.tailSampleCount)) }
        quiet = []
    }

    private func append(_ samples: UnsafeBufferPointer<Int16>, converting rate: Int) {
        if self.rate != rate {
            self.rate = rate
            downsampler = rate == 16_000 ? Downsampler16to8() : nil
            resampler =
                rate == 16_000 || rate == 8000
                ? nil : try? StreamingResampler(from: rate, to: 8000, quality: quality)
        }
        if let downsampler {
            let capacity = downsampler.outputCount(forInputCount: samples.count)
            pending += [Int16](unsafeUninitializedCapacity: capacity) { output, written in
                written = downsampler.process(samples, into: output)
            }
        } else if let resampler {
            resampler.process(Array(samples), appendingTo: &pending)
        } else {
            pending += samples
        }
    }

    private func drain(isLast: Bool) -> Bool {
        var didEmit = false
        var start = 0
        while pending.count - start >= Self.blockSampleCount || (isLast && start < pending.count) {
            let end = min(pending.count, start + Self.blockSampleCount)
            let block = pending[start..<end]
            start = end
            if block.allSatisfy({ abs(Int32($0)) < Int32(Self.silencePeak) }) {
                quiet += block
                if !hasSpoken { quiet = Array(quiet.suffix(Self.leadSampleCount)) }
            } else {
                hasSpoken = true
                emit(quiet[...])
                quiet = []
                emit(block)
                didEmit = true
            }
        }
        pending.removeFirst(start)
        return didEmit
    }

    private func emit(_ samples: ArraySlice<Int16>) {
        guard !samples.isEmpty else { return }
        let codes = samples.map(G711.encodeMuLaw)
        codes.withUnsafeBufferPointer { _ = clip.append($0) }
    }
}
