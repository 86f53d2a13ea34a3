import DSP
import Pipelines

/// Turns a synthesiser's linear samples into a clip's audio: rate, silence, code.
///
/// Synthesisers begin with up to 200 ms of silence, which would be added to every answer; it is cut
/// to 10 ms, and the silence at the end to 100 ms. Silence inside a sentence stays.
final class SpeechEncoder {
    /// About −46 dBFS: under any speech, over a synthesiser's noise.
    static let silencePeak: Int16 = 160
    static let blockMs = 10
    static let leadMs = 10
    static let tailMs = 100

    private let clip: SpeechClip
    private let quality: StreamingResampler.Quality
    private let blockSampleCount: Int
    private var converter: RateConverter?
    private var rate = 0
    private var pending: [Int16] = []
    private var quiet: [Int16] = []
    private var hasSpoken = false

    /// - Parameter quality: of rate conversion, where it is not between 8 and 16 kHz (`audio.resampler`).
    init(clip: SpeechClip, quality: StreamingResampler.Quality = .fastest) {
        self.clip = clip
        self.quality = quality
        blockSampleCount = clip.audio.sampleCount(ms: Self.blockMs)
    }

    /// - Parameter rate: of the samples: Hz.
    /// - Returns: whether anything was added to the clip.
    func append(_ samples: UnsafeBufferPointer<Int16>, rate: Int) -> Bool {
        if self.rate != rate {
            self.rate = rate
            converter = try? RateConverter(
                from: rate, to: clip.audio.sampleRate, quality: quality)
        }
        converter?.process(samples, appendingTo: &pending)
        return drain(isLast: false)
    }

    func finish() {
        converter?.flush(appendingTo: &pending)
        _ = drain(isLast: true)
        if hasSpoken { emit(quiet.prefix(clip.audio.sampleCount(ms: Self.tailMs))) }
        quiet = []
    }

    private func drain(isLast: Bool) -> Bool {
        var didEmit = false
        var start = 0
        while pending.count - start >= blockSampleCount || (isLast && start < pending.count) {
            let end = min(pending.count, start + blockSampleCount)
            let block = pending[start..<end]
            start = end
            if block.allSatisfy({ abs(Int32($0)) < Int32(Self.silencePeak) }) {
                quiet += block
                if !hasSpoken {
                    quiet = Array(quiet.suffix(clip.audio.sampleCount(ms: Self.leadMs)))
                }
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
        clip.audio.encoded(Array(samples)).withUnsafeBufferPointer { _ = clip.append($0) }
    }
}
