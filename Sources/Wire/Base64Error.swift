/// Why a text is not the Base64 of RFC 4648 section 4, and at which byte. A trivial value, so that
/// throwing it allocates nothing.
public struct Base64Error: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the fault.
    public enum Kind: Sendable, Equatable {
        /// A byte outside the alphabet.
        case character(UInt8)
        /// The length is not a multiple of four.
        case length
        /// `=` in the wrong place, or bits that are not zero before it.
        case padding
        /// The bytes do not fit the buffer that was given for them.
        case tooLong(limitBytes: Int)
    }

    public var kind: Kind
    /// Where, in bytes from the beginning of the text.
    public var offset: Int

    public init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String {
        switch kind {
        case .character(let byte): "byte \(byte) at \(offset) is not Base64"
        case .length: "the length of the Base64 text is not a multiple of 4; pad it with ="
        case .padding: "wrong Base64 padding at byte \(offset)"
        case .tooLong(let limit): "the Base64 text holds more than \(limit) bytes"
        }
    }
}
