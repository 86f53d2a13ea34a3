/// Base64 of RFC 4648 section 4, with padding, straight between a message and a caller's buffer.
///
/// Strict: no white space, no other alphabet, whole groups of four, zero bits before the padding.
/// Allocates nothing (its two tables are made once, at first use or by ``warmUp()``).
public enum Base64 {
    /// The six bits of each character; 0xff where a byte is not in the alphabet.
    nonisolated(unsafe) private static let values: UnsafePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        table.initialize(repeating: 0xff, count: 256)
        for value in 0..<64 { table[Int(characters[value])] = UInt8(value) }
        return UnsafePointer(table)
    }()

    nonisolated(unsafe) private static let characters: UnsafePointer<UInt8> = {
        let alphabet: StaticString =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        return alphabet.utf8Start
    }()

    /// Makes the tables, so that the first message need not. Any thread.
    public static func warmUp() { _ = (values, characters) }

    /// How many characters `byteCount` bytes become.
    public static func encodedCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

    /// How many bytes `characterCount` characters hold at most.
    public static func decodedCountMax(_ characterCount: Int) -> Int { characterCount / 4 * 3 }

    /// Writes `source` as Base64 and returns the number of characters, or nil, with nothing
    /// written, when `target` is smaller than `encodedCount(source.count)`.
    public static func encode(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let needed = encodedCount(source.count)
        guard needed <= target.count else { return nil }
        let characters = characters
        var read = 0
        var write = 0
        while read + 3 <= source.count {
            let group =
                UInt32(source[read]) << 16 | UInt32(source[read + 1]) << 8
                | UInt32(source[read + 2])
            target[write] = characters[Int(group >> 18)]
            target[write + 1] = characters[Int(group >> 12 & 63)]
            target[write + 2] = characters[Int(group >> 6 & 63)]
            target[write + 3] = characters[Int(group & 63)]
            read += 3
            write += 4
        }
        let left = source.count - read
        if left > 0 {
            let group =
                UInt32(source[read]) << 16 | (left == 2 ? UInt32(source[read + 1]) << 8 : 0)
            target[write] = characters[Int(group >> 18)]
            target[write + 1] = characters[Int(group >> 12 & 63)]
            target[write + 2] =
                left == 2 ? characters[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            target[write + 3] = UInt8(ascii: "=")
        }
        return needed
    }

    /// Decodes `source` and returns the number of bytes. `target` is unspecified after an error.
    public static func decode(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(Base64Error) -> Int {
        guard source.count > 0 else { return 0 }
        guard source.count % 4 == 0 else {
            throw locateError(in: source) ?? .init(.length, offset: source.count)
        }
        let padding = paddingCount(source)
        let byteCount = source.count / 4 * 3 - padding
        guard byteCount <= target.count else {
            throw Base64Error(.tooLong(limitBytes: target.count), offset: 0)
        }
        let values = values
        let wholeEnd = padding == 0 ? source.count : source.count - 4
        var read = 0
        var write = 0
        var seen: UInt8 = 0
        while read < wholeEnd {
            let first = values[Int(source[read])]
            let second = values[Int(source[read + 1])]
            let third = values[Int(source[read + 2])]
            let fourth = values[Int(source[read + 3])]
            seen |= first | second | third | fourth
            target[write] = first << 2 | second >> 4
            target[write + 1] = second << 4 | third >> 2
            target[write + 2] = third << 6 | fourth
            read += 4
            write += 3
        }
        if padding > 0 {
            let first = values[Int(source[read])]
            let second = values[Int(source[read + 1])]
            let third = padding == 1 ? values[Int(source[read + 2])] : 0
            seen |= first | second | third
            target[write] = first << 2 | second >> 4
            if padding == 1 { target[write + 1] = second << 4 | third >> 2 }
            let spare = padding == 1 ? third & 3 : second & 15
            if seen & 0x80 == 0, spare != 0 {
                throw Base64Error(.padding, offset: source.count - padding - 1)
            }
        }
        // Every value is below 64; only the mark of a wrong character has the high bit.
        if seen & 0x80 != 0 {
            throw locateError(in: source) ?? .init(.padding, offset: source.count - 1)
        }
        return byteCount
    }

    /// The text of some bytes. Allocates.
    public static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { target in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(target)) ?? 0 }
        }
    }

    /// The bytes of a text. Allocates.
    public static func bytes(_ text: String) throws(Base64Error) -> [UInt8] {
        let source = Array(text.utf8)
        var failure: Base64Error?
        let room = decodedCountMax(source.count)
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            source.withUnsafeBytes { source in
                do throws(Base64Error) {
                    count = try decode(source, into: UnsafeMutableRawBufferPointer(target))
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static func paddingCount(_ source: UnsafeRawBufferPointer) -> Int {
        guard source[source.count - 1] == UInt8(ascii: "=") else { return 0 }
        return source[source.count - 2] == UInt8(ascii: "=") ? 2 : 1
    }

    /// The first character that cannot stand where it stands.
    private static func locateError(in source: UnsafeRawBufferPointer) -> Base64Error? {
        let wholeCount = source.count % 4 == 0 ? source.count - paddingCount(source) : source.count
        for index in 0..<wholeCount where values[Int(source[index])] == 0xff {
            let isPadding = source[index] == UInt8(ascii: "=")
            return Base64Error(
                isPadding ? .padding : .character(source[index]), offset: index)
        }
        return nil
    }
}
