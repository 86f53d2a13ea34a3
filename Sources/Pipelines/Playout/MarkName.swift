/// The name of a mark that streamd sends after audio, and Twilio returns once that has played:
/// "t3.s1.p41" is the 41st mark of the call, within sentence 1 of reply 3.
public struct MarkName: Sendable, Equatable, Hashable, CustomStringConvertible {
    public var turn: Int
    public var sentence: Int
    /// Counts the marks of the call, so that no name comes twice.
    public var part: Int

    /// Room enough for any name.
    public static let byteCountMax = 64

    public init(turn: Int, sentence: Int, part: Int) {
        self.turn = turn
        self.sentence = sentence
        self.part = part
    }

    /// Reads a name as ``write(into:)`` writes it; nil for any other. Does not allocate.
    public init?(_ name: UnsafeRawBufferPointer) {
        var fields = (0, 0, 0)
        var rest = name[...]
        guard Self.take("t", &rest, &fields.0), Self.take(".s", &rest, &fields.1),
            Self.take(".p", &rest, &fields.2), rest.isEmpty
        else { return nil }
        self.init(turn: fields.0, sentence: fields.1, part: fields.2)
    }

    public init?(_ name: some StringProtocol) {
        var bytes = Array(name.utf8)
        let parsed = bytes.withUnsafeMutableBytes { MarkName(UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    private static func take(
        _ prefix: StaticString, _ rest: inout Slice<UnsafeRawBufferPointer>, _ value: inout Int
    ) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard rest.count > length else { return false }
        for index in 0..<length where rest[rest.startIndex + index] != prefix.utf8Start[index] {
            return false
        }
        rest = rest.dropFirst(length)
        var digitCount = 0
        while let byte = rest.first, (48...57).contains(byte), digitCount < 15 {
            value = value * 10 + Int(byte - 48)
            digitCount += 1
            rest = rest.dropFirst()
        }
        return digitCount > 0
    }

    /// Writes the name in ASCII, without allocating; `target` holds ``byteCountMax`` bytes.
    /// - Returns: the number of bytes written.
    public func write(into target: UnsafeMutableRawBufferPointer) -> Int {
        precondition(target.count >= Self.byteCountMax, "room for a mark's name")
        var length = 0
        func put(_ byte: UInt8) {
            target[length] = byte
            length += 1
        }
        func put(number: Int) {
            var divisor = 1
            while number / divisor >= 10 { divisor *= 10 }
            while divisor > 0 {
                put(UInt8(48 + number / divisor % 10))
                divisor /= 10
            }
        }
        put(UInt8(ascii: "t"))
        put(number: turn)
        put(UInt8(ascii: "."))
        put(UInt8(ascii: "s"))
        put(number: sentence)
        put(UInt8(ascii: "."))
        put(UInt8(ascii: "p"))
        put(number: part)
        return length
    }

    public var description: String { "t\(turn).s\(sentence).p\(part)" }
}
