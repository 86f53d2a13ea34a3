import Configuration
import Engines
import Options
import Testing

/// All engines of the registry, held to what their tables say.
@Suite struct EngineRegistryTests {
    @Test(arguments: EngineStage.allCases)
    func namesAreUniqueAndStagesRight(stage: EngineStage) {
        let engines = EngineRegistry.engines(stage)
        #expect(Set(EngineRegistry.names(stage)).count == engines.count && engines.count >= 6)
        for engine in engines {
            #expect(engine.stage == stage, "\(engine.engineName)")
            #expect(Set(engine.keys).count == engine.keys.count, "\(engine.engineName)")
        }
    }

    /// A key and the property that it fills are called alike, and there is none without the other.
    @Test func everyKeyIsAPropertyAndEveryPropertyAKey() {
        for engine in EngineRegistry.all {
            let keys = Set(engine.keys).subtracting(["engine"])
            let times = Self.leaves(EngineTimes()).intersection(keys)
            #expect(
                Self.leaves(engine.init()).union(times) == keys,
                "\(engine.stage.rawValue) \(engine.engineName)")
        }
    }

    private static func leaves(_ value: Any) -> Set<String> {
        Mirror(reflecting: value).children.reduce(into: []) { names, child in
            let isBlock = Mirror(reflecting: child.value).displayStyle == .struct
            let isText = child.value is String
            if isBlock, !isText {
                names.formUnion(leaves(child.value))
            } else if let label = child.label {
                names.insert(label)
            }
        }
    }

    /// What the reference shows as a default can be written, and changes nothing.
    @Test func everyDefaultCanBeWritten() throws {
        for engine in EngineRegistry.all { try Self.write(engine) }
    }

    private static func write<Own: VendorSettings>(_ engine: Own.Type) throws {
        let required = Own.allOptions.filter(\.isRequired).map { "\($0.key): x" }
        // Nothing stands for the usual address, which can't be written out.
        let others = Own.allOptions.filter { !$0.isRequired && $0.key != "baseURL" }
            .map { "\($0.key): \($0.defaultText(Own()))" }
        func entry(_ members: [String]) throws -> EngineSettings {
            let all = ["engine: \(Own.engineName)"] + members
            return try EngineSettings(Own.stage, yaml: "{\(all.joined(separator: ", "))}")
        }
        #expect(try entry(required) == entry(required + others), "\(Own.engineName)")
        let left = required.isEmpty ? [] : required.dropFirst().map { $0 }
        if !required.isEmpty {
            #expect(throws: ConfigurationError.self) { try entry(left + others) }
        }
    }

    @Test func serversHaveAddresses() {
        for case let engine as any RemoteSettings.Type in EngineRegistry.all {
            #expect(engine.server.baseURL.contains("://"), "\(engine.engineName)")
        }
    }

    @Test func whatACallMayEndWithIsThere() {
        #expect(EngineRegistry.textToSpeech.contains { $0.canBeLastVoice })
        for stage in EngineStage.allCases {
            let usual = EngineRegistry.usual(stage)
            #expect(usual.remote == nil && !usual.isCanned && usual.faults.isEmpty)
        }
    }

    @Test func anUnknownEngineIsAnErrorAndNotAnotherOne() {
        for stage in EngineStage.allCases {
            #expect(EngineRegistry.entry(stage, "wisper") == nil)
        }
        let entry = EngineSettings(FliteSettings())
        #expect(throws: ConfigurationError.self) { try entry.speechToText() }
        #expect(throws: ConfigurationError.self) { try entry.dialogue() }
    }

    @Test func aModelsKeyIsLookedForInTheEnvironment() throws {
        let remote = try RemoteServices { $0 == "OTHER_KEY" ? "secret" : nil }
        defer { remote.close() }
        var entry = try EngineSettings(.llm, yaml: "{engine: anthropic, model: m}")
        #expect {
            try entry.languageModel(remote, at: "llm[3]")
        } throws: { error in
            "\(error)".contains("ANTHROPIC_API_KEY") && "\(error)".contains("llm[3]")
        }
        entry.remote?.apiKeyEnv = "OTHER_KEY"
        #expect(try entry.languageModel(remote, at: "llm").name == "anthropic")
        #expect(throws: ConfigurationError.self) {
            try EngineSettings(ScriptedSettings()).languageModel(remote, at: "llm")
        }
    }

    /// Sentences that were kept are found again: the name of their folder is made of these.
    @Test func speechIsKeptByWhatItsSoundDependsOn() throws {
        let entry = try EngineSettings(
            .tts, yaml: "{engine: openai, model: m, voice: v, rate: 1.5, requestsMax: 3}")
        let identity = try entry.textToSpeech().identity
        #expect(identity == SpeechIdentity(model: "m", voice: "v", rate: 1.5))
    }
}
