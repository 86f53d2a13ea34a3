/// Changes the rate of one mono stream of 16-bit samples by the quickest way there is between its two rates.
///
/// One per stream, used by one thread at a time; `process` and `flush` allocate nothing.
public final class RateConverter {
    private enum Way {
        case none
        case doubling(Upsampler8to16)
        case halving(Downsampler16to8)
        case any(StreamingResampler)
    }

    private let way: Way

    /// - Parameter quality: of the interpolator, where one is needed: not between 8 and 16 kHz.
    /// - Throws: `DSPError.unsupportedRates` for rates that are not positive or more than a factor of 256 apart.
    public init(
        from inputRate: Int, to outputRate: Int, quality: StreamingResampler.Quality = .fastest
    ) throws(DSPError) {
        if inputRate == outputRate, inputRate > 0 {
            way = .none
        } else if (inputRate, outputRate) == (8000, 16_000) {
            way = .doubling(Upsampler8to16())
        } else if (inputRate, outputRate) == (16_000, 8000) {
            way = .halving(Downsampler16to8())
        } else {
            way = .any(
                try StreamingResampler(from: inputRate, to: outputRate, quality: quality))
        }
    }

    /// The most samples that `process` of so many, or `flush` for 0, can give.
    public func outputCapacity(forInputCount count: Int) -> Int {
        switch way {
        case .none: count
        case .doubling: 2 * count
        case .halving: count / 2 + 1
        case .any(let resampler): resampler.outputCapacity(forInputCount: count)
        }
    }

    /// Takes all of `input` and writes what is ready.
    /// - Parameter output: at least `outputCapacity(forInputCount: input.count)` long, or it traps.
    /// - Returns: the number of samples written, which may be 0.
    public func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        switch way {
        case .none:
            precondition(output.count >= input.count, "output too short")
            if let from = input.baseAddress {
                output.baseAddress?.update(from: from, count: input.count)
            }
            return input.count
        case .doubling(let upsampler): return upsampler.process(input, into: output)
        case .halving(let downsampler): return downsampler.process(input, into: output)
        case .any(let resampler): return resampler.process(input, into: output)
        }
    }

    /// Writes what still waits for input. What the filters between 8 and 16 kHz hold back, 2.375 ms, is left out.
    /// - Returns: the number of samples written.
    public func flush(into output: UnsafeMutableBufferPointer<Int16>) -> Int {
        guard case .any(let resampler) = way else { return 0 }
        return resampler.flush(into: output)
    }
}

extension RateConverter {
    /// Takes a block and appends what is ready; allocates.
    public func process(_ input: UnsafeBufferPointer<Int16>, appendingTo output: inout [Int16]) {
        output += [Int16](
            unsafeUninitializedCapacity: outputCapacity(forInputCount: input.count)
        ) { samples, count in
            count = process(input, into: samples)
        }
    }

    /// Appends what still waits for input; allocates.
    public func flush(appendingTo output: inout [Int16]) {
        output += [Int16](unsafeUninitializedCapacity: outputCapacity(forInputCount: 0)) {
            samples, count in
            count = flush(into: samples)
        }
    }
}
