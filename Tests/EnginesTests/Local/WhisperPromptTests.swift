import Engines
import Pipelines
import Testing

/// What Whisper is told before it hears.
@Suite struct WhisperPromptTests {
    private func prompt(_ own: String, namesMax: Int) -> String {
        var options = WhisperOptions(modelPath: "")
        options.prompt = own
        options.vocabularyMax = namesMax
        return options.prompt(with: ["Margherita", "Quattro Stagioni", "Tiramisu"])
    }

    @Test func theFirstNamesOfTheMenuAreTold() {
        #expect(prompt("", namesMax: 0) == "")
        #expect(prompt("Bella Napoli.", namesMax: 0) == "Bella Napoli.")
        #expect(prompt("", namesMax: 2) == "Margherita, Quattro Stagioni.")
        #expect(
            prompt("Bella Napoli.", namesMax: 9)
                == "Bella Napoli. Margherita, Quattro Stagioni, Tiramisu.")
    }
}
