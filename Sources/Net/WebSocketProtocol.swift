/// The close codes of RFC 6455 §7.4.1 that this module sends or reports.
public enum WebSocketCloseCode {
    /// The purpose of the connection is fulfilled.
    public static let normal: UInt16 = 1000
    /// The endpoint is shutting down or the page was left.
    public static let goingAway: UInt16 = 1001
    /// The peer broke the framing rules.
    public static let protocolError: UInt16 = 1002
    /// The peer sent a kind of data that is not accepted here.
    public static let unsupportedData: UInt16 = 1003
    /// Reported, never sent: the peer's close frame had no code.
    public static let noStatus: UInt16 = 1005
    /// Reported, never sent: the connection ended without a close frame.
    public static let abnormal: UInt16 = 1006
    /// A text message was not UTF-8.
    public static let invalidPayload: UInt16 = 1007
    /// A rule of the application was broken.
    public static let policyViolation: UInt16 = 1008
    /// A message was longer than `WebSocketLimits.messageBytesMax`.
    public static let messageTooBig: UInt16 = 1009
    /// This endpoint could not go on.
    public static let internalError: UInt16 = 1011

    /// True when an endpoint may put `code` into a close frame: 1000–1003 and 1007–1014
    /// (registered), 3000–4999 (libraries and applications).
    public static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// Which end of the connection this is: clients mask what they send, servers do not (RFC 6455 §5.1).
package enum WebSocketRole: Sendable {
    case server
    case client
}

/// The frame types of RFC 6455 §5.2.
package enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA
}

/// A UTF-8 validator that can be fed in pieces (RFC 3629: no overlong forms, no surrogates, nothing
/// above U+10FFFF). It refuses at the first byte that cannot be right.
package struct WebSocketUTF8Validator {
    /// How many continuation bytes are still due, and the range that the next one must lie in.
    private var due = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    package init() {}

    /// True when the bytes so far end between two characters.
    package var isComplete: Bool { due == 0 }

    /// Takes the next bytes; false as soon as they cannot be UTF-8.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        while index < count {
            if due == 0 {
                // Nearly everything is ASCII: eight bytes at a time.
                while index &+ 8 <= count,
                    base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        & 0x8080_8080_8080_8080 == 0
                {
                    index &+= 8
                }
                guard index < count else { break }
            }
            guard step(base.load(fromByteOffset: index, as: UInt8.self)) else { return false }
            index &+= 1
        }
        return true
    }

    private mutating func step(_ byte: UInt8) -> Bool {
        if due > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            due -= 1
            lowest = 0x80
            highest = 0xBF
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, lowest) = (2, 0xA0)
        case 0xED: (due, highest) = (2, 0x9F)
        case 0xE1...0xEF: due = 2
        case 0xF0: (due, lowest) = (3, 0x90)
        case 0xF1...0xF3: due = 3
        case 0xF4: (due, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
