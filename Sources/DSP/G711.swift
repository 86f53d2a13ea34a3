/// µ-law and A-law companding, bit-exact to ITU-T Recommendation G.711 (11/88).
///
/// Linear samples are 16-bit: µ-law's 14-bit and A-law's 13-bit values sit in the upper bits, as in
/// ITU-T's own reference code (G.191). The recommendation leaves open where an input that is
/// exactly a decision value belongs; here, as in G.191, it belongs to the interval above it, on
/// both sides of zero.
///
/// Callable from any thread; nothing here allocates, locks or waits, except that the first bulk
/// call of the process builds 21 KiB of tables (see `warmUp()`).
public enum G711 {
    /// The linear value of one µ-law code (ITU-T G.711, table 2), −32,124…32,124.
    @inlinable
    public static func decodeMuLaw(_ code: UInt8) -> Int16 {
        let bits = Int32(~code)
        let segment = (bits >> 4) & 7
        // The segments meet when 33 units of 4 are added: magnitude + 132 is (2·step + 33)·2^segment.
        let magnitude = ((((bits & 15) << 3) + 132) << segment) - 132
        return Int16(truncatingIfNeeded: bits & 0x80 == 0 ? magnitude : -magnitude)
    }

    /// The µ-law code of one 16-bit sample (ITU-T G.711, table 2); values beyond the last decision
    /// value saturate.
    @inlinable
    public static func encodeMuLaw(_ sample: Int16) -> UInt8 {
        let value = Int32(sample)
        // One's complement, so that both signs share the rule "at a decision value, take the upper".
        let magnitude = (value < 0 ? ~value : value) >> 2
        let biased = UInt32(min(magnitude, 8158) + 33)
        let segment = UInt32(26 - biased.leadingZeroBitCount)
        let step = (biased >> (segment + 1)) & 15
        let code = UInt8(truncatingIfNeeded: ~((segment << 4) | step))
        return value < 0 ? code & 0x7F : code
    }

    /// The linear value of one A-law code (ITU-T G.711, table 1), −32,256…32,256.
    @inlinable
    public static func decodeALaw(_ code: UInt8) -> Int16 {
        let bits = Int32(code ^ 0x55)
        let segment = (bits >> 4) & 7
        let step = ((bits & 15) << 4) + 8
        let magnitude = segment == 0 ? step : (step + 256) << (segment - 1)
        return Int16(truncatingIfNeeded: bits & 0x80 != 0 ? magnitude : -magnitude)
    }

    /// The A-law code of one 16-bit sample (ITU-T G.711, table 1).
    @inlinable
    public static func encodeALaw(_ sample: Int16) -> UInt8 {
        let value = Int32(sample)
        let magnitude = UInt32((value < 0 ? ~value : value) >> 4)
        var bits = magnitude
        if magnitude >= 32 {
            let segment = UInt32(28 - magnitude.leadingZeroBitCount)
            bits = (segment << 4) | ((magnitude >> (segment - 1)) & 15)
        }
        let code = UInt8(truncatingIfNeeded: bits) ^ 0x55
        return value < 0 ? code : code | 0x80
    }

    /// The µ-law code of silence (+0).
    public static let muLawSilence: UInt8 = 0xFF
    /// The A-law code nearest to silence (+8).
    public static let aLawSilence: UInt8 = 0xD5

    /// Builds the tables of the bulk functions, so that the first frame of a call does not.
    public static func warmUp() {
        _ = G711Tables.shared
    }
}

/// Look-up tables of the bulk functions; made once, never freed, never written again.
struct G711Tables: @unchecked Sendable {
    /// 256 linear values by code.
    let muLawLinear: UnsafePointer<Int16>
    let aLawLinear: UnsafePointer<Int16>
    /// 16,384 codes by the upper 14 bits of the sample: µ-law ignores the lower two.
    let muLawCodes: UnsafePointer<UInt8>
    /// 4,096 codes by the upper 12 bits of the sample: A-law ignores the lower four.
    let aLawCodes: UnsafePointer<UInt8>

    static let shared = G711Tables()

    private init() {
        muLawLinear = Self.table(256) { G711.decodeMuLaw(UInt8($0)) }
        aLawLinear = Self.table(256) { G711.decodeALaw(UInt8($0)) }
        muLawCodes = Self.table(16_384) {
            G711.encodeMuLaw(Int16(bitPattern: UInt16($0) << 2))
        }
        aLawCodes = Self.table(4_096) {
            G711.encodeALaw(Int16(bitPattern: UInt16($0) << 4))
        }
    }

    private static func table<Element>(_ count: Int, _ value: (Int) -> Element)
        -> UnsafePointer<Element>
    {
        let storage = UnsafeMutablePointer<Element>.allocate(capacity: count)
        for index in 0..<count {
            (storage + index).initialize(to: value(index))
        }
        return UnsafePointer(storage)
    }
}
