import Net

/// Entry points for fuzzers: raw bytes in, no sockets, a trap when a promise is broken.
///
/// The promises: nothing crashes or reads beyond its input, limits hold, how the bytes are cut into
/// portions makes no difference, and what was written is read back as it was.
package enum NetFuzzing {
    /// Small limits, so that a fuzzer reaches them.
    static let limits = HTTPRequestLimits(
        headerBytesMax: 512, headerCountMax: 8, bodyBytesMax: 256)

    /// What came of a connection's bytes.
    package struct HTTPResult: Equatable {
        package var requests: [String] = []
        package var isRefused = false
    }

    /// Parses a connection's bytes, cut into portions of the given sizes in turn (the last one
    /// repeats; 0 counts as 1).
    package static func httpRequests(
        _ bytes: UnsafeRawBufferPointer, portions: [UInt8]
    ) -> HTTPResult {
        let parser = HTTPRequestParser(limits: limits)
        var result = HTTPResult()
        var start = 0
        var turn = 0
        while start < bytes.count {
            let size = portions.isEmpty ? bytes.count : max(1, Int(portions[turn]))
            turn = min(turn + 1, max(0, portions.count - 1))
            let end = min(bytes.count, start + size)
            while start < end {
                let (taken, outcome) = parser.feed(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                precondition(taken <= end - start, "more taken than given")
                start += taken
                switch outcome {
                case .needsMore: precondition(start == end, "bytes left although more are needed")
                case .head: precondition(start < end, "the head's last byte was taken")
                case .complete: result.requests.append(checked(parser))
                case .failed(let failure):
                    precondition((400..<600).contains(failure.status), "not an error status")
                    result.isRefused = true
                    return result
                }
            }
        }
        return result
    }

    private static func checked(_ parser: HTTPRequestParser) -> String {
        let request = parser.takeRequest(remoteAddress: "", remotePort: 0, isSecure: false)
        precondition(request.body.count <= limits.bodyBytesMax, "the body is above its limit")
        precondition(request.headers.count <= limits.headerCountMax, "too many fields")
        precondition(request.path.hasPrefix("/") || request.path == "*", "the path is not a path")
        for (name, value) in request.headers {
            precondition(!name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "name")
            precondition(value.utf8.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D }, "value")
        }
        let fields = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return "\(request.method) \(request.target) \(request.version.rawValue)\n\(fields)\n\n"
            + request.body.map { String($0) }.joined(separator: " ")
    }

    /// One input for the HTTP fuzzer: the first byte says how many of the next are portion sizes.
    package static func http(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let count = min(Int(first & 7), bytes.count - 1)
        let portions = Array(bytes[1..<(1 + count)])
        let rest = UnsafeRawBufferPointer(rebasing: bytes[(1 + count)...])
        let whole = httpRequests(rest, portions: [])
        precondition(whole == httpRequests(rest, portions: portions), "portions make a difference")
        precondition(whole == httpRequests(rest, portions: [1]), "single bytes make a difference")
    }
}
