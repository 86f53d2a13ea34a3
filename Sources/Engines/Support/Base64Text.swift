/// Base64 with padding (RFC 4648 section 4), for messages that carry audio in JSON.
package enum Base64Text {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    package static func encodedCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

    /// Writes `source` as text from `offset` of `target` on, which traps where it is too short.
    /// Does not allocate.
    /// - Returns: the number of characters.
    package static func encode(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        precondition(offset + encodedCount(source.count) <= target.count, "no room for Base64")
        let letters = alphabet.utf8Start
        var write = offset
        var read = 0
        while read < source.count {
            let left = source.count - read
            let group =
                UInt32(source[read]) << 16
                | (left > 1 ? UInt32(source[read + 1]) << 8 : 0)
                | (left > 2 ? UInt32(source[read + 2]) : 0)
            target[write] = letters[Int(group >> 18)]
            target[write + 1] = letters[Int(group >> 12 & 63)]
            target[write + 2] = left > 1 ? letters[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            target[write + 3] = left > 2 ? letters[Int(group & 63)] : UInt8(ascii: "=")
            read += 3
            write += 4
        }
        return write - offset
    }
}
