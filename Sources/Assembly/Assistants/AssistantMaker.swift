import Assistants
import Configuration
import Engines
import Foundation
import Pipelines
import Realtime
import Store
import Telemetry

/// Makes assistants as the configuration describes them, and what they need before their first call.
package enum AssistantMaker {
    package static func assistant(
        _ block: AssistantBlock, _ configuration: Configuration, _ secrets: Secrets,
        _ database: Database, _ engines: Engines, _ log: Logger,
        now: @escaping @Sendable () -> Date
    ) throws -> Assistant {
        var settings = try AssistantSettings.reading(block)
        settings.confirmsBySMS =
            block.confirmationSMS && !secrets.accountSid.isEmpty && !secrets.authToken.isEmpty
        let tell: AssistantLog = { callSid, message in
            log.error(message, ["call": .text(callSid)])
        }
        let directories = HospitalLibrary()
        let scripted = ScriptedDialogueEngine(
            assistants: [settings], store: database, directories: directories, now: now, log: tell)
        let dialogue = try engines.dialogue(
            settings, block, scripted: scripted,
            role: AssistantRole(
                settings, store: database, directories: directories, now: now, log: tell))
        let seeds = configuration.llm.contains { !$0.isCanned }
        return Assistant(
            block: block, settings: settings, dialogue: dialogue, directories: directories,
            greeting: settings.spokenGreeting, seed: { if seeds { try Self.seed(scripted) } })
    }

    /// Empty where no recogniser is told of it.
    private static func vocabulary(
        _ configuration: Configuration, _ assistant: Assistant, _ database: Database
    ) throws -> [String] {
        let recognisers = try configuration.stt.map { entry in try entry.speechToText() }
        guard recognisers.contains(where: { $0.vocabularyMax > 0 }) else { return [] }
        return try BlockingResult.of { done in
            assistant.settings.findVocabulary(assistant.directories, database) {
                done(.success($0))
            }
        }
    }

    /// Nil where the service can't be reached now: the greeting is then made when a call comes.
    private static func greetingClip(
        _ assistant: Assistant, _ engines: Engines, _ log: Logger
    ) -> SpeechClip? {
        do {
            return try engines.textToSpeech.speakToEnd(
                assistant.greeting, voice: assistant.settings.voice, audio: .telephone)
        } catch {
            log.warning(
                "greeting not made beforehand",
                ["assistant": .text(assistant.block.id), "why": .text("\(error)")])
            return nil
        }
    }

    private static func prepareLastWords(
        _ assistant: Assistant, _ configuration: Configuration, _ engines: Engines,
        _ cache: SpeechCache
    ) throws {
        let options = ConversationOptions(
            configuration, voice: assistant.settings.voice, block: assistant.block)
        try LastWords.prepare(
            options.localTexts, voice: options.voice, audio: .telephone,
            by: engines.textToSpeech, orBy: engines.lastSynthesiser, into: cache)
    }

    /// Puts the records that a new assistant begins with into the store. Blocking.
    package static func seed(_ engine: ScriptedDialogueEngine) throws {
        let outcome = BlockingResult<Void>()
        engine.seed(completion: outcome.take)
        try outcome.get()
    }

    /// What the first call would have to wait for: its steps may run beside each other. Blocking.
    package static func preparation(
        of assistants: [Assistant], _ configuration: Configuration, _ business: Business,
        _ log: Logger
    ) -> [@Sendable () throws -> Void] {
        let (engines, database, cache) = (
            business.engines, business.database, business.speech.cache
        )
        var steps: [@Sendable () throws -> Void] = [{ try engines.warmUp() }]
        for assistant in assistants {
            steps.append {
                try assistant.seed()
                let names = try Self.vocabulary(configuration, assistant, database)
                assistant.prepared.all.withLock { $0.vocabulary = names }
            }
            steps.append {
                let clip = Self.greetingClip(assistant, engines, log)
                assistant.prepared.all.withLock { $0.greetingClip = clip }
                try Self.prepareLastWords(assistant, configuration, engines, cache)
            }
        }
        return steps
    }
}
