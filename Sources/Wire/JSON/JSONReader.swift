import Glibc

/// Reads JSON text by recursive descent, to a bounded depth.
struct JSONReader {
    let depthMax: Int
    private var position = 0
    private var depth = 0

    init(depthMax: Int) {
        self.depthMax = depthMax
    }

    mutating func document(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        let value = try value(text)
        skipSpace(text)
        guard position == text.count else { throw error("text behind the value") }
        return value
    }

    private func error(_ reason: String) -> JSONError {
        JSONError(offset: position, reason: reason)
    }

    private func peek(_ text: Span<UInt8>) -> UInt8? {
        position < text.count ? text[position] : nil
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while let byte = peek(text), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard peek(text) == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        skipSpace(text)
        guard let first = peek(text) else { throw error("the text ends where a value should be") }
        switch first {
        case UInt8(ascii: "{"): return try nested(text, Self.object)
        case UInt8(ascii: "["): return try nested(text, Self.array)
        case UInt8(ascii: "\""): return .string(try string(text))
        case UInt8(ascii: "t"): return try word("true", .bool(true), text)
        case UInt8(ascii: "f"): return try word("false", .bool(false), text)
        case UInt8(ascii: "n"): return try word("null", .null, text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(text)
        default: throw error("a value cannot begin with this byte")
        }
    }

    private mutating func nested(
        _ text: Span<UInt8>,
        _ read: (inout JSONReader, Span<UInt8>) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < depthMax else { throw error("more than \(depthMax) levels") }
        depth += 1
        position += 1
        let value = try read(&self, text)
        depth -= 1
        return value
    }

    private static func array(
        _ reader: inout JSONReader, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        reader.skipSpace(text)
        if reader.take(UInt8(ascii: "]"), text) { return .array(elements) }
        while true {
            elements.append(try reader.value(text))
            reader.skipSpace(text)
            if reader.take(UInt8(ascii: "]"), text) { return .array(elements) }
            guard reader.take(UInt8(ascii: ","), text) else {
                throw reader.error("an array goes on with , or ends with ]")
            }
        }
    }

    private static func object(
        _ reader: inout JSONReader, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        reader.skipSpace(text)
        if reader.take(UInt8(ascii: "}"), text) { return .object(members) }
        while true {
            reader.skipSpace(text)
            guard reader.peek(text) == UInt8(ascii: "\"") else {
                throw reader.error("a member begins with its name in quotes")
            }
            let name = try reader.string(text)
            reader.skipSpace(text)
            guard reader.take(UInt8(ascii: ":"), text) else {
                throw reader.error("a colon is missing behind the name")
            }
            members.append(JSONValue.Member(name, try reader.value(text)))
            reader.skipSpace(text)
            if reader.take(UInt8(ascii: "}"), text) { return .object(members) }
            guard reader.take(UInt8(ascii: ","), text) else {
                throw reader.error("an object goes on with , or ends with }")
            }
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[index], text) else { throw error("expected \(word)") }
        }
        return value
    }

    private mutating func digits(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        while let byte = peek(text), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            position += 1
        }
        guard position > start else { throw error("a digit is missing") }
    }

    private mutating func number(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        let start = position
        var isWhole = true
        _ = take(UInt8(ascii: "-"), text)
        if !take(UInt8(ascii: "0"), text) {
            try digits(text)
        }
        if take(UInt8(ascii: "."), text) {
            isWhole = false
            try digits(text)
        }
        if take(UInt8(ascii: "e"), text) || take(UInt8(ascii: "E"), text) {
            isWhole = false
            if !take(UInt8(ascii: "+"), text) { _ = take(UInt8(ascii: "-"), text) }
            try digits(text)
        }
        var written = ""
        for index in start..<position {
            written.unicodeScalars.append(Unicode.Scalar(text[index]))
        }
        if isWhole, let value = Int(written) {
            return .integer(value)
        }
        guard let value = Double(written), value.isFinite else {
            throw error("the number is out of range")
        }
        return .number(value)
    }

    private mutating func string(_ text: Span<UInt8>) throws(JSONError) -> String {
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek(text) {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw error("the string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try escape(text, into: &bytes)
            case 0..<0x20: throw error("a control character must be escaped")
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw error("the string has no end")
    }

    private mutating func escape(_ text: Span<UInt8>, into bytes: inout [UInt8]) throws(JSONError) {
        guard let byte = peek(text) else { throw error("the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): try unicode(text, into: &bytes)
        default: throw error("unknown escape")
        }
    }

    /// A code point from one escape, or from two that are a surrogate pair.
    private mutating func unicode(
        _ text: Span<UInt8>, into bytes: inout [UInt8]
    ) throws(JSONError) {
        var code = try fourDigits(text)
        if code >= 0xD800, code < 0xDC00 {
            guard take(UInt8(ascii: "\\"), text), take(UInt8(ascii: "u"), text) else {
                throw error("half of a surrogate pair")
            }
            let low = try fourDigits(text)
            guard low >= 0xDC00, low < 0xE000 else { throw error("half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func fourDigits(_ text: Span<UInt8>) throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek(text).flatMap(Hexadecimal.value) else {
                throw error("four hexadecimal digits belong behind \\u")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
