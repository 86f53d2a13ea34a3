import Glibc

extension JSONScanner {
    /// Takes `null` if it stands here.
    mutating func skipNull() throws(StreamMessageError) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try skipLiteral("null")
        return true
    }

    /// A whole number from 0 to 2^64 - 1, written as a number or as a string of digits, since
    /// Twilio sends its counters as strings. `7.0` is a whole number, `7e0` is refused.
    mutating func wholeNumber(_ field: StreamField) throws(StreamMessageError) -> UInt64 {
        let found = try peek()
        let start = index
        let refusal = StreamMessageError(.notWholeNumber(field), offset: start)
        if found == UInt8(ascii: "\"") {
            let text = try scanString()
            let value =
                text.hasEscapes
                ? Array(text.string.utf8).withUnsafeBytes { Self.decimal($0) }
                : Self.decimal(text.bytes)
            guard let value else { throw refusal }
            return value
        }
        guard found == UInt8(ascii: "-") || Self.isDigit(found) else {
            throw StreamMessageError(.wrongType(field), offset: start)
        }
        let text = try scanNumber()
        var wholeCount = text.count
        if let dot = text.firstIndex(of: UInt8(ascii: ".")) {
            guard text[(dot + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { throw refusal }
            wholeCount = dot
        }
        guard let value = Self.decimal(UnsafeRawBufferPointer(rebasing: text[..<wholeCount])) else {
            throw refusal
        }
        return value
    }

    /// Checks the value that stands here and goes past it, however it is nested.
    mutating func skipValue() throws(StreamMessageError) {
        var depth = 0
        // Bit n: the n-th open bracket from the inside is an object. Holds nestingDepthMax levels.
        var objects: UInt64 = 0
        while true {
            let found = try peek()
            var isOpen = false
            switch found {
            case UInt8(ascii: "\""): _ = try scanString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < StreamMessageParser.nestingDepthMax else {
                    throw StreamMessageError(.tooDeep, offset: index)
                }
                depth += 1
                objects = objects << 1 | (found == UInt8(ascii: "{") ? 1 : 0)
                take()
                isOpen = try peek() != closer(objects)
                if isOpen, objects & 1 == 1 { try skipKey() }
            case UInt8(ascii: "t"): try skipLiteral("true")
            case UInt8(ascii: "f"): try skipLiteral("false")
            case UInt8(ascii: "n"): try skipLiteral("null")
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanNumber()
            default: throw unexpected(found)
            }
            // After a value: close what ends here, or go on to the next element.
            while !isOpen {
                if depth == 0 { return }
                let next = try peek()
                if next == closer(objects) {
                    take()
                    depth -= 1
                    objects >>= 1
                } else if next == UInt8(ascii: ",") {
                    take()
                    if objects & 1 == 1 { try skipKey() }
                    isOpen = true
                } else {
                    throw unexpected(next)
                }
            }
        }
    }

    private func closer(_ objects: UInt64) -> UInt8 {
        objects & 1 == 1 ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    private mutating func take() { self = at(index + 1) }

    private mutating func skipKey() throws(StreamMessageError) {
        let found = try peek()
        guard found == UInt8(ascii: "\"") else { throw unexpected(found) }
        _ = try scanString()
        try expect(UInt8(ascii: ":"))
    }

    private mutating func skipLiteral(_ literal: StaticString) throws(StreamMessageError) {
        for offset in 0..<literal.utf8CodeUnitCount {
            guard index < count else { throw StreamMessageError(.truncated, offset: count) }
            let found = current
            guard found == literal.utf8Start[offset] else { throw unexpected(found) }
            take()
        }
    }

    // MARK: Numbers

    /// Scans a number whose first character stands at `index`: RFC 8259 section 6.
    private mutating func scanNumber() throws(StreamMessageError) -> UnsafeRawBufferPointer {
        let start = index
        let refusal = StreamMessageError(.invalidNumber, offset: start)
        if index < count, current == UInt8(ascii: "-") { take() }
        let whole = skipDigits()
        guard whole.count > 0 else { throw index < count ? refusal : truncation }
        if whole.count > 1, whole[0] == UInt8(ascii: "0") { throw refusal }
        if index < count, current == UInt8(ascii: ".") {
            take()
            guard skipDigits().count > 0 else { throw index < count ? refusal : truncation }
        }
        if index < count, current | 0x20 == UInt8(ascii: "e") {
            take()
            if index < count, current == UInt8(ascii: "+") || current == UInt8(ascii: "-") {
                take()
            }
            guard skipDigits().count > 0 else { throw index < count ? refusal : truncation }
        }
        return text(from: start)
    }

    private var truncation: StreamMessageError { StreamMessageError(.truncated, offset: count) }

    private mutating func skipDigits() -> UnsafeRawBufferPointer {
        let start = index
        while index < count, Self.isDigit(current) { take() }
        return text(from: start)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The value of a run of decimal digits; nil when it is empty, too large or something else.
    static func decimal(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        guard digits.count > 0 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard isDigit(digit) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(UInt64(digit &- 0x30))
            if tooLarge || overflow { return nil }
            value = sum
        }
        return value
    }
}
