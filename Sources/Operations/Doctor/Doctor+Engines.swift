import Assembly
import Assistants
import Configuration
import DSP
import Engines
import Foundation
import Pipelines
import Store
import Telemetry
import VAD

/// Every configured engine is made by itself and does its work once: a sentence is spoken, goes through
/// µ-law and the speech detector, is transcribed, and answered. An engine that stands behind another is
/// asked too: it is what calls go on with when the first fails.
extension Doctor {
    private static let sentence = "I would like to book a table for four people."

    /// What a synthesiser has said, linear at 8 kHz.
    private struct Speech {
        var samples: [Int16]
        /// True for a clip that no recogniser can make words of.
        var isCanned: Bool
    }

    package func engines() -> [Finding] {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { Glibc.close(nowhere) }
        let log = Logger(level: .error, format: .text, descriptor: nowhere)
        defer { log.close() }
        do {
            let maker = try EngineMaker(configuration, secrets: secrets, log: log)
            defer { maker.close() }
            let (speech, findings) = speak(maker)
            return findings + detect(speech) + hear(speech, maker) + answer(maker)
        } catch {
            return [
                fail("engines", "\(error)", remedy: "see to memory and the limit of open files")
            ]
        }
    }

    private func dead(_ subject: String, _ error: any Error) -> Finding {
        fail(subject, "\(error)", remedy: "see to its server, key, model or voice, or take it out")
    }

    // MARK: - Speaking

    /// - Returns: what the first synthesiser that can has said, words before a canned clip.
    private func speak(_ maker: EngineMaker) -> (speech: Speech?, findings: [Finding]) {
        var speech: Speech?
        let findings = zip(configuration.tts, maker.synthesisers()).enumerated().map {
            index, entry in
            let (settings, made) = entry
            let subject = "tts[\(index)] \(settings.engine)"
            do {
                let said = try AudioTools.speech(Self.sentence, voice: nil, by: made.get())
                guard !said.isEmpty else {
                    throw StageError.failed(stage: subject, reason: "no speech came")
                }
                let isCanned = settings.isCanned
                if speech == nil || speech?.isCanned == true && !isCanned {
                    speech = Speech(samples: said, isCanned: isCanned)
                }
                return ok(
                    subject,
                    "spoke for \(said.count / CallAudio.listening.samplesPerMillisecond) ms")
            } catch { return dead(subject, error) }
        }
        return (speech, findings)
    }

    // MARK: - Hearing

    private func detect(_ speech: Speech?) -> [Finding] {
        guard let speech, !speech.isCanned else { return [] }
        let subject = "speech detector"
        do {
            guard try isHeard(speech.samples) else {
                return [
                    fail(
                        subject, "does not hear a spoken sentence",
                        remedy: "lower vad.onsetThreshold and vad.gateDB")
                ]
            }
            return [ok(subject, "hears a spoken sentence")]
        } catch { return [fail(subject, "\(error)", remedy: "see to the model first")] }
    }

    private func isHeard(_ samples: [Int16]) throws -> Bool {
        let model = try SileroModel(
            weightsPath: ModelFolder(configuration.models).voiceActivityWeights)
        let detector = CallerDetection.detector(configuration, model: model)
        var isHeard = false
        samples.withUnsafeBufferPointer { samples in
            detector.process(samples) { event in
                if case .started = event { isHeard = true }
            }
        }
        return isHeard
    }

    private func hear(_ speech: Speech?, _ maker: EngineMaker) -> [Finding] {
        zip(configuration.stt, maker.recognisers()).enumerated().map { index, entry in
            let (settings, made) = entry
            let subject = "stt[\(index)] \(settings.engine)"
            do {
                let engine = try made.get()
                guard let speech else {
                    return warn(
                        subject, "not asked: nothing could speak", remedy: "see to tts first")
                }
                let desk = try TranscriptionDesk(engine)
                defer { desk.close() }
                let text = try desk.transcribe(speech.samples)
                let said = "said \"\(Self.sentence)\", heard \"\(text)\""
                let isRight =
                    text.lowercased().contains("table") || speech.isCanned
                    || settings.isCanned
                return isRight
                    ? ok(subject, said)
                    : fail(subject, said, remedy: "take a larger model, or another voice")
            } catch { return dead(subject, error) }
        }
    }

    // MARK: - Answering

    /// Each dialogue engine answers one line as the first assistant, with records of its own.
    private func answer(_ maker: EngineMaker) -> [Finding] {
        guard let block = configuration.assistants.first else { return [] }
        do {
            let database = try Database(DatabaseOptions(path: ":memory:"))
            defer { database.close() }
            let settings = try AssistantSettings.reading(block)
            let directories = HospitalLibrary()
            let scripted = ScriptedDialogueEngine(
                assistants: [settings], store: database, directories: directories)
            try AssistantMaker.seed(scripted)
            let role = AssistantRole(settings, store: database, directories: directories)
            let made = maker.dialogues(settings, block, scripted: scripted, role: role)
            return zip(configuration.llm, made).enumerated().map { index, entry in
                let (entrySettings, made) = entry
                let subject = "llm[\(index)] \(entrySettings.engine)"
                return answer(subject, made, as: block)
            }
        } catch {
            return [
                fail(
                    "assistant \(block.id)", "\(error)",
                    remedy: "fix its entry in assistants, or the file that it names")
            ]
        }
    }

    private func answer(
        _ subject: String, _ made: Result<any DialogueEngine, any Error>, as block: AssistantBlock
    ) -> Finding {
        do {
            let desk = try DialogueDesk(
                made.get(), call: CallInfo(callSid: "doctor", assistantID: block.id))
            defer { desk.close() }
            let reply = desk.say("Hello, what can you do for me?")
            if let error = reply.error {
                return fail(
                    subject, error, remedy: "see to its server, key or model, or take it out")
            }
            return ok(subject, "answered \"\(reply.text.prefix(60))\"")
        } catch { return dead(subject, error) }
    }
}
