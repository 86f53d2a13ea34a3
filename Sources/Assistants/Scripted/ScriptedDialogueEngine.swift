import Foundation
import Net
import Pipelines
import Store

/// Tells what could not be done, for the log; on the store's thread or a loop.
public typealias AssistantLog = @Sendable (_ callSid: String, _ message: String) -> Void

/// Dialogues without a language model: one for each assistant, by its id.
public final class ScriptedDialogueEngine: DialogueEngine {
    public let name = "scripted"
    private let assistants: [String: AssistantSettings]
    private let fallback: AssistantSettings
    private let store: any RecordStore
    private let now: @Sendable () -> Date
    private let log: AssistantLog
    private let directories: HospitalLibrary

    /// - Parameters:
    ///   - assistants: at least one; the first answers for ids that are not among them.
    ///   - directories: shared with others that look things up in the same directories.
    ///   - now: the time of day; settable for tests.
    public init(
        assistants: [AssistantSettings], store: any RecordStore,
        directories: HospitalLibrary = HospitalLibrary(),
        now: @escaping @Sendable () -> Date = { Date() }, log: @escaping AssistantLog = { _, _ in }
    ) {
        precondition(!assistants.isEmpty, "an assistant at least")
        self.assistants = Dictionary(assistants.map { ($0.id, $0) }) { first, _ in first }
        fallback = assistants[0]
        self.store = store
        self.directories = directories
        self.now = now
        self.log = log
    }

    /// Puts the records that assistants begin with into the store where it has none, and builds the
    /// indexes of directories. At start; any thread.
    public func seed(completion: @escaping StoreCompletion<Void>) {
        seed(Array(assistants.values)[...], completion)
    }

    private func seed(
        _ rest: ArraySlice<AssistantSettings>, _ completion: @escaping StoreCompletion<Void>
    ) {
        guard let first = rest.first else { return completion(.success(())) }
        let others = rest.dropFirst()
        seed(first) { [self] result in
            switch result {
            case .success: seed(others, completion)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    private func seed(
        _ settings: AssistantSettings, _ completion: @escaping StoreCompletion<Void>
    ) {
        settings.kind.definition.seed(settings, store, directories, completion: completion)
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        makeSession(call: call) { loop.execute($0) }
    }

    /// A session whose loop is any serial executor of closures; for text conversations and tests.
    package func makeSession(
        call: CallInfo, execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) -> any DialogueSession {
        let settings = assistants[call.assistantID] ?? fallback
        let maker = ScriptedSessionMaker(
            rules: ReservationRules(settings), call: call, store: store, directories: directories,
            now: now, log: log, execute: execute)
        return settings.kind.definition.session(settings, by: maker)
    }
}
