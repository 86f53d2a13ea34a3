/// The rules for a header field that is sent (RFC 9110 §5.5, §5.6.2).
enum HTTPFieldRules {
    /// Throws when the name is not a token or the value could end its line.
    static func check(name: String, value: String) throws(NetError) {
        let isToken =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
        guard isToken else {
            throw .invalid(what: "header name \"\(name)\"", reason: "it is not a token")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalid(what: "header \(name)", reason: "its value holds a control character")
        }
    }
}
