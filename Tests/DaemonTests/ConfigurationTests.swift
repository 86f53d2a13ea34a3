import Configuration
import Engines
import Foundation
import Options
import Testing

/// The least configuration that is correct; tests add to it.
private let minimal = "assistants: [{id: concya}]\ndefaultAssistant: concya\n"

private func fault(_ yaml: String) -> String {
    do {
        _ = try Configuration.parse(yaml: yaml, file: "f.yaml")
        return "no error"
    } catch {
        return error.description
    }
}

@Suite struct ConfigurationTests {
    @Test func aMinimalFileTakesDefaults() throws {
        let configuration = try Configuration.parse(yaml: minimal, file: "f.yaml")
        #expect(configuration.server.port == 8000)
        #expect(configuration.turn.endpointing == .adaptive)
        #expect(configuration.turn.endpointMs == 400)
        #expect(configuration.twilio.validateSignatures)
        #expect(configuration.assistants.map(\.id) == ["concya"])
    }

    @Test func keysForACollectorComeFromTheEnvironment() throws {
        let secrets = try Secrets(
            environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
                "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b, broken ,=no,y=1=2",
            ], file: "/nonexistent")
        #expect(secrets.otlpEndpoint == "http://127.0.0.1:4318")
        #expect(secrets.otlpHeaders.map { $0.name + "=" + $0.value } == ["x-key=a b", "y=1=2"])
        #expect(
            fault(minimal + "telemetry: {otlpEndpoint: collector}\n").contains(
                "'collector' is not an address"))
    }

    @Test func addressesOfServersAreChecked() throws {
        let yaml =
            minimal + "store: {url: \"postgres://streamd@db.example/streamd\"}\n"
            + "state: {url: \"redis://cache.example:6380/1\", timeoutMs: 500}\n"
        let configuration = try Configuration.parse(yaml: yaml, file: "f.yaml")
        #expect(configuration.store.url == "postgres://streamd@db.example/streamd")
        #expect(configuration.state.timeoutMs == 500)
        #expect(
            fault(minimal + "store: {url: \"mysql://h/d\"}\n").contains(
                "store.url is not an address of a PostgreSQL database"))
        #expect(
            fault(minimal + "state: {url: \"rediss://h\"}\n").contains(
                "state.url is not an address of a Redis server"))
        let secrets = try Secrets(
            environment: [
                "STREAMD_STORE_URL": "postgres://u:p@h/d", "STREAMD_STATE_URL": "redis://:p@h",
            ], file: "/nonexistent")
        #expect(secrets.storeURL == "postgres://u:p@h/d" && secrets.stateURL == "redis://:p@h")
    }

    @Test func fixedEndpointingNeedsOneNumberOnly() throws {
        let yaml = minimal + "turn: {endpointing: fixed, endpointMs: 100}\n"
        let configuration = try Configuration.parse(yaml: yaml, file: "f.yaml")
        #expect(configuration.turn.endpointing == .fixed && configuration.turn.endpointMs == 100)
    }

    @Test func everyShapeIsRead() throws {
        let yaml = """
            server: {host: 127.0.0.1, port: 0, loops: 2}
            twilio: {validateSignatures: false, publicURL: "https://voice.example.com"}
            stt: [{engine: whisper, model: tiny.en, threads: 2}]
            turn: {endpointMs: 500, endpointMaxMs: 1500}
            audio: {noiseSuppression: high, highPass: true}
            log: {level: debug, format: json}
            assistants:
              - id: a
                kind: reservations
                timeZone: Europe/Berlin
                hours: {monday: closed, friday: "17:00-01:00"}
                tables: [2, 4, 6]
              - id: b
            numbers: {"+15551234567": b}
            defaultAssistant: a
            """
        let configuration = try Configuration.parse(yaml: yaml, file: "f.yaml")
        #expect(configuration.stt.map(\.engine) == ["whisper"])
        #expect(configuration.stt[0][\WhisperSettings.threads] == 2)
        #expect(configuration.turn.endpointMaxMs == 1500)
        #expect(configuration.audio.noiseSuppression == .high)
        #expect(configuration.log.format == .json)
        #expect(configuration.assistants[0].hours["friday"] == "17:00-01:00")
        #expect(configuration.assistants[0].tables == [2, 4, 6])
        #expect(configuration.numbers == ["+15551234567": "b"])
    }

    @Test(arguments: [
        (
            "turn: {endpontMs: 400}\n",
            "f.yaml:1:8: unknown key 'turn.endpontMs'; did you mean 'endpointMs'?"
        ),
        (
            "server:\n  port: many\n",
            "f.yaml:2:9: server.port must be a whole number from 0 to 65535, not 'many'"
        ),
        (
            "server: {port: \"80\"}\n",
            "f.yaml:1:16: server.port must be a whole number from 0 to 65535, not the text \"80\" (take the quotes away)"
        ),
        (
            "server: {port: 70000}\n",
            "f.yaml:1:16: server.port is 70000; it must be from 0 to 65535"
        ),
        ("server: [1]\n", "f.yaml:1:9: 'server' must be a block of keys, not a list"),
        (
            "twilio: {validateSignatures: no}\n",
            "f.yaml:1:30: twilio.validateSignatures must be true or false, not 'no'"
        ),
        (
            "stt: [{engine: openai, model: m, baseURL: 'wss://h/v1'}]\n",
            "f.yaml:1:43: stt[0]: openai is asked over http:// or https://, not 'wss://h/v1'"
        ),
        (
            "stt: [{engine: deepgram, earlyEndOfTurnThreshold: 0.2}]\n",
            "f.yaml:1:51: stt[0]: earlyEndOfTurnThreshold is 0, or 0.3 to 0.9"
        ),
        (
            "stt: [{engine: deepgram, endOfTurnThreshold: 0.5, earlyEndOfTurnThreshold: 0.6}]\n",
            "f.yaml:1:76: stt[0]: earlyEndOfTurnThreshold is above endOfTurnThreshold: no end would be "
                + "foreseen"
        ),
        (
            "stt: [{engine: wisper}]\n",
            "f.yaml:1:7: stt[0]: 'wisper' is not known; choose one of whisper, openai, "
                + "openai-realtime, deepgram, concya, fixed; did you mean 'whisper'?"
        ),
        ("stt: []\n", "f.yaml:1:6: stt is empty; name an engine"),
        (
            "tts: [{engine: flite}, {engine: openai, model: m}]\n",
            "f.yaml:1:24: tts[1]: openai needs 'voice'"
        ),
        (
            "tts: [{engine: elevenlabs, model: m}]\n",
            "f.yaml:1:7: tts[0]: elevenlabs needs 'voice'"
        ),
        (
            "tts: [{engine: espeak, baseURL: \"http://h\"}]\n",
            "f.yaml:1:24: tts[0]: espeak takes no 'baseURL'; its keys are engine, voice, "
        ),
        (
            "llm: [{engine: ollama, model: m, voice: v}]\n",
            "f.yaml:1:34: llm[0]: ollama takes no 'voice'; its keys are engine, baseURL, "
        ),
        (
            "llm: [{engine: openai, model: m, baseURL: localhost}]\n",
            "f.yaml:1:43: 'localhost' is not a base address; write \"https://host/v1\""
        ),
        (
            "stt: [{engine: openai, model: m, conectMs: 1}]\n",
            "f.yaml:1:34: unknown key 'conectMs'; did you mean 'connectMs'?"
        ),
        (
            "log: {level: loud}\n",
            "f.yaml:1:14: log.level: 'loud' is not one of debug, info, warning, error"
        ),
        (
            "turn: {endpointMs: 100}\n",
            "f.yaml:1:20: turn.endpointMinMs ≤ endpointMs ≤ endpointMaxMs must hold; they are 230, 100, 1200"
        ),
        (
            "buffers: {frameMs: 25}\n",
            "f.yaml:1:20: buffers.frameMs is 25; it must be a multiple of 10"
        ),
        (
            "buffers: {leadMs: 20, frameMs: 40}\n",
            "f.yaml:1:19: buffers.leadMs (20) must be at least buffers.frameMs (40), or every frame would be late"
        ),
        (
            "server: {tlsKey: k.pem}\n",
            "f.yaml:1:18: server.tlsCertificate and server.tlsKey go together; give both or neither"
        ),
        (
            "twilio: {publicURL: \"ftp://x\"}\n",
            "f.yaml:1:21: 'ftp://x' is not a base address; write \"https://voice.example.com\""
        ),
        (
            "numbers: {\"5551234\": concya}\n",
            "f.yaml:1:11: '5551234' is not a number in E.164; write \"+15551234567\""
        ),
        (
            "numbers: {\"+15551234567\": nobody}\n",
            "f.yaml:1:27: +15551234567 goes to 'nobody', which is not an assistant; there are concya"
        ),
        (
            "vad: {onsetThreshold: 0.3}\n",
            "f.yaml:1:6: vad.offsetThreshold (0.35) must be under vad.onsetThreshold (0.3)"
        ),
        ("server: {port: 1}\nserver: {port: 2}\n", "f.yaml:2:1: 'server' is given twice; keep one"),
        ("a: [\n", "f.yaml:3:1: the YAML can't be read: "),
    ])
    func faultsSayWhatWhereAndHow(yaml: String, message: String) {
        #expect(fault(yaml + minimal).hasPrefix(message))
    }

    @Test func engineListsAreChains() throws {
        let yaml = """
            stt: [{engine: openai, model: whisper-1, sampleRate: 8000}, {engine: whisper}]
            llm: [{engine: anthropic, model: m}, {engine: ollama, model: m}, {engine: scripted}]
            tts: [{engine: openai, model: m, voice: v, format: wav, firstByteMs: 300}, {engine: flite}]

            """
        let configuration = try Configuration.parse(yaml: yaml + minimal, file: "f.yaml")
        #expect(configuration.stt.map(\.engine) == ["openai", "whisper"])
        #expect(configuration.llm.map(\.engine) == ["anthropic", "ollama", "scripted"])
        #expect(
            configuration.tts[0][\OpenAISpeechSettings.format] == .wav
                && configuration.tts[0].times.firstByteMs == 300)
    }

    @Test func earsThatHearOverWebSocketsCanBeNamed() throws {
        let yaml = """
            stt:
              - {engine: deepgram, model: flux-general-en, earlyEndOfTurnThreshold: 0.4}
              - {engine: deepgram, prompt: "Margherita, Calzone", endpointingMs: 200}
              - {engine: openai-realtime, model: m, baseURL: "wss://h/v1"}
              - {engine: concya, baseURL: "ws://h:8000", firstByteMs: 2000}
              - {engine: whisper, vocabularyMax: 20}

            """
        let stt = try Configuration.parse(yaml: yaml + minimal, file: "f.yaml").stt
        #expect(
            stt.map(\.engine) == ["deepgram", "deepgram", "openai-realtime", "concya", "whisper"])
        #expect(
            stt[0][\DeepgramListenSettings.earlyEndOfTurnThreshold] == 0.4
                && stt[1][\DeepgramListenSettings.earlyEndOfTurnThreshold] == 0.5)
        #expect(
            stt[2].remote?.baseURL == "wss://h/v1"
                && stt[4][\WhisperSettings.vocabularyMax] == 20)
    }

    @Test func allVoicesCanBeNamed() throws {
        let yaml = """
            llm: [{engine: concya, baseURL: "http://h:8000", totalMs: 9000}, {engine: scripted}]
            tts:
              - {engine: elevenlabs, voice: v, sampleRate: 16000, rate: 1.1, spares: 3}
              - {engine: deepgram, model: aura-2-thalia-en}
              - {engine: openai, model: m, voice: v, format: opus}
              - {engine: piper, voice: en_US-lessac-medium, rate: 1.2}
              - {engine: concya, firstByteMs: 2000}
              - {engine: espeak, language: de, rate: 0.9}
              - {engine: flite}

            """
        let tts = try Configuration.parse(yaml: yaml + minimal, file: "f.yaml").tts
        #expect(
            tts.map(\.engine) == [
                "elevenlabs", "deepgram", "openai", "piper", "concya", "espeak", "flite",
            ])
        #expect(
            tts[0][\ElevenLabsSettings.spares] == 3
                && tts[2][\OpenAISpeechSettings.format] == .opus)
        #expect(
            tts[5][\EspeakSettings.language] == "de" && tts[5][\EspeakSettings.rate] == 0.9)
    }

    @Test func assistantsAreChecked() {
        #expect(fault("defaultAssistant: x\n").contains("there is no assistant"))
        #expect(fault("assistants: [{id: a}, {id: a}]\ndefaultAssistant: a\n").contains("is taken"))
        #expect(
            fault("assistants: [{kind: reservations}]\ndefaultAssistant: a\n").contains(
                "has no 'id'"))
        #expect(fault("assistants: [{id: a}]\ndefaultAssistant: b\n").contains("must be one of a"))
        #expect(
            fault("assistants: [{id: a, kind: bank}]\ndefaultAssistant: a\n")
                .contains("has kind 'bank'"))
        #expect(
            fault("assistants: [{id: a, timeZone: Mars/Base}]\ndefaultAssistant: a\n")
                .contains("is not a time zone"))
        #expect(
            fault("assistants: [{id: a, hours: {funday: closed}}]\ndefaultAssistant: a\n")
                .contains("'funday' is not a day; did you mean 'sunday'?"))
        #expect(
            fault("assistants: [{id: a, hours: {monday: \"9-5\"}}]\ndefaultAssistant: a\n")
                .contains("is not a span of hours"))
        #expect(
            fault("assistants: [{id: a, specialDays: {2026-02-30: closed}}]\ndefaultAssistant: a\n")
                .contains("'2026-02-30' is not a day of the calendar"))
        #expect(
            fault("assistants: [{id: a, specialDays: {2026-12-24: half}}]\ndefaultAssistant: a\n")
                .contains("'half' is not a span of hours"))
    }

    @Test func aliasesThatReferToThemselvesAreRefused() {
        #expect(fault("a: &x [*x]\n").contains("nested deeper"))
    }

    @Test func emptyAndMissingFilesAreNamed() {
        #expect(fault("").contains("is empty"))
        #expect(throws: ConfigurationError.self) {
            try Configuration.read(path: "/nonexistent/streamd.yaml")
        }
    }

    @Test func withoutATokenOpennessMustBeSaidOutright() throws {
        var configuration = try Configuration.parse(yaml: minimal, file: "f.yaml")
        let none = try Secrets(environment: [:], file: "/nonexistent")
        #expect(throws: ConfigurationError.self) { try configuration.checkTrust(none) }
        let some = try Secrets(environment: ["TWILIO_AUTH_TOKEN": "t"], file: "/nonexistent")
        #expect(throws: Never.self) { try configuration.checkTrust(some) }
        configuration.twilio.validateSignatures = false
        #expect(throws: Never.self) { try configuration.checkTrust(none) }
    }

    @Test func secretsComeFromTheFileAndTheEnvironmentWins() throws {
        let path = NSTemporaryDirectory() + "streamd-\(UUID().uuidString).env"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "# comment\nexport TWILIO_AUTH_TOKEN='from file'\nPUBLIC_URL=\"https://a\"\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let fromFile = try Secrets(environment: [:], file: path)
        #expect(fromFile.authToken == "from file")
        #expect(fromFile.publicURL == "https://a")
        let both = try Secrets(environment: ["TWILIO_AUTH_TOKEN": "from process"], file: path)
        #expect(both.authToken == "from process")
        try "TWILIO_AUTH_TOKEN\n".write(toFile: path, atomically: true, encoding: .utf8)
        do {
            _ = try Secrets(environment: [:], file: path)
            Issue.record("a line without '=' was taken")
        } catch {
            #expect(error.description == "\(path):1:1: is not NAME=value")
        }
    }
}

@Suite struct ConfigurationReferenceTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func theSampleIsCorrectAndCommitted() throws {
        let sample = ConfigurationReference.sample()
        let configuration = try Configuration.parse(yaml: sample, file: "sample")
        #expect(configuration.defaultAssistant == "concya")
        let committed = try String(
            contentsOf: root.appending(path: "streamd.example.yaml"), encoding: .utf8)
        #expect(committed == sample, "run: streamd check-config --sample > streamd.example.yaml")
    }

    @Test func aSampleWithEveryKeyOnIsStillCorrect() throws {
        // Every commented default must be a value that the parser takes.
        let lines = ConfigurationReference.sample().split(
            separator: "\n", omittingEmptySubsequences: false)
        let keyLine = /^(\s*)# ([a-zA-Z]+): (.+)$/
        let on = lines.map { line -> String in
            guard let match = line.wholeMatch(of: keyLine) else { return String(line) }
            return "\(match.1)\(match.2): \(match.3)"
        }
        #expect(on.joined(separator: "\n") != ConfigurationReference.sample())
        _ = try Configuration.parse(yaml: on.joined(separator: "\n"), file: "sample")
    }

    @Test func theReferencePageIsCommitted() throws {
        let committed = try String(
            contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        #expect(
            committed == ConfigurationReference.markdown(),
            "run: streamd check-config --reference > docs/configuration.md")
    }
}
