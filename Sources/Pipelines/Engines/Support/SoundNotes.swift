/// Recognisers write what they hear besides words as notes: "[BLANK_AUDIO]", "(coughs)", "*music*".
package enum SoundNotes {
    /// The text without its notes, and whether a note was begun and never closed: what follows its
    /// opening mark is then missing as well.
    package static func removed(from text: String) -> (rest: String, isUnclosed: Bool) {
        var rest = ""
        var closing: Character?
        for character in text {
            if let end = closing {
                if character == end { closing = nil }
                continue
            }
            switch character {
            case "[": closing = "]"
            case "(": closing = ")"
            case "*": closing = "*"
            default: rest.append(character)
            }
        }
        return (rest, closing != nil)
    }
}
