import Wire

/// A field of a Media Streams message, named in errors.
public enum StreamField: String, Sendable {
    case message, event, streamSid, sequenceNumber
    case `protocol`, version
    case start, accountSid, callSid, tracks, mediaFormat, encoding, sampleRate, channels
    case customParameters
    case media, track, chunk, timestamp, payload
    case dtmf, digit
    case mark, name
    case stop
}

/// Why a text frame is not a Media Streams message: what is wrong and at which byte.
///
/// A trivial value, so that throwing it allocates nothing.
public struct StreamMessageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of the fault.
    public enum Kind: Equatable, Sendable {
        /// The text ends inside a value.
        case truncated
        /// A byte that JSON's grammar (RFC 8259) does not allow there.
        case unexpectedByte(UInt8)
        /// A byte below 0x20 inside a string; it has to be written as an escape.
        case controlCharacter(UInt8)
        /// A backslash followed by something that is not an escape.
        case invalidEscape
        /// Text that begins like a number and is none.
        case invalidNumber
        /// More than ``StreamMessageParser/nestingDepthMax`` nested arrays and objects.
        case tooDeep
        /// Something other than white space after the message.
        case trailingBytes
        /// The value of the field has the wrong JSON type.
        case wrongType(StreamField)
        /// The field must be a whole number from 0 to 2^64 - 1, as a number or a string.
        case notWholeNumber(StreamField)
        case missing(StreamField)
        /// The field stands twice in the same object; readers would disagree on which one counts.
        case duplicate(StreamField)
        /// A character that is not in the Base64 alphabet of RFC 4648 section 4.
        case base64Character(UInt8)
        /// The length of the payload is not a multiple of four characters.
        case base64Length
        /// `=` in the wrong place, or bits that are not zero before it.
        case base64Padding
        /// The decoded payload does not fit the buffer that was given for it.
        case payloadTooLarge(limitBytes: Int)

        init(_ kind: Base64Error.Kind) {
            switch kind {
            case .character(let byte): self = .base64Character(byte)
            case .length: self = .base64Length
            case .padding: self = .base64Padding
            case .tooLong(let limit): self = .payloadTooLarge(limitBytes: limit)
            }
        }
    }

    public var kind: Kind
    /// Where, in bytes from the beginning of the message.
    public var offset: Int

    public init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String { "byte \(offset): \(what)" }

    private var what: String {
        switch kind {
        case .truncated: "the message ends inside a value; send each message in one whole frame"
        case .unexpectedByte(let byte): "\(Self.show(byte)) is not JSON here"
        case .controlCharacter(let byte):
            "control character \(Self.show(byte)) inside a string; write it as an escape"
        case .invalidEscape: "not an escape of JSON; a backslash itself is written twice"
        case .invalidNumber: "not a number of JSON"
        case .tooDeep:
            "more than \(StreamMessageParser.nestingDepthMax) nested arrays and objects"
        case .trailingBytes: "text after the end of the message; send one message in a frame"
        case .wrongType(let field): "`\(field.rawValue)` has the wrong JSON type"
        case .notWholeNumber(let field): "`\(field.rawValue)` must be a whole number, 0 or more"
        case .missing(let field): "`\(field.rawValue)` is missing"
        case .duplicate(let field): "`\(field.rawValue)` stands twice in the same object"
        case .base64Character(let byte): "\(Self.show(byte)) is not Base64 (RFC 4648 section 4)"
        case .base64Length: "the Base64 payload's length is not a multiple of 4; pad it with ="
        case .base64Padding: "wrong Base64 padding, or bits that are not zero before it"
        case .payloadTooLarge(let limit):
            "the payload is larger than \(limit) bytes; send shorter pieces"
        }
    }

    private static func show(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        let digits = String(byte, radix: 16)
        return "byte 0x" + (digits.count == 1 ? "0" : "") + digits
    }
}
