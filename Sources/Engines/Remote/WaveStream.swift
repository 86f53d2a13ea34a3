import DSP

/// Writes and reads WAV as it travels over a network: linear, mono, 16 bits.
///
/// Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991. A server
/// that streams does not know the length and writes 0, or a number near one of the largest.
package struct WaveStream {
    package enum Fault: Error, Equatable { case notWave, format(String) }

    /// A head longer than this is none.
    static let headByteCountMax = 65_536

    package init() {}

    /// Lengths from here on stand for an unknown one.
    private static let lengthUnknown = 0x7FFF_0000

    private var head: [UInt8] = []
    /// Bytes of samples that are to come; nil where that is not known.
    private var leftCount: Int?
    package private(set) var rate: Int?

    /// Takes the next bytes of a file; returns those that are samples.
    package mutating func append(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
        guard rate == nil else { return samples(bytes[...]) }
        head += bytes
        guard head.count >= 12 else {
            // What can be seen to be something else is not waited for.
            guard "RIFF".utf8.starts(with: head.prefix(4)) else { throw .notWave }
            return []
        }
        guard head.starts(with: "RIFF".utf8), head[8..<12].elementsEqual("WAVE".utf8) else {
            throw .notWave
        }
        guard head.count <= Self.headByteCountMax else { throw .notWave }
        return try readChunks()
    }

    /// True when the beginning of a file is one that ``append(_:)`` can read; nil where that is not
    /// to be seen yet.
    static func isStreamable(_ head: [UInt8]) -> Bool? {
        var probe = WaveStream()
        do throws(Fault) {
            _ = try probe.append(head)
        } catch {
            return false
        }
        return probe.rate == nil ? nil : true
    }

    private mutating func readChunks() throws(Fault) -> [UInt8] {
        var position = 12
        var found: Int?
        while position + 8 <= head.count {
            let name = head[position..<position + 4]
            let length = number(at: position + 4, bytes: 4)
            let body = position + 8
            if name.elementsEqual("data".utf8) {
                guard let found else { throw .format("there is no format before the samples") }
                rate = found
                leftCount = (1..<Self.lengthUnknown).contains(length) ? length : nil
                defer { head = [] }
                return samples(head[body...])
            }
            guard body + length <= head.count else { return [] }
            if name.elementsEqual("fmt ".utf8) { found = try format(at: body, length: length) }
            position = body + length + length % 2
        }
        return []
    }

    /// Without what stands behind the samples, such as a title.
    private mutating func samples(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard let left = leftCount else { return Array(bytes) }
        leftCount = max(0, left - bytes.count)
        return Array(bytes.prefix(left))
    }

    private func format(at start: Int, length: Int) throws(Fault) -> Int {
        guard length >= 16 else { throw .format("the format is cut off") }
        let code = number(at: start, bytes: 2)
        let channels = number(at: start + 2, bytes: 2)
        let rate = number(at: start + 4, bytes: 4)
        let bits = number(at: start + 14, bytes: 2)
        // 0xFFFE: the extensible form of the same.
        guard code == 1 || code == 0xFFFE, channels == 1, bits == 16,
            (8000...192_000).contains(rate)
        else {
            throw .format(
                "16-bit mono samples are needed, not format \(code) with \(channels) channels of "
                    + "\(bits) bits at \(rate) Hz")
        }
        return rate
    }

    private func number(at start: Int, bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 | Int(head[start + $1]) << (8 * $1) }
    }

    /// A whole file.
    package static func file(_ samples: [Int16], rate: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(44 + samples.count * 2)
        func add(_ value: Int, _ count: Int) {
            for shift in 0..<count { out.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
        }
        out += "RIFF".utf8
        add(36 + samples.count * 2, 4)
        out += "WAVEfmt ".utf8
        add(16, 4)
        add(1, 2)
        add(1, 2)
        add(rate, 4)
        add(rate * 2, 4)
        add(2, 2)
        add(16, 2)
        out += "data".utf8
        add(samples.count * 2, 4)
        // The file's byte order is that of every machine this runs on.
        samples.withUnsafeBytes { out += $0 }
        return out
    }
}
