import Foundation
import Language
import Pipelines
import Store

/// All that the rest of the program asks of a kind of assistant. Nothing has a default: a kind that
/// leaves something out does not compile.
protocol AssistantKindDefinition: Sendable {
    /// Its name in the configuration: one word.
    static var name: String { get }
    /// What it does, after "assistant that can".
    static var summary: String { get }
    /// The records that it has in files.
    static var imports: Set<ImportedRecords> { get }
    /// Keys of its entry in the configuration that not every kind has.
    static var keys: [String] { get }

    /// The first words of a scripted conversation.
    static func greeting(_ settings: AssistantSettings) -> String
    /// A scripted conversation, made by `maker` of the kind's own dialogue.
    static func session(_ settings: AssistantSettings, by maker: ScriptedSessionMaker)
        -> any DialogueSession
    /// Puts the records that an assistant begins with into a store that has none, and builds what it
    /// looks things up in. Any thread.
    static func seed(
        _ settings: AssistantSettings, _ store: any RecordStore, _ directories: HospitalLibrary,
        completion: @escaping StoreCompletion<Void>)

    /// The sentences of its dialogue, its own before those that it shares.
    static var promptKeys: [any PromptWording.Type] { get }
    /// What is wrong with the settings that only this kind has, one sentence each with the remedy.
    static func problems(_ settings: AssistantSettings) -> [String]

    /// What a language model can do as such an assistant.
    static var tools: ToolBox { get }
    /// What a model is told that it does, after "You answer the telephone of … and".
    static var business: String { get }
    /// What a model is told to go by, a paragraph each.
    static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String]

    /// Words that callers are likely to say, most telling first, beside those of the menu.
    /// - Parameter directory: names that can be asked for.
    static func words(_ settings: AssistantSettings, directory: [String]) -> [String]
    /// All of these with what the store has now; what it does not give is left out. Any thread.
    static func vocabulary(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void)
}

extension AssistantKindDefinition {
    /// Every sentence under its name; where two are called alike, the first.
    static var prompts: [PromptEntry] {
        promptKeys.reduce(into: []) { all, keys in
            let known = Set(all.map(\.name))
            all += keys.entries.filter { !known.contains($0.name) }
        }
    }
}

/// Makes a session of whatever dialogue a kind has.
struct ScriptedSessionMaker {
    let rules: ReservationRules
    let call: CallInfo
    let store: any RecordStore
    let directories: HospitalLibrary
    let now: @Sendable () -> Date
    let log: AssistantLog
    let execute: @Sendable (@escaping @Sendable () -> Void) -> Void

    func session(_ dialogue: some ScriptedDialogue) -> any DialogueSession {
        ScriptedDialogueSession(
            dialogue, rules: rules, call: call, store: store, directories: directories, now: now,
            log: log, execute: execute)
    }
}
