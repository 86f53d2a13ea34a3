import Assistants
import Configuration
import Daemon
import Foundation
import Pipelines
import Store

/// A conversation with one assistant by text, with the records of the configuration: what is ordered
/// is ordered. Its methods block; for a terminal.
public final class Chat {
    private let database: Database
    private let conversation: TextConversation

    /// - Parameter id: of the assistant; nil for the default one.
    public init(_ configuration: Configuration, assistant id: String?) throws {
        let id = id ?? configuration.defaultAssistant
        guard let block = configuration.assistants.first(where: { $0.id == id }) else {
            throw DaemonError(
                .usage,
                "there is no assistant '\(id)'; there are "
                    + configuration.assistants.map(\.id).joined(separator: ", "))
        }
        database = try StreamDaemon.openDatabase(configuration.store)
        let engine = ScriptedDialogueEngine(
            assistants: [try AssistantSettings.reading(block)], store: database,
            log: { _, message in
                FileHandle.standardError.write(Data("streamd: \(message)\n".utf8))
            })
        try StreamDaemon.seed(engine)
        conversation = TextConversation(
            engine: engine,
            call: CallInfo(callSid: "chat-" + UUID().uuidString, assistantID: id))
    }

    /// What is said first.
    public var greeting: String { conversation.greeting ?? "" }

    /// Says a line.
    /// - Returns: the reply, and whether the conversation is over.
    public func say(_ line: String) -> (text: String, isLast: Bool) {
        let reply = conversation.say(line)
        var text = reply.text
        if let number = reply.handOverNumber { text += " [the call goes to \(number)]" }
        if let error = reply.error { text += " [\(error)]" }
        return (text, reply.isLast)
    }

    /// Ends the conversation and closes the database.
    public func close() {
        conversation.close()
        database.close()
    }
}
