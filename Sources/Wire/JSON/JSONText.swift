/// JSON strings for every writer (RFC 8259 section 7).
package enum JSONText {
    /// Calls `emit` with the byte as it stands inside a JSON string. Allocates nothing.
    @inlinable @inline(__always)
    package static func escape(_ byte: UInt8, _ emit: (UInt8) -> Void) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): pair(byte, emit)
        case 0x0A: pair(UInt8(ascii: "n"), emit)
        case 0x0D: pair(UInt8(ascii: "r"), emit)
        case 0x09: pair(UInt8(ascii: "t"), emit)
        case 0..<0x20, 0x7F:
            pair(UInt8(ascii: "u"), emit)
            emit(UInt8(ascii: "0"))
            emit(UInt8(ascii: "0"))
            emit(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            emit(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: emit(byte)
        }
    }

    @usableFromInline @inline(__always)
    static func pair(_ byte: UInt8, _ emit: (UInt8) -> Void) {
        emit(UInt8(ascii: "\\"))
        emit(byte)
    }

    /// The text in quotes, as UTF-8.
    package static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 2)
        appendQuoted(text, to: &bytes)
        return bytes
    }

    static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { escape(byte) { bytes.append($0) } }
        bytes.append(UInt8(ascii: "\""))
    }
}
