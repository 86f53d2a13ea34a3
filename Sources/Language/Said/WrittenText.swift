/// Sentences that were made for a voice, as they are written in a message.
public enum WrittenText {
    /// "4 8 2, 0 5 1" as "482051": digits that are spoken one by one, three at least, are written
    /// together. "2, 4 or 6" stays as it is.
    public static func joiningDigits(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            if isEdge(result.last), let (digits, end) = spelledDigits(rest) {
                result += digits
                rest = rest[end...]
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private static func isEdge(_ character: Character?) -> Bool {
        guard let character else { return true }
        return !character.isLetter && !character.isNumber && character != "." && character != "$"
    }

    /// True when a number can end before this: "1." can, "1.5" and "1st" can't.
    private static func ends(_ rest: Substring) -> Bool {
        guard let next = rest.first else { return true }
        if next == "." { return rest.dropFirst().first?.isNumber != true }
        return !next.isLetter && !next.isNumber
    }

    /// A first group of three or four single digits, and the groups behind commas.
    private static func spelledDigits(_ text: Substring) -> (String, Substring.Index)? {
        guard var (digits, end) = group(text), digits.count >= 3 else { return nil }
        let size = digits.count
        while text[end...].hasPrefix(", "), digits.count % size == 0,
            let (more, next) = group(text[text.index(end, offsetBy: 2)...]), more.count <= size
        {
            digits += more
            end = next
        }
        return (digits, end)
    }

    /// Single digits with a space between them.
    private static func group(_ text: Substring) -> (String, Substring.Index)? {
        var digits = ""
        var rest = text
        while let digit = rest.first, digit.isASCII, digit.isNumber {
            let behind = rest.dropFirst()
            guard ends(behind) else { return nil }
            digits.append(digit)
            guard behind.first == " ", behind.dropFirst().first?.isNumber == true else {
                return (digits, behind.startIndex)
            }
            rest = behind.dropFirst()
        }
        return nil
    }
}
