import Engines
import Pipelines
import Testing

@Suite struct WhisperTextTests {
    @Test(arguments: [
        (" A table for two.", "A table for two."),
        ("[BLANK_AUDIO]", ""),
        (" (coughs) yes *music* please", "yes please"),
        (" . . . .", ""),
        ("(never closed", ""),
        // The decoder's loops: of one word, of a phrase, cut off at the end.
        ("a pizza pizza pizza pizza pizza pizza pizza", "a pizza"),
        ("Can I order? Can I order? Can I order? Can I", "Can I order?"),
        ("Mm-hmm. Mm-hmm. Mm-hmm. Mm-hmm. Mm-hmm. Mm-hmm.", "Mm-hmm."),
        ("123 Main Street 123 main street, 123", "123 Main Street"),
        ("I forgot my number. I forgot my number.", "I forgot my number."),
        // What people do say.
        ("one two three one two three", "one two three one two three"),
        ("no no no", "no no no"),
        ("five five five five one two", "five five five five one two"),
        ("Yes, please. Yes, please.", "Yes, please. Yes, please."),
    ])
    func onlyWhatWasSaid(written: String, spoken: String) {
        #expect(WhisperText.spoken(written) == spoken)
    }
}
