/// Why TwiML cannot be written: what is wrong, in which verb, and how to fix it.
public enum TwiMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// XML 1.0 has no way to write this character, not even as a reference.
    case character(Unicode.Scalar, place: String)
    /// Something that must not be empty is.
    case empty(place: String)
    /// `<Stream url>` that Twilio would refuse.
    case streamURL(String, reason: String)
    /// A `<Parameter>` whose name and value together have too many characters.
    case parameterTooLong(name: String, characterCount: Int)
    case outOfRange(place: String, value: Int, range: ClosedRange<Int>)
    /// Only `<Say>`, `<Play>` and `<Pause>` may stand inside `<Gather>`.
    case notInGather(String)
    /// The whole answer is larger than Twilio reads.
    case tooLarge(byteCount: Int)

    public var description: String {
        switch self {
        case .character(let scalar, let place):
            "\(place) has the character U+\(Self.hex(scalar)), which XML cannot hold; take it out"
        case .empty(let place): "\(place) is empty"
        case .streamURL(let url, let reason): "<Stream url> is \"\(url)\": \(reason)"
        case .parameterTooLong(let name, let count):
            "<Parameter name=\"\(name)\"> has \(count) characters with its value; "
                + "Twilio takes fewer than \(TwiML.parameterCharactersEnd)"
        case .outOfRange(let place, let value, let range):
            "\(place) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)"
        case .notInGather(let verb):
            "<\(verb)> inside <Gather>; only Say, Play and Pause may stand there"
        case .tooLarge(let count):
            "the TwiML has \(count) bytes; Twilio reads \(TwiML.byteCountMax)"
        }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
