/// Telephone numbers as Twilio writes them: which of them somebody can be called back at.
public enum TelephoneNumber {
    /// The number where it can be called back or written to: E.164, "+" and 7 to 15 digits of which the
    /// first is not a zero (ITU-T E.164). Nil for a caller who withholds theirs, for addresses of
    /// other kinds (`sip:`, `client:`) and for no number. Any thread.
    public static func callback(_ text: String) -> String? {
        guard text.first == "+", !withheld.contains(text) else { return nil }
        let digits = text.utf8.dropFirst()
        guard (7...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return text
    }

    /// What Twilio gives for the number of a caller who withholds it: the letters of a telephone's keys,
    /// as its help article "Why am I getting calls from these strange numbers?" lists them.
    private static let withheld: Set<String> = [
        "+266696687",  // ANONYMOUS
        "+7378742833",  // RESTRICTED
        "+2562533",  // BLOCKED
        "+8656696",  // UNKNOWN
        "+86282452253",  // UNAVAILABLE
    ]
}

extension CallInfo {
    /// The caller's number, where they can be called back at it.
    public var callbackNumber: String? { TelephoneNumber.callback(from) }
}
