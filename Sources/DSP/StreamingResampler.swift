import CSampleRate

/// Changes the sample rate of one mono stream by any ratio, with the state of libsamplerate's
/// band-limited interpolator kept from block to block: cutting the stream differently changes
/// nothing in the result.
///
/// One per stream, used by one thread at a time. `process` and `flush` into buffers neither
/// allocate, lock nor wait. For 8↔16 kHz `Upsampler8to16` and `Downsampler16to8` are quicker.
public final class StreamingResampler {
    /// The interpolator: how clean, how wide, and how long its look-ahead.
    public enum Quality: Sendable, CaseIterable {
        /// 144 dB SNR, 96 % of the band, look-ahead of 144 input samples.
        case best
        /// 121 dB SNR, 90 % of the band, look-ahead of 47 input samples.
        case medium
        /// 97 dB SNR, 80 % of the band, look-ahead of 21 input samples.
        case fastest

        var converter: Int32 {
            switch self {
            case .best: Int32(SRC_SINC_BEST_QUALITY)
            case .medium: Int32(SRC_SINC_MEDIUM_QUALITY)
            case .fastest: Int32(SRC_SINC_FASTEST)
            }
        }

        /// Half the length of the filter in input samples when going up, as libsamplerate 0.2 has it.
        var halfLength: Double {
            switch self {
            case .best: 142.9
            case .medium: 45.7
            case .fastest: 19.25
            }
        }
    }

    /// Input rate in Hz.
    public let inputRate: Int
    /// Output rate in Hz.
    public let outputRate: Int
    /// Which interpolator.
    public let quality: Quality
    /// Output samples per input sample.
    public let ratio: Double

    private let state: OpaquePointer
    /// Float in and out for the Int16 functions.
    private let scratchIn: UnsafeMutablePointer<Float>
    private let scratchOut: UnsafeMutablePointer<Float>
    private static let scratchInCount = 480
    private let scratchOutCount: Int

    /// Makes the state of one stream.
    ///
    /// - Throws: `DSPError.unsupportedRates` for rates that are not positive or more than a factor
    ///   of 256 apart.
    public init(from inputRate: Int, to outputRate: Int, quality: Quality) throws(DSPError) {
        guard inputRate > 0, outputRate > 0,
            inputRate <= 256 * outputRate, outputRate <= 256 * inputRate
        else {
            throw .unsupportedRates(from: inputRate, to: outputRate)
        }
        var code: Int32 = 0
        guard let state = src_new(quality.converter, 1, &code) else {
            throw .unsupportedRates(from: inputRate, to: outputRate)
        }
        self.state = state
        self.inputRate = inputRate
        self.outputRate = outputRate
        self.quality = quality
        ratio = Double(outputRate) / Double(inputRate)
        scratchIn = .allocate(capacity: Self.scratchInCount)
        let pending = Double(Self.scratchInCount) + quality.halfLength / min(1, ratio) + 2
        scratchOutCount = Int((pending * ratio).rounded(.up)) + 2
        scratchOut = .allocate(capacity: scratchOutCount)
    }

    deinit {
        src_delete(state)
        scratchIn.deallocate()
        scratchOut.deallocate()
    }

    /// How many input samples an output sample waits for: the delay of a stream in real time.
    /// The output itself is not shifted against the input.
    public var lookAheadSamples: Int {
        Int((quality.halfLength / min(1, ratio)).rounded(.up)) + 1
    }

    /// `lookAheadSamples` in milliseconds.
    public var latencyMilliseconds: Double {
        Double(lookAheadSamples) * 1000 / Double(inputRate)
    }

    /// The most output samples that `process` of so many input samples, or `flush` for 0, can give.
    public func outputCapacity(forInputCount count: Int) -> Int {
        Int((Double(count + lookAheadSamples) * ratio).rounded(.up)) + 2
    }

    /// Takes all of `input` and writes what is ready.
    ///
    /// - Parameters:
    ///   - input: samples in any linear scale.
    ///   - output: at least `outputCapacity(forInputCount: input.count)` long, or it traps.
    /// - Returns: the number of samples written, which may be 0.
    public func process(
        _ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        precondition(
            output.count >= outputCapacity(forInputCount: input.count), "output too short")
        guard let from = input.baseAddress, let to = output.baseAddress, input.count > 0 else {
            return 0
        }
        return run(from, input.count, to, output.count, atEnd: false)
    }

    /// Takes all of `input` and writes what is ready, rounded and saturated to 16 bits; lengths
    /// are as for floats.
    public func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        precondition(
            output.count >= outputCapacity(forInputCount: input.count), "output too short")
        guard let to = output.baseAddress else { return 0 }
        var taken = 0
        var written = 0
        while taken < input.count {
            let count = min(Self.scratchInCount, input.count - taken)
            let part = UnsafeBufferPointer(rebasing: input[taken..<taken + count])
            SampleConversion.floats(part, scale: 1, into: scratchIn)
            let made = run(scratchIn, count, scratchOut, scratchOutCount, atEnd: false)
            precondition(written + made <= output.count, "output too short")
            SampleConversion.int16s(scratchOut, count: made, scale: 1, into: to + written)
            taken += count
            written += made
        }
        return written
    }

    /// Writes what was still waiting for input, as if silence followed, and starts afresh.
    ///
    /// - Returns: the number of samples written; with what `process` gave, the whole stream has
    ///   `ratio` times its input's samples, to within one.
    public func flush(into output: UnsafeMutableBufferPointer<Float>) -> Int {
        precondition(output.count >= outputCapacity(forInputCount: 0), "output too short")
        guard let to = output.baseAddress else { return 0 }
        let count = run(scratchIn, 0, to, output.count, atEnd: true)
        reset()
        return count
    }

    /// Writes what was still waiting for input, rounded and saturated, and starts afresh.
    public func flush(into output: UnsafeMutableBufferPointer<Int16>) -> Int {
        precondition(output.count >= outputCapacity(forInputCount: 0), "output too short")
        guard let to = output.baseAddress else { return 0 }
        let count = run(scratchIn, 0, scratchOut, scratchOutCount, atEnd: true)
        SampleConversion.int16s(scratchOut, count: count, scale: 1, into: to)
        reset()
        return count
    }

    /// Forgets the stream so far.
    public func reset() {
        src_reset(state)
    }

    /// Runs the interpolator until it has taken all the input; returns the samples written.
    private func run(
        _ input: UnsafePointer<Float>, _ inputCount: Int,
        _ output: UnsafeMutablePointer<Float>, _ outputCount: Int, atEnd: Bool
    ) -> Int {
        var taken = 0
        var written = 0
        repeat {
            var data = SRC_DATA()
            data.data_in = input + taken
            data.input_frames = inputCount - taken
            data.data_out = output + written
            data.output_frames = outputCount - written
            data.end_of_input = atEnd ? 1 : 0
            data.src_ratio = ratio
            let code = src_process(state, &data)
            precondition(code == 0, "libsamplerate refused a valid block")
            taken += data.input_frames_used
            written += data.output_frames_gen
            // With room in the output and nothing taken or made, nothing more can come.
            if data.input_frames_used == 0, data.output_frames_gen == 0 { break }
        } while taken < inputCount
        precondition(taken == inputCount, "libsamplerate left input behind")
        return written
    }
}

extension StreamingResampler {
    /// Takes a block and appends what is ready; may allocate as the array grows.
    public func process(_ input: [Float], appendingTo output: inout [Float]) {
        input.withUnsafeBufferPointer { block in
            appending(to: &output, outputCapacity(forInputCount: block.count)) {
                process(block, into: $0)
            }
        }
    }

    /// Takes a block and appends what is ready; may allocate as the array grows.
    public func process(_ input: [Int16], appendingTo output: inout [Int16]) {
        input.withUnsafeBufferPointer { block in
            appending(to: &output, outputCapacity(forInputCount: block.count)) {
                process(block, into: $0)
            }
        }
    }

    /// Appends what was still waiting and starts afresh.
    public func flush(appendingTo output: inout [Float]) {
        appending(to: &output, outputCapacity(forInputCount: 0)) { flush(into: $0) }
    }

    /// Appends what was still waiting and starts afresh.
    public func flush(appendingTo output: inout [Int16]) {
        appending(to: &output, outputCapacity(forInputCount: 0)) { flush(into: $0) }
    }

    /// A whole clip at once, as long as the input times the ratio; for files, it allocates.
    public static func resample(
        _ input: [Float], from inputRate: Int, to outputRate: Int, quality: Quality = .best
    ) throws(DSPError) -> [Float] {
        guard inputRate != outputRate else { return input }
        let resampler = try StreamingResampler(from: inputRate, to: outputRate, quality: quality)
        var output: [Float] = []
        output.reserveCapacity(resampler.outputCapacity(forInputCount: input.count))
        resampler.process(input, appendingTo: &output)
        resampler.flush(appendingTo: &output)
        return output
    }

    private func appending<Sample: BitwiseCopyable & ExpressibleByIntegerLiteral>(
        to output: inout [Sample], _ capacity: Int,
        _ body: (UnsafeMutableBufferPointer<Sample>) -> Int
    ) {
        let count = output.count
        output.append(contentsOf: repeatElement(0, count: capacity))
        let made = output.withUnsafeMutableBufferPointer {
            body(UnsafeMutableBufferPointer(rebasing: $0[count...]))
        }
        output.removeLast(capacity - made)
    }
}
