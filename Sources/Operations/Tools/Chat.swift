import Assembly
import Assistants
import Configuration
import Foundation
import Pipelines
import Store
import Telemetry

/// A conversation with one assistant by text, by the dialogue engines and with the records of the
/// configuration: what is ordered is ordered. Its methods block; for a terminal.
public final class Chat {
    private let database: Database
    private let maker: EngineMaker
    private let log: Logger
    private let desk: DialogueDesk

    /// - Parameter id: of the assistant; nil for the default one.
    public init(
        _ configuration: Configuration, secrets: Secrets, assistant id: String?
    ) throws {
        let id = id ?? configuration.defaultAssistant
        guard let block = configuration.assistants.first(where: { $0.id == id }) else {
            throw DaemonError(
                .usage,
                "there is no assistant '\(id)'; there are "
                    + configuration.assistants.map(\.id).joined(separator: ", "))
        }
        log = Logger(level: .warning, format: .text)
        maker = try EngineMaker(configuration, secrets: secrets, log: log)
        database = try Stores.openDatabase(configuration.store)
        let settings = try AssistantSettings.reading(block)
        let directories = HospitalLibrary()
        let tell: AssistantLog = { _, message in
            FileHandle.standardError.write(Data("streamd: \(message)\n".utf8))
        }
        let scripted = ScriptedDialogueEngine(
            assistants: [settings], store: database, directories: directories, log: tell)
        try AssistantMaker.seed(scripted)
        let dialogue = try maker.dialogue(
            settings, block, scripted: scripted,
            role: AssistantRole(settings, store: database, directories: directories, log: tell),
            places: maker.dialoguePlaces())
        var call = CallInfo(callSid: "chat-" + UUID().uuidString, assistantID: id)
        call.language = settings.language
        desk = try DialogueDesk(dialogue.engine, call: call)
    }

    /// What is said first.
    public var greeting: String { desk.greeting ?? "" }

    /// Says a line.
    /// - Returns: the reply, and whether the conversation is over.
    public func say(_ line: String) -> (text: String, isLast: Bool) {
        let reply = desk.say(line)
        var text = reply.text
        if let number = reply.handOverNumber { text += " [the call goes to \(number)]" }
        if let error = reply.error { text += " [\(error)]" }
        return (text, reply.isLast)
    }

    /// Ends the conversation and closes the database.
    public func close() {
        desk.close()
        maker.close()
        database.close()
        log.close()
    }
}
