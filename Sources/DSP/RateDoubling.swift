/// The fast path between 8 and 16 kHz: one equiripple filter (`RateDoublingFilter`) in two phases.
///
/// It is not a textbook half-band filter, whose response is 6 dB down at 4,000 Hz and so lets
/// images and aliases of 3.4…4 kHz through: the stop band here begins at 4,000 Hz, where that of
/// libsamplerate's SINC_FASTEST does, lies lower at every frequency, and the passband is wider.
/// The tests compare both in one run. Half of the products of a plain filter fall away, because
/// half of the samples at 16 kHz are zeros going up, or are never asked for going down. Sums are
/// kept in double precision, as libsamplerate's are: single precision would cost 13 dB of SNR.
public enum RateDoubling {
    /// The delay of either direction in milliseconds: 19 samples at 8 kHz, 38 at 16 kHz.
    public static let latencyMilliseconds = 2.375
    /// The delay of either direction in samples at 8 kHz.
    public static let delaySamplesAt8kHz = (RateDoublingFilter.tapCount - 1) / 4

    /// Samples a phase looks back.
    static let history = (RateDoublingFilter.tapCount - 1) / 2
    /// Samples at 8 kHz handled in one go: 20 ms.
    static let block = 160

    /// The taps of the even phase (39) or the odd one (38), each times `gain`, in the order of the
    /// samples they meet: oldest first. With a lag of 1 they meet samples one place older.
    static func phase(_ parity: Int, gain: Double, lag: Int = 0) -> UnsafeMutablePointer<Double> {
        let middle = history
        let taps = UnsafeMutablePointer<Double>.allocate(capacity: history + 1)
        taps.initialize(repeating: 0, count: history + 1)
        for k in 0..<(parity == 0 ? history + 1 : history) {
            let tap = RateDoublingFilter.halfTaps[abs(2 * k + parity - middle)]
            taps[history - lag - k] = tap * gain
        }
        return taps
    }

    /// `sum[n] += Σ taps[j]·input[n + j]`, j from 0 up to `count`, for eight values of n.
    @inline(__always)
    static func accumulate(
        _ sum: inout SIMD8<Double>, _ taps: UnsafePointer<Double>, _ input: UnsafePointer<Double>,
        count: Int = history + 1
    ) {
        for j in 0..<count {
            let x = UnsafeRawPointer(input + j).loadUnaligned(as: SIMD8<Double>.self)
            sum += x * taps[j]
        }
    }
}

/// Doubles the rate of one 8 kHz stream; two samples out for every one in, 2.375 ms late.
///
/// One per stream, used by one thread at a time; no call but `init` allocates.
public final class Upsampler8to16 {
    private let even = RateDoubling.phase(0, gain: 2)
    private let odd = RateDoubling.phase(1, gain: 2)
    /// The last `history` samples, then the block; eight more so that the last vector may be read.
    private let line: UnsafeMutablePointer<Double>
    private static let lineCount = RateDoubling.history + RateDoubling.block + 8

    /// Starts a stream with silence before it.
    public init() {
        line = .allocate(capacity: Self.lineCount)
        line.initialize(repeating: 0, count: Self.lineCount)
    }

    deinit {
        even.deallocate()
        odd.deallocate()
        line.deallocate()
    }

    /// Forgets the stream so far.
    public func reset() {
        line.update(repeating: 0, count: Self.lineCount)
    }

    /// Writes `2 * input.count` samples to `output`, which traps if it is shorter; returns that
    /// number. Any linear scale.
    @discardableResult
    public func process(
        _ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        precondition(output.count >= 2 * input.count, "output too short")
        guard let from = input.baseAddress, let to = output.baseAddress else { return 0 }
        var done = 0
        while done < input.count {
            let count = min(RateDoubling.block, input.count - done)
            for index in 0..<count {
                line[RateDoubling.history + index] = Double(from[done + index])
            }
            run(count) { index, value in to[2 * done + index] = Float(value) }
            done += count
        }
        return 2 * input.count
    }

    /// Writes `2 * input.count` samples, rounded and saturated to 16 bits.
    @discardableResult
    public func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        precondition(output.count >= 2 * input.count, "output too short")
        guard let from = input.baseAddress, let to = output.baseAddress else { return 0 }
        var done = 0
        while done < input.count {
            let count = min(RateDoubling.block, input.count - done)
            for index in 0..<count {
                line[RateDoubling.history + index] = Double(from[done + index])
            }
            run(count) { index, value in to[2 * done + index] = SampleConversion.int16(value) }
            done += count
        }
        return 2 * input.count
    }

    /// Writes `2 * input.count` floats of −1…1 from 16-bit samples, the form that speech models
    /// take.
    @discardableResult
    public func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        precondition(output.count >= 2 * input.count, "output too short")
        guard let from = input.baseAddress, let to = output.baseAddress else { return 0 }
        var done = 0
        while done < input.count {
            let count = min(RateDoubling.block, input.count - done)
            for index in 0..<count {
                line[RateDoubling.history + index] = Double(from[done + index]) / 32_768
            }
            run(count) { index, value in to[2 * done + index] = Float(value) }
            done += count
        }
        return 2 * input.count
    }

    /// Filters `count` samples that lie behind the history in `line`, and moves the history on.
    @inline(__always)
    private func run(_ count: Int, _ store: (Int, Double) -> Void) {
        var n = 0
        while n < count {
            var first = SIMD8<Double>()
            var second = SIMD8<Double>()
            RateDoubling.accumulate(&first, even, line + n)
            RateDoubling.accumulate(&second, odd, line + n)
            for lane in 0..<min(8, count - n) {
                store(2 * (n + lane), first[lane])
                store(2 * (n + lane) + 1, second[lane])
            }
            n += 8
        }
        line.update(from: line + count, count: RateDoubling.history)
    }
}

/// Halves the rate of one 16 kHz stream, 2.375 ms late; blocks of any length, odd ones too.
///
/// One per stream, used by one thread at a time; no call but `init` allocates.
public final class Downsampler16to8 {
    private let even = RateDoubling.phase(0, gain: 1)
    private let odd = RateDoubling.phase(1, gain: 1, lag: 1)
    /// Samples of even and of odd number, each behind the history of its kind.
    private let evenLine: UnsafeMutablePointer<Double>
    private let oddLine: UnsafeMutablePointer<Double>
    private static let lineCount = RateDoubling.history + RateDoubling.block + 8
    /// True when the next sample has an odd number.
    private var nextIsOdd = false

    /// Starts a stream with silence before it.
    public init() {
        evenLine = .allocate(capacity: Self.lineCount)
        oddLine = .allocate(capacity: Self.lineCount)
        evenLine.initialize(repeating: 0, count: Self.lineCount)
        oddLine.initialize(repeating: 0, count: Self.lineCount)
    }

    deinit {
        even.deallocate()
        odd.deallocate()
        evenLine.deallocate()
        oddLine.deallocate()
    }

    /// Forgets the stream so far.
    public func reset() {
        evenLine.update(repeating: 0, count: Self.lineCount)
        oddLine.update(repeating: 0, count: Self.lineCount)
        nextIsOdd = false
    }

    /// The number of samples that `process` will give for so many: half, rounded up or down as
    /// the stream so far has it.
    public func outputCount(forInputCount count: Int) -> Int {
        nextIsOdd ? count / 2 : (count + 1) / 2
    }

    /// Writes `outputCount(forInputCount: input.count)` samples to `output`, which traps if it is
    /// shorter; returns that number. Any linear scale.
    @discardableResult
    public func process(
        _ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        precondition(output.count >= outputCount(forInputCount: input.count), "output too short")
        guard let to = output.baseAddress else { return 0 }
        return run(input.count, { Double(input[$0]) }) { to[$0] = Float($1) }
    }

    /// Writes `outputCount(forInputCount: input.count)` samples, rounded and saturated to 16 bits.
    @discardableResult
    public func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        precondition(output.count >= outputCount(forInputCount: input.count), "output too short")
        guard let to = output.baseAddress else { return 0 }
        return run(input.count, { Double(input[$0]) }) { to[$0] = SampleConversion.int16($1) }
    }

    @inline(__always)
    private func run(_ inputCount: Int, _ load: (Int) -> Double, _ store: (Int, Double) -> Void)
        -> Int
    {
        let history = RateDoubling.history
        var taken = 0
        var written = 0
        while taken < inputCount {
            // The odd line lacks its newest sample while an even one has come alone.
            var evens = 0
            var odds = nextIsOdd ? -1 : 0
            let count = min(2 * RateDoubling.block - 1, inputCount - taken)
            for index in taken..<taken + count {
                if nextIsOdd {
                    oddLine[history + odds] = load(index)
                    odds += 1
                } else {
                    evenLine[history + evens] = load(index)
                    evens += 1
                }
                nextIsOdd.toggle()
            }
            taken += count
            var n = 0
            while n < evens {
                var sum = SIMD8<Double>()
                RateDoubling.accumulate(&sum, even, evenLine + n)
                // The newest odd sample that counts is the one before the even sample.
                RateDoubling.accumulate(&sum, odd, oddLine + n, count: history)
                for lane in 0..<min(8, evens - n) {
                    store(written + n + lane, sum[lane])
                }
                n += 8
            }
            evenLine.update(from: evenLine + evens, count: history)
            oddLine.update(from: oddLine + evens, count: history)
            written += evens
        }
        return written
    }
}
