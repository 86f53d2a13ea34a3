import Assembly
import Assistants
import Foundation
import Language
import Pipelines
import Store

/// A way to an assistant: text in the process, SMS, Gather, or speech over a stream.
public protocol ConversationChannel {
    /// Says a line and waits for all of the answer.
    func say(_ line: String) async throws -> ConversationReply
    /// Keys digits and waits for all of the answer.
    func press(_ keys: String) async throws -> ConversationReply
    /// Where the assistant keeps its records.
    var store: any RecordStore { get }
}

extension ConversationChannel {
    /// Where there are no keys, digits are written.
    public func press(_ keys: String) async throws -> ConversationReply { try await say(keys) }
}

/// The reply to one line.
public struct ConversationReply: Sendable {
    public var text: String
    /// The assistant has ended the conversation.
    public var isLast: Bool

    public init(text: String, isLast: Bool) {
        self.text = text
        self.isLast = isLast
    }
}

/// Holds written conversations and compares.
public enum ConversationRunner {
    /// Says every line; returns what was not as written, with what was said, in order.
    public static func run(
        _ file: ConversationFile, over channel: some ConversationChannel
    ) async throws -> [String] {
        var faults: [String] = []
        for (index, turn) in file.turns.enumerated() {
            let reply =
                turn.keys.isEmpty
                ? try await channel.say(turn.caller) : try await channel.press(turn.keys)
            let place = "turn \(index + 1), \"\(turn.caller + turn.keys)\" → \"\(reply.text)\""
            let said = comparable(reply.text)
            for part in turn.answer where !said.contains(comparable(part)) {
                faults.append("\(place): lacks \"\(part)\"")
            }
            for part in turn.absent where said.contains(comparable(part)) {
                faults.append("\(place): has \"\(part)\"")
            }
            if turn.ends != reply.isLast {
                faults.append("\(place): \(reply.isLast ? "ends" : "does not end")")
            }
        }
        return faults + (try await compareRecords(file, channel.store))
    }

    /// Numbers are read out digit by digit in calls and written together in messages.
    private static func comparable(_ text: String) -> String {
        WrittenText.joiningDigits(text.lowercased())
    }

    private static func compareRecords(
        _ file: ConversationFile, _ store: any RecordStore
    ) async throws -> [String] {
        let id = file.assistant.id
        let orders = try await store.value {
            store.orders(assistantID: id, createdIn: 0..<Int64.max, completion: $0)
        }
        let reservations = try await store.value {
            store.reservations(assistantID: id, startingIn: 0..<Int64.max, completion: $0)
        }
        let found = orders.map(text)
        let wanted = file.orders.map { order in
            "\(order.service) \"\(order.address)\" \(order.total): "
                + order.lines.joined(separator: ", ")
        }
        let tables = reservations.filter { $0.status == .booked }.map {
            "\($0.partySize) at \($0.startsAtLocal) for \($0.name)"
        }
        let wantedTables = file.reservations.map { "\($0.party) at \($0.at) for \($0.name)" }
        return compare("orders", wanted, found) + compare("reservations", wantedTables, tables)
            + (try await compareDesk(file, store))
    }

    private static func compareDesk(
        _ file: ConversationFile, _ store: any RecordStore
    ) async throws -> [String] {
        let id = file.assistant.id
        let tasks = try await store.value {
            store.tasks(assistantID: id, createdIn: 0..<Int64.max, completion: $0)
        }
        var faults = compare(
            "tasks",
            file.tasks.map { "\($0.customer) \($0.service): \($0.location), \($0.urgency)" },
            tasks.map {
                "\($0.customer.number) \($0.service): \($0.location), \($0.urgency.rawValue)"
            })
        for (wanted, task) in zip(file.tasks, tasks) {
            let said = task.summary.lowercased()
            for part in wanted.summary where !said.contains(part.lowercased()) {
                faults.append("task \(task.number): \"\(task.summary)\" lacks \"\(part)\"")
            }
        }
        guard let kind = AssistantKind(named: file.assistant.kind),
            kind.imports.contains(.customers)
        else { return faults }
        let known =
            file.assistant.customers.isEmpty
            ? []
            : try DataFile.read(
                file.assistant.customers, as: "a list of customers", CustomerCSV.read)
        let customers = try await store.value { store.customers(assistantID: id, completion: $0) }
        let new = customers.filter { !known.contains($0) }
        return faults
            + compare(
                "new customers",
                file.customers.map { "\($0.number) \($0.name) \($0.phone)" },
                new.map { "\($0.number) \($0.name) \($0.phone)" })
    }

    private static func compare(_ what: String, _ wanted: [String], _ found: [String]) -> [String] {
        wanted == found ? [] : ["\(what): wanted \(wanted), found \(found)"]
    }

    private static func text(_ order: Order) -> String {
        let lines = order.lines.map { line in
            let size = line.size.isEmpty ? "" : line.size.lowercased() + " "
            let extras = line.extras.map { " + \($0.name)" }.joined()
            return "\(line.quantity) \(size)\(line.item)\(extras)"
        }
        return "\(order.service.rawValue) \"\(order.address)\" \(order.total.decimal): "
            + lines.joined(separator: ", ")
    }
}

/// The dialogue itself, by text, with records in memory and the clock of the file.
public final class TextChannel: ConversationChannel {
    public let database: Database
    private let conversation: TextConversation

    public init(_ file: ConversationFile) throws {
        guard let now = file.moment else {
            throw DaemonError(.badData, "\(file.name): 'now' is not a moment")
        }
        database = try Database(DatabaseOptions(path: ":memory:"))
        let engine = ScriptedDialogueEngine(
            assistants: [try AssistantSettings.reading(file.assistant)], store: database,
            now: { now })
        try AssistantMaker.seed(engine)
        conversation = TextConversation(
            engine: engine,
            call: CallInfo(
                callSid: "CA-text", assistantID: file.assistant.id, from: "+15550001111"))
    }

    public var store: any RecordStore { database }

    public func say(_ line: String) async throws -> ConversationReply {
        try taken(conversation.say(line))
    }

    public func press(_ keys: String) async throws -> ConversationReply {
        try taken(conversation.hear(.dtmf(keys)))
    }

    private func taken(_ reply: TextConversation.Reply) throws -> ConversationReply {
        if let error = reply.error { throw DaemonError(.software, error) }
        return ConversationReply(text: reply.text, isLast: reply.isLast)
    }
}
