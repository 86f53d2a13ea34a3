/// Between 16-bit samples and floats, in either of the two scales in use here.
enum SampleConversion {
    /// Nearest 16-bit value; beyond full scale it saturates, and NaN becomes 0.
    @inline(__always)
    static func int16(_ value: Float) -> Int16 {
        guard value == value else { return 0 }
        return Int16(min(max(value, -32_768), 32_767).rounded(.toNearestOrEven))
    }

    /// Nearest 16-bit value; beyond full scale it saturates, and NaN becomes 0.
    @inline(__always)
    static func int16(_ value: Double) -> Int16 {
        guard value == value else { return 0 }
        return Int16(min(max(value, -32_768), 32_767).rounded(.toNearestOrEven))
    }

    /// Writes `source` times `scale` to `destination`, which must be as long.
    static func floats(
        _ source: UnsafeBufferPointer<Int16>, scale: Float,
        into destination: UnsafeMutablePointer<Float>
    ) {
        guard let from = source.baseAddress else { return }
        for index in 0..<source.count {
            destination[index] = Float(from[index]) * scale
        }
    }

    /// Writes `source` times `scale`, rounded and saturated.
    static func int16s(
        _ source: UnsafePointer<Float>, count: Int, scale: Float,
        into destination: UnsafeMutablePointer<Int16>
    ) {
        for index in 0..<count {
            destination[index] = int16(source[index] * scale)
        }
    }
}
