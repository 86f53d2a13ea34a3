import Glibc
import Wire

/// The characters between the quotes of a JSON string, checked but still in the message's memory.
///
/// Valid only as long as the message it was parsed from. Only the parser makes one, so escapes
/// inside are known to be well formed. Copying one allocates nothing.
public struct JSONStringView {
    /// The text as it stands between the quotes, escapes and all.
    public let bytes: UnsafeRawBufferPointer
    /// True when there is a backslash inside; without one, `bytes` is the string itself in UTF-8.
    public let hasEscapes: Bool
    /// Where the text begins, in bytes from the beginning of the message.
    public let offset: Int

    /// The string, escapes resolved. A surrogate that has no partner becomes U+FFFD.
    /// Allocates when the string is longer than 15 bytes.
    public var string: String {
        guard hasEscapes else { return String(decoding: bytes, as: UTF8.self) }
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count)
        unescape { utf8.append($0) }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// True when the string, escapes resolved, has exactly these UTF-8 bytes. Allocates nothing.
    public func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        if !hasEscapes {
            guard bytes.count == other.count else { return false }
            guard let left = bytes.baseAddress, let right = other.baseAddress else { return true }
            return memcmp(left, right, bytes.count) == 0
        }
        var index = 0
        var isEqual = true
        unescape { byte in
            if index < other.count, other[index] == byte { index += 1 } else { isEqual = false }
        }
        return isEqual && index == other.count
    }

    /// As `equals(_:)`, against UTF-8 bytes in an array.
    public func equals(_ other: [UInt8]) -> Bool {
        other.withUnsafeBytes { equals($0) }
    }

    @inline(__always)
    func equals(_ literal: StaticString) -> Bool {
        if !hasEscapes, bytes.count != literal.utf8CodeUnitCount { return false }
        return equals(
            UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Copies the string, escapes resolved, to the beginning of `target`, at most `countMax` bytes of
    /// it; returns how many. Allocates nothing.
    func copy(into target: UnsafeMutableRawBufferPointer, countMax: Int) -> Int {
        let room = min(countMax, target.count)
        var count = 0
        unescape { byte in
            if count < room {
                target[count] = byte
                count += 1
            }
        }
        return count
    }

    /// Calls `emit` with every UTF-8 byte of the string, escapes resolved. Allocates nothing.
    @inline(__always)
    func unescape(_ emit: (UInt8) -> Void) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                emit(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "b"): emit(0x08)
            case UInt8(ascii: "f"): emit(0x0c)
            case UInt8(ascii: "n"): emit(0x0a)
            case UInt8(ascii: "r"): emit(0x0d)
            case UInt8(ascii: "t"): emit(0x09)
            case UInt8(ascii: "u"):
                let scalar = unicodeEscape(at: &index)
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { emit(unit) }
            default: emit(escape)
            }
        }
    }

    /// Reads the four digits at `index`, and the second half of a surrogate pair if one follows.
    private func unicodeEscape(at index: inout Int) -> Unicode.Scalar {
        let first = codeUnit(at: index)
        index += 4
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard first < 0xdc00, index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return "\u{fffd}" }
        let second = codeUnit(at: index + 2)
        guard (0xdc00...0xdfff).contains(second) else { return "\u{fffd}" }
        index += 6
        let value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }

    /// The value of the four hexadecimal digits at `index`, which the scanner has checked.
    private func codeUnit(at index: Int) -> UInt16 {
        var value: UInt16 = 0
        for position in index..<index + 4 {
            value = value << 4 | UInt16(Hexadecimal.value(bytes[position]) ?? 0)
        }
        return value
    }
}
