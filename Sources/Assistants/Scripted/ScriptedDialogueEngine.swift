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

    /// - Parameters:
    ///   - assistants: at least one; the first answers for ids that are not among them.
    ///   - now: the time of day; settable for tests.
    public init(
        assistants: [AssistantSettings], store: any RecordStore,
        now: @escaping @Sendable () -> Date = { Date() }, log: @escaping AssistantLog = { _, _ in }
    ) {
        precondition(!assistants.isEmpty, "an assistant at least")
        self.assistants = Dictionary(assistants.map { ($0.id, $0) }) { first, _ in first }
        fallback = assistants[0]
        self.store = store
        self.now = now
        self.log = log
    }

    /// Puts tables and menu of every assistant into the store where it has none. At start; any thread.
    public func seed(completion: @escaping StoreCompletion<Void>) {
        Self.seed(Array(assistants.values)[...], into: store, completion)
    }

    private static func seed(
        _ rest: ArraySlice<AssistantSettings>, into store: any RecordStore,
        _ completion: @escaping StoreCompletion<Void>
    ) {
        guard let first = rest.first else { return completion(.success(())) }
        let others = rest.dropFirst()
        store.seedDiningTables(first.tables, assistantID: first.id) { result in
            if case .failure(let error) = result { return completion(.failure(error)) }
            store.seedMenu(first.menu, assistantID: first.id) { result in
                switch result {
                case .success: seed(others, into: store, completion)
                case .failure(let error): completion(.failure(error))
                }
            }
        }
    }

    public func makeSession(call: CallInfo, loop: EventLoop) -> any DialogueSession {
        makeSession(call: call) { loop.execute($0) }
    }

    /// A session whose loop is any serial executor of closures; for text conversations and tests.
    package func makeSession(
        call: CallInfo, execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) -> any DialogueSession {
        let settings = assistants[call.assistantID] ?? fallback
        switch settings.kind {
        case .reservations:
            return ScriptedDialogueSession(
                ReservationDialogue(settings), rules: ReservationRules(settings), call: call,
                store: store, now: now, log: log, execute: execute)
        case .restaurant:
            return ScriptedDialogueSession(
                RestaurantDialogue(settings), rules: ReservationRules(settings), call: call,
                store: store, now: now, log: log, execute: execute)
        }
    }
}
