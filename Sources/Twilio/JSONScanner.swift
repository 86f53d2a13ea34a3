import Wire

/// Walks over JSON text (RFC 8259) without building anything: strings come out as views into the
/// text, values nobody asked for are checked and skipped. No recursion, no allocation.
struct JSONScanner {
    private let base: UnsafeRawPointer
    let count: Int
    private(set) var index = 0

    /// `text` must not be empty and must outlive the scanner and every view it hands out.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress, text.count > 0 else { return nil }
        self.base = base
        count = text.count
    }

    /// A scanner of the same text that stands at `offset`.
    func at(_ offset: Int) -> JSONScanner {
        var copy = self
        copy.index = offset
        return copy
    }

    /// The byte at `index`, which must be before the end.
    @inline(__always)
    var current: UInt8 { byte(at: index) }

    /// The text from `start` to `index`.
    func text(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start, count: index - start)
    }

    @inline(__always)
    private func byte(at position: Int) -> UInt8 {
        base.load(fromByteOffset: position, as: UInt8.self)
    }

    // MARK: Structure

    @inline(__always)
    mutating func skipWhitespace() {
        while index < count {
            switch byte(at: index) {
            case 0x20, 0x09, 0x0a, 0x0d: index += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, without taking it.
    @inline(__always)
    mutating func peek() throws(StreamMessageError) -> UInt8 {
        skipWhitespace()
        guard index < count else { throw StreamMessageError(.truncated, offset: count) }
        return byte(at: index)
    }

    @inline(__always)
    mutating func expect(_ wanted: UInt8) throws(StreamMessageError) {
        let found = try peek()
        guard found == wanted else { throw unexpected(found) }
        index += 1
    }

    /// Takes `{`. The fields follow by ``nextKey(isFirst:)``.
    mutating func beginObject(_ field: StreamField) throws(StreamMessageError) {
        guard try peek() == UInt8(ascii: "{") else {
            throw StreamMessageError(.wrongType(field), offset: index)
        }
        index += 1
    }

    /// The name of the object's next field, with the colon taken; nil with `}` taken at its end.
    @inline(__always)
    mutating func nextKey(isFirst: inout Bool) throws(StreamMessageError) -> JSONStringView? {
        var found = try peek()
        if found == UInt8(ascii: "}") {
            index += 1
            return nil
        }
        if !isFirst {
            guard found == UInt8(ascii: ",") else { throw unexpected(found) }
            index += 1
            found = try peek()
        }
        isFirst = false
        guard found == UInt8(ascii: "\"") else { throw unexpected(found) }
        let key = try scanString()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Nothing but white space may be left.
    mutating func finish() throws(StreamMessageError) {
        skipWhitespace()
        if index < count { throw StreamMessageError(.trailingBytes, offset: index) }
    }

    func unexpected(_ byte: UInt8) -> StreamMessageError {
        StreamMessageError(.unexpectedByte(byte), offset: index)
    }

    // MARK: Strings

    /// The string value of `field`.
    @inline(__always)
    mutating func string(_ field: StreamField) throws(StreamMessageError) -> JSONStringView {
        guard try peek() == UInt8(ascii: "\"") else {
            throw StreamMessageError(.wrongType(field), offset: index)
        }
        return try scanString()
    }

    /// Scans a string whose opening quote stands at `index`.
    mutating func scanString() throws(StreamMessageError) -> JSONStringView {
        index += 1
        let start = index
        var hasEscapes = false
        while true {
            skipPlainCharacters()
            guard index < count else { throw StreamMessageError(.truncated, offset: count) }
            let found = byte(at: index)
            switch found {
            case UInt8(ascii: "\""):
                let text = UnsafeRawBufferPointer(start: base + start, count: index - start)
                index += 1
                return JSONStringView(bytes: text, hasEscapes: hasEscapes, offset: start)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw StreamMessageError(.controlCharacter(found), offset: index)
            default: index += 1
            }
        }
    }

    /// Goes eight bytes at a time to the next quote, backslash or control character, or to where
    /// fewer than eight bytes are left.
    @inline(__always)
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index + 8 <= count {
            let word = UInt64(
                littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5c)
            // A byte's high bit is set where it was zero (or, for the last term, below 0x20). A
            // borrow can only set wrong bits above the first right one, which is the one used.
            let hits =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash
                    | (word &- ones &* 0x20) & ~word) & highs
            if hits != 0 {
                index += hits.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
    }

    /// Checks the escape whose backslash stands at `index`, and goes past it.
    private mutating func scanEscape() throws(StreamMessageError) {
        let start = index
        guard index + 1 < count else { throw StreamMessageError(.truncated, offset: count) }
        switch byte(at: index + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 2
        case UInt8(ascii: "u"):
            for position in index + 2..<index + 6 {
                guard position < count else { throw StreamMessageError(.truncated, offset: count) }
                guard Hexadecimal.value(byte(at: position)) != nil else {
                    throw StreamMessageError(.invalidEscape, offset: start)
                }
            }
            index += 6
        default: throw StreamMessageError(.invalidEscape, offset: start)
        }
    }
}
