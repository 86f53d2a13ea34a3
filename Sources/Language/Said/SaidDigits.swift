/// Numbers that are read out digit by digit.
package enum SaidDigits {
    /// A number that nobody says as one: of a booking, a postcode.
    package static func isLong(_ core: Substring) -> Bool {
        core.count >= 5 && core.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// A telephone number at the beginning of the words, in the groups that it is written in:
    /// "+1 (555) 123-4567" as "plus 1, 5 5 5, 1 2 3, 4 5 6 7".
    package static func telephone(
        _ words: ArraySlice<SpokenWord>, isEnglish: Bool
    ) -> (words: Int, text: String)? {
        guard let first = words.first else { return nil }
        var groups: [Substring] = []
        var count = 0
        for word in words {
            guard let found = self.groups(of: word.core), !found.isEmpty else { break }
            groups += found
            count += 1
            // A bracket closes the area code; any other mark ends the number.
            if !word.trail.isEmpty, word.trail != ")" { break }
        }
        let isInternational = first.core.hasPrefix("+")
        let digitCount = groups.reduce(0) { $0 + $1.count }
        let isGrouped =
            groups.count >= 2 && groups.allSatisfy { $0.count >= 2 }
            || groups.count > 3 && groups.contains { $0.count >= 2 }
        guard (7...15).contains(digitCount), isInternational || isGrouped && !isDate(groups) else {
            return nil
        }
        let spoken = groups.map { group in
            group.count > 4
                ? SaidText.digits(group) : group.map(String.init).joined(separator: " ")
        }
        let plus = isInternational && isEnglish ? "plus " : ""
        return (count, plus + spoken.joined(separator: ", "))
    }

    /// 2026-11-27 and 27.11.2026 are not telephone numbers.
    private static func isDate(_ groups: [Substring]) -> Bool {
        let counts = groups.map(\.count)
        guard counts.count == 3 else { return false }
        return counts == [4, 2, 2] || counts[2] == 4 && counts[0] <= 2 && counts[1] <= 2
    }

    /// The groups of digits of a word that holds nothing else; nil for other words, prices and times.
    private static func groups(of core: Substring) -> [Substring]? {
        var rest = core
        if rest.hasPrefix("+") { rest = rest.dropFirst() }
        guard rest.allSatisfy({ $0.isASCII && $0.isNumber || "-.()".contains($0) }) else {
            return nil
        }
        let groups = rest.split { "-.()".contains($0) }
        // 12.50 is a price.
        if rest.contains("."), groups.count == 2 { return nil }
        return groups
    }
}
