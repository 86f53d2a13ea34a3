import Assistants
import Configuration
import Daemon
import Engines
import Foundation
import Pipelines
import Store
import Telemetry
import VAD

/// Every configured engine does its work once: a sentence is spoken, goes through µ-law and the speech
/// detector, is transcribed, and answered. An engine that stands behind another is asked too: it is what
/// calls go on with when the first fails.
extension Doctor {
    private static let sentence = "I would like to book a table for four people."

    package func audioPath() -> [Finding] {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { Glibc.close(nowhere) }
        let log = Logger(level: .error, format: .text, descriptor: nowhere)
        defer { log.close() }
        do {
            let maker = try EngineMaker(configuration, secrets: secrets, log: log)
            defer { maker.close() }
            let (spoken, findings) = speak(maker)
            return findings + (try detect(spoken)) + hear(spoken, maker) + (try answer(maker))
        } catch {
            return [fail("audio path", "\(error)", remedy: "see to the engines and models first")]
        }
    }

    // MARK: - Speaking

    /// - Returns: what the first synthesiser that can has said, linear at 8 kHz.
    private func speak(_ maker: EngineMaker) -> (speech: [Int16], findings: [Finding]) {
        var speech: [Int16] = []
        var findings: [Finding] = []
        do {
            for (index, engine) in try maker.textToSpeech().parts.enumerated() {
                let subject = "tts[\(index)] \(configuration.tts[index].engine)"
                do {
                    let said = try AudioTools.speech(Self.sentence, voice: nil, by: engine)
                    guard !said.isEmpty else {
                        throw StageError.failed(stage: subject, reason: "no speech came")
                    }
                    if speech.isEmpty { speech = said }
                    findings.append(ok(subject, "spoke for \(said.count / 8) ms"))
                } catch { findings.append(dead(subject, error)) }
            }
        } catch { findings.append(dead("tts", error)) }
        return (speech, findings)
    }

    private func dead(_ subject: String, _ error: any Error) -> Finding {
        fail(subject, "\(error)", remedy: "see to its server, key, model or voice, or take it out")
    }

    // MARK: - Hearing

    private func detect(_ speech: [Int16]) throws -> [Finding] {
        guard !speech.isEmpty, configuration.tts.contains(where: { !Self.isCanned($0, .tts) })
        else { return [] }
        let subject = "speech detector"
        guard try isHeard(speech) else {
            return [
                fail(
                    subject, "does not hear a spoken sentence",
                    remedy: "lower vad.onsetThreshold and vad.gateDB")
            ]
        }
        return [ok(subject, "hears a spoken sentence")]
    }

    private func isHeard(_ speech: [Int16]) throws -> Bool {
        let model = try SileroModel(
            weightsPath: ModelFolder(configuration.models).voiceActivityWeights)
        let detector = CallerDetection.detector(configuration, model: model)
        var isHeard = false
        speech.withUnsafeBufferPointer { samples in
            detector.process(samples) { event in
                if case .started = event { isHeard = true }
            }
        }
        return isHeard
    }

    /// Says and hears what its entry says, whatever it is given.
    private static func isCanned(_ settings: EngineSettings, _ stage: EngineStage) -> Bool {
        let facts = EngineRegistry.facts(stage).first { $0.name == settings.engine }
        return facts?.keys.contains { $0 == "text" || $0 == "clipMs" } ?? false
    }

    private func hear(_ speech: [Int16], _ maker: EngineMaker) -> [Finding] {
        var findings: [Finding] = []
        do {
            for (index, engine) in try maker.speechToText().parts.enumerated() {
                let settings = configuration.stt[index]
                let subject = "stt[\(index)] \(settings.engine)"
                do {
                    let desk = try TranscriptionDesk(engine)
                    defer { desk.close() }
                    let text = try desk.transcribe(speech)
                    let said = "said \"\(Self.sentence)\", heard \"\(text)\""
                    let isRight =
                        text.lowercased().contains("table") || Self.isCanned(settings, .stt)
                        || configuration.tts.allSatisfy { Self.isCanned($0, .tts) }
                    findings.append(
                        isRight
                            ? ok(subject, said)
                            : fail(subject, said, remedy: "take a larger model, or another voice"))
                } catch { findings.append(dead(subject, error)) }
            }
        } catch { findings.append(dead("stt", error)) }
        return findings
    }

    // MARK: - Answering

    /// Each dialogue engine answers one line as the first assistant, with records of its own.
    private func answer(_ maker: EngineMaker) throws -> [Finding] {
        guard let block = configuration.assistants.first else { return [] }
        let database = try Database(DatabaseOptions(path: ":memory:"))
        defer { database.close() }
        let settings = try AssistantSettings.reading(block)
        let directories = HospitalLibrary()
        let scripted = ScriptedDialogueEngine(
            assistants: [settings], store: database, directories: directories)
        try StreamDaemon.seed(scripted)
        let parts = try maker.dialogue(
            settings, block, scripted: scripted,
            role: AssistantRole(settings, store: database, directories: directories),
            places: maker.dialoguePlaces()
        ).parts
        return try parts.enumerated().map { index, engine in
            let subject = "llm[\(index)] \(configuration.llm[index].engine)"
            let desk = try DialogueDesk(
                engine, call: CallInfo(callSid: "doctor", assistantID: block.id))
            defer { desk.close() }
            let reply = desk.say("Hello, what can you do for me?")
            if let error = reply.error {
                return fail(
                    subject, error, remedy: "see to its server, key or model, or take it out")
            }
            return ok(subject, "answered \"\(reply.text.prefix(60))\"")
        }
    }
}
