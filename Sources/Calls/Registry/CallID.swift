import Wire

/// The identity of a call, whatever carries it: the same for every leg of it, and on every node.
///
/// Made of the carrier and its own name for the call (Twilio's CallSid): the first 128 bits of
/// SHA-256 over both, apart by a zero byte. Written as 32 hexadecimal digits.
public struct CallID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// - Parameters:
    ///   - carrier: what carries the call: "twilio".
    ///   - name: the carrier's name for it.
    public init(carrier: String, name: String) {
        let digest = Digest.sha256(Array(carrier.utf8) + [0] + Array(name.utf8))
        func word(at start: Int) -> UInt64 {
            digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        high = word(at: 0)
        low = word(at: 8)
    }

    /// Reads what ``description`` wrote; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(Self.isDigit),
            let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    public var description: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
