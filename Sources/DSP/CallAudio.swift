/// The form of the audio that a call carries, in one channel: how a sample is coded, and how many there are in a
/// second. Everything that counts bytes or milliseconds of audio asks it.
///
/// A value; any thread. Nothing here allocates, locks or waits, once `G711.warmUp()` was called.
public struct CallAudio: Sendable, Hashable {
    /// How a sample is coded.
    public enum Encoding: String, Sendable, Hashable, CaseIterable {
        /// G.711 µ-law, a byte.
        case muLaw = "mulaw"
        /// Linear, 16 bits, little-endian.
        case linear16
    }

    public let encoding: Encoding
    /// Hz; a multiple of 1000.
    public let sampleRate: Int

    /// - Parameter sampleRate: 8000 to 48,000 Hz, a multiple of 1000, or it traps.
    @inlinable
    public init(_ encoding: Encoding, sampleRate: Int) {
        precondition(
            (8000...48_000).contains(sampleRate) && sampleRate % 1000 == 0,
            "a call's audio has 8000 to 48,000 samples a second, a multiple of 1000")
        self.encoding = encoding
        self.sampleRate = sampleRate
    }

    /// What telephone calls carry: µ-law at 8 kHz.
    @inlinable public static var telephone: CallAudio { CallAudio(.muLaw, sampleRate: 8000) }
    /// The form in which a caller is listened to, whatever the call carries: linear at 8 kHz. Positions in the
    /// caller's audio count samples of it.
    @inlinable public static var listening: CallAudio { CallAudio(.linear16, sampleRate: 8000) }

    // MARK: - Lengths

    @inlinable public var bytesPerSample: Int { encoding == .muLaw ? 1 : 2 }
    @inlinable public var samplesPerMillisecond: Int { sampleRate / 1000 }
    @inlinable public var bytesPerMillisecond: Int { samplesPerMillisecond * bytesPerSample }
    @inlinable public var bytesPerSecond: Int { sampleRate * bytesPerSample }

    @inlinable
    public func sampleCount(ms milliseconds: Int) -> Int { milliseconds * samplesPerMillisecond }

    @inlinable
    public func byteCount(ms milliseconds: Int) -> Int { milliseconds * bytesPerMillisecond }

    /// Bytes of the whole samples in so many nanoseconds; negative for negative ones.
    @inlinable
    public func byteCount(nanos: Int64) -> Int64 {
        let (milliseconds, rest) = nanos.quotientAndRemainder(dividingBy: 1_000_000)
        let perMillisecond = Int64(samplesPerMillisecond)
        let samples = milliseconds * perMillisecond + rest * perMillisecond / 1_000_000
        return samples * Int64(bytesPerSample)
    }

    /// How long so many bytes last: nanoseconds, rounded down. (A single sample does not last a whole number of
    /// them at every rate.)
    @inlinable
    public func nanos(byteCount: Int64) -> Int64 {
        let perMillisecond = Int64(bytesPerMillisecond)
        let (milliseconds, rest) = byteCount.quotientAndRemainder(dividingBy: perMillisecond)
        return milliseconds * 1_000_000 + rest * 1_000_000 / perMillisecond
    }

    /// How long so many bytes last: whole milliseconds.
    @inlinable
    public func milliseconds(byteCount: Int) -> Int { byteCount / bytesPerMillisecond }

    // MARK: - Samples

    /// A frame of silence repeats it.
    @inlinable public var silenceByte: UInt8 { encoding == .muLaw ? G711.muLawSilence : 0 }

    /// Writes the samples that `bytes` hold; half a sample at their end is left out.
    /// - Parameter samples: room for all of them, or it traps.
    /// - Returns: how many there were.
    @discardableResult
    public func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        guard encoding == .linear16 else { return G711.decodeMuLaw(bytes, into: samples) }
        let count = bytes.count / 2
        precondition(samples.count >= count, "destination shorter than source")
        let source = UnsafeRawBufferPointer(bytes)
        for index in 0..<count {
            samples[index] = Int16(
                littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
        }
        return count
    }

    /// Writes `samples`, which are of this rate already, in their code.
    /// - Parameter bytes: room for all of them, or it traps.
    /// - Returns: the number of bytes.
    @discardableResult
    public func encode(
        _ samples: UnsafeBufferPointer<Int16>, into bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard encoding == .linear16 else { return G711.encodeMuLaw(samples, into: bytes) }
        precondition(bytes.count >= 2 * samples.count, "destination shorter than source")
        let target = UnsafeMutableRawBufferPointer(bytes)
        for index in samples.indices {
            target.storeBytes(
                of: samples[index].littleEndian, toByteOffset: 2 * index, as: Int16.self)
        }
        return 2 * samples.count
    }
}

extension CallAudio {
    /// The samples of `bytes` in a new array; allocates.
    public func decoded(_ bytes: [UInt8]) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: bytes.count / bytesPerSample) { samples, count in
            count = bytes.withUnsafeBufferPointer { decode($0, into: samples) }
        }
    }

    /// The bytes of `samples` in a new array; allocates.
    public func encoded(_ samples: [Int16]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: samples.count * bytesPerSample) { bytes, count in
            count = samples.withUnsafeBufferPointer { encode($0, into: bytes) }
        }
    }
}

extension CallAudio: CustomStringConvertible {
    /// Coding and rate, such as `mulaw-8000`; ``init(_:)`` reads it.
    public var description: String { "\(encoding.rawValue)-\(sampleRate)" }

    /// Reads a ``description``; nil for anything else.
    public init?(_ description: String) {
        let words = description.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 2, let encoding = Encoding(rawValue: String(words[0])),
            let rate = Int(words[1]), (8000...48_000).contains(rate), rate % 1000 == 0
        else { return nil }
        self.init(encoding, sampleRate: rate)
    }
}
