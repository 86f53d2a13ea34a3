import Configuration
import Engines
import Foundation
import Options
import Testing

/// What check-config says of engines that can't work.
@Suite struct EngineFindingTests {
    private static let assistants = "assistants: [{id: concya}]\ndefaultAssistant: concya\n"

    /// The findings on a machine with these variables and no files of weights.
    private static func findings(
        _ yaml: String, variables: [String: String] = [:]
    ) throws -> [String] {
        let configuration = try Configuration.parse(yaml: yaml + assistants, file: "f.yaml")
        let surroundings = EngineSurroundings(
            modelPath: { "/nowhere/\($0)" }, variable: { variables[$0] })
        return configuration.engineFindings(in: surroundings).map {
            ($0.isWarning ? "warning: " : "") + "\($0.error)"
        }
    }

    /// A file that is there stands for the weights.
    private static let present = #filePath

    @Test(arguments: [
        (
            "llm: [{engine: openai, model: m}]\n",
            "f.yaml:1:7: llm[0]: OPENAI_API_KEY is not set, which openai needs; set it in the"
        ),
        (
            "llm: [{engine: scripted}, {engine: ollama, model: m, apiKeyEnv: MINE}]\n",
            "f.yaml:1:65: llm[1]: MINE is not set, which ollama needs"
        ),
        (
            "stt: [{engine: whisper, model: tinny}]\n",
            "f.yaml:1:32: stt[0]: there is no model 'tinny', and no /nowhere/ggml-tinny.bin; choose "
                + "one of tiny, tiny.en, "
        ),
        (
            "stt: [{engine: whisper, model: base.en}]\n",
            "warning: f.yaml:1:32: stt[0]: /nowhere/ggml-base.en.bin is missing; run streamd model "
                + "pull base.en"
        ),
        (
            "stt: [{engine: whisper, model: /nowhere/my.bin}]\n",
            "f.yaml:1:32: stt[0]: /nowhere/my.bin is missing"
        ),
        (
            "stt: [{engine: concya, language: xq}]\n",
            "warning: f.yaml:1:34: stt[0]: 'xq' is not a language of ISO 639; write a code such as en"
        ),
        (
            "tts: [{engine: espeak, voice: nobody}]\n",
            "f.yaml:1:31: tts[0]: espeak failed: "
        ),
    ])
    func whatIsMissingIsToldWithItsPlace(yaml: String, message: String) throws {
        let others = yaml.hasPrefix("stt") ? "" : "stt: [{engine: fixed}]\n"
        let found = try Self.findings(yaml + others)
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }

    @Test func anAddressOfTheEnvironmentIsCheckedToo() throws {
        let yaml = "stt: [{engine: fixed}]\nllm: [{engine: ollama, model: m}]\n"
        #expect(try Self.findings(yaml, variables: ["OLLAMA_URL": "http://h:11434"]) == [])
        let found = try Self.findings(yaml, variables: ["OLLAMA_URL": "h:11434"])
        #expect(
            found.count == 1 && found[0].contains("OLLAMA_URL is 'h:11434/v1', which is not"),
            "\(found)")
    }

    @Test func whatIsThereIsNotComplainedOf() throws {
        let yaml = """
            stt: [{engine: whisper, model: "\(Self.present)", language: de}, {engine: concya}]
            llm: [{engine: anthropic, model: m}, {engine: openai, model: m, baseURL: "http://h/v1"}]
            tts: [{engine: espeak, language: de}, {engine: flite, voice: slt}]

            """
        #expect(try Self.findings(yaml, variables: ["ANTHROPIC_API_KEY": "k"]) == [])
    }

    @Test func voicesOfAssistantsAreThoseOfTheFirstSynthesiser() throws {
        func parse(_ tts: String, voice: String) throws -> Configuration {
            try Configuration.parse(
                yaml: "tts: [\(tts)]\nassistants: [{id: a}, {id: b, voice: \(voice)}]\n"
                    + "defaultAssistant: a\n", file: "f.yaml")
        }
        #expect {
            try parse("{engine: flite}", voice: "alloy")
        } throws: { error in
            "\(error)" == "f.yaml:2:38: assistant 'b': flite has no voice 'alloy'; choose one of "
                + "rms, slt, awb, kal"
        }
        _ = try parse("{engine: flite}", voice: "slt")
        let surroundings = EngineSurroundings(
            modelPath: { _ in Self.present }, variable: { _ in nil })
        let espeak = try parse("{engine: espeak}", voice: "nobody")
        let found = espeak.engineFindings(in: surroundings)
        #expect(found.count == 1 && "\(found[0].error)".contains("assistant 'b': espeak failed"))
        // Only the service knows.
        let piper = try parse("{engine: piper}", voice: "nobody")
        #expect(piper.engineFindings(in: surroundings).isEmpty)
    }

    /// Known without looking around: the file is not read at all.
    @Test(arguments: [
        (
            "tts: [{engine: flite, voice: alloy}]\n",
            "f.yaml:1:30: tts[0]: flite has no voice 'alloy'; choose one of rms, slt, awb, kal"
        ),
        (
            "tts: [{engine: elevenlabs, voice: v, sampleRate: 24000}]\n",
            "f.yaml:1:50: tts[0]: elevenlabs takes sampleRate 8000 or 16000, not 24000"
        ),
        (
            "tts: [{engine: elevenlabs, voice: v, rate: 1.5}]\n",
            "f.yaml:1:44: rate is 1.5; it must be from 0.7 to 1.2"
        ),
        (
            "stt: [{engine: openai, model: m, sampleRate: 44100}]\n",
            "f.yaml:1:46: stt[0]: openai is sent audio at 8000 or 16000 Hz, not 44100"
        ),
        (
            "stt: [{engine: whisper, language: de}]\n",
            "f.yaml:1:35: stt[0]: the model tiny.en knows English only; write language: en, or take"
        ),
        (
            "stt: [{engine: whisper, model: tiny, language: klingon}]\n",
            "f.yaml:1:48: stt[0]: whisper knows no language 'klingon'; write a code of ISO 639-1"
        ),
        (
            "tts: [{engine: deepgram, model: \"\"}]\n",
            "f.yaml:1:33: tts[0]: deepgram needs 'model'; it is empty"
        ),
    ])
    func whatCannotWorkIsRefused(yaml: String, message: String) {
        #expect {
            try Configuration.parse(yaml: yaml + Self.assistants, file: "f.yaml")
        } throws: { error in
            "\(error)".hasPrefix(message)
        }
    }
}
