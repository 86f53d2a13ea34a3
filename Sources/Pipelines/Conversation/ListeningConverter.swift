import DSP

/// One stream of samples on its way from the rate of a call to that at which callers are listened to.
///
/// One a direction; bound to the call's loop. Allocates in `init` only.
final class ListeningConverter {
    /// Nil where both are the same.
    private let converter: RateConverter?
    private let output: UnsafeMutableBufferPointer<Int16>

    /// - Parameter sampleCountMax: the most that is converted at once.
    init(_ audio: CallAudio, sampleCountMax: Int) {
        let rate = CallAudio.listening.sampleRate
        guard audio.sampleRate != rate else {
            converter = nil
            output = UnsafeMutableBufferPointer(start: nil, count: 0)
            return
        }
        guard let made = try? RateConverter(from: audio.sampleRate, to: rate) else {
            preconditionFailure("every rate of a call can be converted")
        }
        converter = made
        output = .allocate(capacity: made.outputCapacity(forInputCount: sampleCountMax))
    }

    deinit { output.deallocate() }

    /// The samples that are ready with these, valid until the next ones; the same ones where there is nothing to
    /// convert.
    func converted(_ samples: UnsafeMutableBufferPointer<Int16>) -> UnsafeMutableBufferPointer<
        Int16
    > {
        guard let converter else { return samples }
        let count = converter.process(UnsafeBufferPointer(samples), into: output)
        return UnsafeMutableBufferPointer(rebasing: output[..<count])
    }
}
