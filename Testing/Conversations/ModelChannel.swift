import Assembly
import Assistants
import Configuration
import Engines
import Foundation
import Net
import Pipelines
import Store

/// A written conversation's assistant led by a language model, by text: its tools work on records in
/// memory, its clock stands at the file's moment. For one task.
public final class ModelChannel: ConversationChannel, @unchecked Sendable {
    // `session` and `turn` are used on the loop only.

    public let database: Database
    private let remote: RemoteServices
    private let engine: LanguageModelEngine
    private let call: CallInfo
    private var session: (any DialogueSession)?
    private var turn = 0

    /// - Parameters:
    ///   - settings: an entry of `llm` that is not a script.
    ///   - secrets: has the service's key.
    /// - Throws: where the file's assistant cannot be made or the key is missing.
    public init(_ file: ConversationFile, model settings: EngineSettings, secrets: Secrets) throws {
        guard let now = file.moment else {
            throw DaemonError(.badData, "\(file.name): 'now' is not a moment")
        }
        let assistant = try AssistantSettings.reading(file.assistant)
        database = try Database(DatabaseOptions(path: ":memory:"))
        try AssistantMaker.seed(
            ScriptedDialogueEngine(assistants: [assistant], store: database, now: { now }))
        remote = try RemoteServices { secrets.value($0) }
        do {
            let role = AssistantRole(assistant, store: database, now: { now })
            engine = LanguageModelEngine(
                role.role(extra: settings.modelKeys?.prompt ?? ""),
                wire: try settings.languageModel(remote, at: "llm"),
                clients: remote.clients)
        } catch {
            remote.close()
            throw error
        }
        call = CallInfo(
            callSid: "CA-eval", assistantID: assistant.id, from: "+15550001111",
            language: assistant.language, channel: .text)
    }

    public var store: any RecordStore { database }

    public func say(_ line: String) async throws -> ConversationReply {
        try await withCheckedThrowingContinuation { done in
            remote.loop.execute { [self] in begin(line, done) }
        }
    }

    private func begin(
        _ line: String, _ done: CheckedContinuation<ConversationReply, any Error>
    ) {
        let session = self.session ?? engine.makeSession(call: call, loop: remote.loop)
        self.session = session
        turn += 1
        let turn = turn
        var sentences: [String] = []
        var isLast = false
        session.respond(to: .speech(Transcript(text: line)), turn: turn) { result in
            switch result {
            case .success(.sentence(let sentence)): sentences.append(sentence)
            case .success(.speech(let clip)): sentences.append(clip.transcript)
            case .success(.hangUp), .success(.handOver): isLast = true
            case .success(.end):
                let text = sentences.joined(separator: " ")
                session.heard(turn: turn, text: text)
                done.resume(returning: ConversationReply(text: text, isLast: isLast))
            case .failure(let error):
                done.resume(throwing: DaemonError(.unavailable, error.description))
            }
        }
        session.commit(turn: turn)
    }

    /// Ends the conversation and what runs for it. Blocking.
    public func close() {
        let loop = remote.loop
        let ended = DispatchSemaphore(value: 0)
        loop.execute { [self] in
            session?.close()
            session = nil
            ended.signal()
        }
        ended.wait()
        remote.close()
        database.close()
    }
}
