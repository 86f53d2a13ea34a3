import Configuration
import Engines
import Options
import Testing

/// The list of engines against the table of their keys.
@Suite struct EngineRegistryTests {
    @Test(arguments: EngineStage.allCases)
    func factsAreWholeAndTheirKeysAreInTheTable(stage: EngineStage) {
        let facts = EngineRegistry.facts(stage)
        #expect(Set(facts.map(\.name)).count == facts.count && facts.count >= 6)
        let known = Set(EngineSettings.options.map(\.key))
        for engine in facts {
            #expect(engine.stage == stage, "\(engine.name)")
            #expect(Set(engine.allKeys).isSubset(of: known), "\(engine.name)")
            #expect(Set(engine.required).isSubset(of: engine.allKeys), "\(engine.name)")
            #expect((engine.server != nil) == engine.keys.contains("baseURL"), "\(engine.name)")
        }
    }

    /// A key that no engine takes could be written and would do nothing.
    @Test func everyKeyOfTheTableHasAnEngine() {
        let taken = Set(
            EngineStage.allCases.flatMap { EngineRegistry.facts($0) }.flatMap(\.allKeys))
        #expect(Set(EngineSettings.options.map(\.key)) == taken)
    }

    @Test func anUnknownEngineIsAnErrorAndNotAnotherOne() {
        let settings = EngineSettings(engine: "wisper")
        #expect(throws: ConfigurationError.self) { try EngineRegistry.speechToText(settings) }
        #expect(throws: ConfigurationError.self) { try EngineRegistry.dialogue(settings) }
        #expect(throws: ConfigurationError.self) { try EngineRegistry.textToSpeech(settings) }
    }

    @Test func aModelsKeyIsLookedForInTheEnvironment() throws {
        let remote = try RemoteServices { $0 == "OTHER_KEY" ? "secret" : nil }
        defer { remote.close() }
        var settings = EngineSettings(engine: "anthropic")
        settings.model = "m"
        #expect {
            try EngineRegistry.languageModel(settings, remote, at: "llm[3]")
        } throws: { error in
            "\(error)".contains("ANTHROPIC_API_KEY") && "\(error)".contains("llm[3]")
        }
        settings.apiKeyEnv = "OTHER_KEY"
        #expect(try EngineRegistry.languageModel(settings, remote, at: "llm").name == "anthropic")
        #expect(throws: ConfigurationError.self) {
            try EngineRegistry.languageModel(EngineSettings(engine: "scripted"), remote, at: "llm")
        }
    }
}
