/// Why a form is not read.
public enum FormError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text is in a character set that is not read here.
    case unsupportedCharset(String)
    /// More fields than allowed.
    case tooManyFields(Int)

    public var description: String {
        switch self {
        case .unsupportedCharset(let charset): "the form is in \(charset); send UTF-8"
        case .tooManyFields(let max): "the form has more than \(max) fields"
        }
    }
}

/// Reads `application/x-www-form-urlencoded` text by the rules of the URL Standard, section 5.1.
public enum FormParser {
    /// The most fields that are read unless said otherwise.
    public static let fieldsMaxDefault = 1_000

    /// How the decoded bytes become text.
    public enum Charset: Sendable {
        /// Bytes that are not UTF-8 become U+FFFD.
        case utf8
        /// Every byte is the code point of the same number.
        case latin1

        /// From the name in a Content-Type.
        public init(named name: String) throws(FormError) {
            switch name.lowercased() {
            case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
            case "iso-8859-1", "latin1", "latin-1": self = .latin1
            default: throw .unsupportedCharset(name)
            }
        }
    }

    /// The fields in order, duplicates kept.
    ///
    /// `+` is a space; `%` and two hexadecimal digits are a byte; any other `%` stands for itself.
    /// A field without `=` has an empty value; nothing between two `&` is not a field.
    public static func parse(
        _ text: Span<UInt8>, fieldsMax: Int = fieldsMaxDefault, charset: Charset = .utf8
    ) throws(FormError) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var decoded: [UInt8] = []
        var start = 0
        while start < text.count {
            let end = index(of: UInt8(ascii: "&"), in: text, from: start, to: text.count)
            if end > start {
                guard fields.count < fieldsMax else { throw .tooManyFields(fieldsMax) }
                let middle = index(of: UInt8(ascii: "="), in: text, from: start, to: end)
                let name = decode(text, start..<middle, into: &decoded, charset)
                let valueStart = min(middle + 1, end)
                let value = decode(text, valueStart..<end, into: &decoded, charset)
                fields.append((name, value))
            }
            start = end + 1
        }
        return fields
    }

    private static func index(
        of byte: UInt8, in text: Span<UInt8>, from start: Int, to end: Int
    ) -> Int {
        var index = start
        while index < end, text[index] != byte {
            index += 1
        }
        return index
    }

    private static func decode(
        _ text: Span<UInt8>, _ range: Range<Int>, into decoded: inout [UInt8], _ charset: Charset
    ) -> String {
        decoded.removeAll(keepingCapacity: true)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            if byte == UInt8(ascii: "+") {
                decoded.append(0x20)
            } else if byte == UInt8(ascii: "%"), index + 2 < range.upperBound,
                let high = Hexadecimal.value(text[index + 1]),
                let low = Hexadecimal.value(text[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(byte)
            }
            index += 1
        }
        switch charset {
        case .utf8: return String(decoding: decoded, as: UTF8.self)
        case .latin1:
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: decoded.lazy.map { Unicode.Scalar($0) })
            return String(scalars)
        }
    }
}
