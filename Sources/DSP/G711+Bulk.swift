/// Whole frames at once. Every function converts `source.count` values, returns that count, and
/// traps if the destination is smaller. Any thread; no allocation after `warmUp()`.
extension G711 {
    /// Decodes µ-law codes to 16-bit samples.
    @discardableResult
    public static func decodeMuLaw(
        _ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        decode(source, into: destination, table: G711Tables.shared.muLawLinear)
    }

    /// Decodes A-law codes to 16-bit samples.
    @discardableResult
    public static func decodeALaw(
        _ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        decode(source, into: destination, table: G711Tables.shared.aLawLinear)
    }

    /// Encodes 16-bit samples to µ-law codes.
    @discardableResult
    public static func encodeMuLaw(
        _ source: UnsafeBufferPointer<Int16>, into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        encode(source, into: destination, table: G711Tables.shared.muLawCodes, shift: 2)
    }

    /// Encodes 16-bit samples to A-law codes.
    @discardableResult
    public static func encodeALaw(
        _ source: UnsafeBufferPointer<Int16>, into destination: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        encode(source, into: destination, table: G711Tables.shared.aLawCodes, shift: 4)
    }

    /// Decodes µ-law codes to 16-bit samples.
    @discardableResult
    public static func decodeMuLaw(
        _ source: Span<UInt8>, into destination: inout MutableSpan<Int16>
    ) -> Int {
        source.withUnsafeBufferPointer { from in
            destination.withUnsafeMutableBufferPointer { decodeMuLaw(from, into: $0) }
        }
    }

    /// Decodes A-law codes to 16-bit samples.
    @discardableResult
    public static func decodeALaw(
        _ source: Span<UInt8>, into destination: inout MutableSpan<Int16>
    ) -> Int {
        source.withUnsafeBufferPointer { from in
            destination.withUnsafeMutableBufferPointer { decodeALaw(from, into: $0) }
        }
    }

    /// Encodes 16-bit samples to µ-law codes.
    @discardableResult
    public static func encodeMuLaw(
        _ source: Span<Int16>, into destination: inout MutableSpan<UInt8>
    ) -> Int {
        source.withUnsafeBufferPointer { from in
            destination.withUnsafeMutableBufferPointer { encodeMuLaw(from, into: $0) }
        }
    }

    /// Encodes 16-bit samples to A-law codes.
    @discardableResult
    public static func encodeALaw(
        _ source: Span<Int16>, into destination: inout MutableSpan<UInt8>
    ) -> Int {
        source.withUnsafeBufferPointer { from in
            destination.withUnsafeMutableBufferPointer { encodeALaw(from, into: $0) }
        }
    }

    /// The samples of a µ-law clip in a new array; for files and tests, it allocates.
    public static func decodedMuLaw(_ codes: [UInt8]) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: codes.count) { samples, count in
            count = codes.withUnsafeBufferPointer { decodeMuLaw($0, into: samples) }
        }
    }

    /// The µ-law codes of samples in a new array; for files and tests, it allocates.
    public static func encodedMuLaw(_ samples: [Int16]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: samples.count) { codes, count in
            count = samples.withUnsafeBufferPointer { encodeMuLaw($0, into: codes) }
        }
    }

    private static func decode(
        _ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<Int16>,
        table: UnsafePointer<Int16>
    ) -> Int {
        precondition(destination.count >= source.count, "destination shorter than source")
        guard let from = source.baseAddress, let to = destination.baseAddress else { return 0 }
        for index in 0..<source.count {
            to[index] = table[Int(from[index])]
        }
        return source.count
    }

    private static func encode(
        _ source: UnsafeBufferPointer<Int16>, into destination: UnsafeMutableBufferPointer<UInt8>,
        table: UnsafePointer<UInt8>, shift: UInt16
    ) -> Int {
        precondition(destination.count >= source.count, "destination shorter than source")
        guard let from = source.baseAddress, let to = destination.baseAddress else { return 0 }
        for index in 0..<source.count {
            to[index] = table[Int(UInt16(bitPattern: from[index]) >> shift)]
        }
        return source.count
    }
}
