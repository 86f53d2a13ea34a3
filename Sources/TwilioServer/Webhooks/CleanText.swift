/// Text from outside, made fit to be written into XML and into records.
package enum CleanText {
    /// Without control characters, which XML cannot hold; line breaks and tabs become spaces.
    /// - Parameter characterCountMax: what is beyond is cut off.
    package static func clean(_ text: String, characterCountMax: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(characterCountMax) {
            switch scalar {
            case "\n", "\r", "\t": result.append(" ")
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
