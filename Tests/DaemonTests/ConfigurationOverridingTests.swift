import Configuration
import Engines
import Options
import Testing

@Suite struct ConfigurationOverridingTests {
    private let yaml = """
        server: {port: 8000, host: "0.0.0.0"}  # a comment
        stt:
          - engine: whisper
            model: tiny.en
        assistants: [{id: concya, greeting: "Hello: who, {is} there?"}]
        numbers: {"+15551234567": concya}
        defaultAssistant: concya
        """

    private func overriding(_ settings: [(key: String, value: String)]) throws -> Configuration {
        let text = try Configuration.overriding(yaml: yaml, file: "f.yaml", with: settings)
        return try Configuration.parse(yaml: text, file: "f.yaml")
    }

    @Test func whatIsNotSetStays() throws {
        let configuration = try overriding([])
        #expect(configuration.server.port == 8000 && configuration.server.host == "0.0.0.0")
        #expect(configuration.stt[0][\WhisperSettings.model] == "tiny.en")
        #expect(configuration.assistants[0].greeting == "Hello: who, {is} there?")
        #expect(configuration.numbers == ["+15551234567": "concya"])
    }

    @Test func keysAreSetAndAdded() throws {
        let configuration = try overriding([
            ("server.port", "0"), ("stt.0.threads", "2"), ("buffers.leadMs", "60"),
            ("vad.gateDB", "2.5"), ("twilio.validateSignatures", "false"),
            ("store.path", "\"/tmp/a b.sqlite\""), ("tts", "[{engine: fixed, clipMs: 600}]"),
            ("buffers.leadMs", "80"),
        ])
        #expect(configuration.server.port == 0 && configuration.server.host == "0.0.0.0")
        #expect(configuration.stt[0].engine == "whisper")
        #expect(configuration.stt[0][\WhisperSettings.threads] == 2)
        #expect(configuration.conversation.leadMs == 80 && configuration.vad.gateDB == 2.5)
        #expect(!configuration.twilio.validateSignatures)
        #expect(configuration.store.path == "/tmp/a b.sqlite")
        #expect(configuration.tts[0][\FixedTextToSpeechSettings.clipMs] == 600)
    }

    @Test(arguments: ["stt.1.threads", "stt.first.threads", "server.port.low", "assistants.id"])
    func whatCannotBeReachedIsTold(_ key: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try overriding([(key, "1")])
        }
        #expect(error?.description.contains("f.yaml: \(key) cannot be set") == true)
    }

    @Test func unknownKeysAndBadYAMLAreLeftToTheReader() {
        #expect(throws: ConfigurationError.self) { try overriding([("server.prot", "1")]) }
        #expect(throws: ConfigurationError.self) { try overriding([("server.port", "[1")]) }
    }
}
