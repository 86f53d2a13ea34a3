/// Recognisers write what they hear besides words as notes: "[BLANK_AUDIO]", "(coughs)", "*music*".
package enum SoundNotes {
    /// The text without its notes, and whether a note was begun and never closed: what follows its
    /// opening mark is then missing as well. Digits in brackets, as in "(555) 123 4567", are spoken.
    package static func removed(from text: String) -> (rest: String, isUnclosed: Bool) {
        var rest = ""
        var note = ""
        var closing: Character?
        for character in text {
            if let end = closing {
                guard character == end else {
                    note.append(character)
                    continue
                }
                closing = nil
                if !note.isEmpty, note.allSatisfy(\.isNumber) { rest += " \(note) " }
                note = ""
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
