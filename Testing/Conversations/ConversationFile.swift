import Assistants
import Configuration
import Foundation
import Language
import Options
import Store

/// A conversation written down: who says what, what must be in the answer, and what must be in the
/// database afterwards. The same file runs over any ``ConversationChannel``.
///
/// ```yaml
/// name: Two pizzas for delivery
/// assistant: {id: bella, kind: restaurant, menu: menu.csv}   # as in a configuration
/// now: 2026-11-25 15:00                                      # on the business's clock
/// turns:
///   - caller: Two Margherita pizzas for delivery
///     answer: [address]                                      # each must be in it, in any case
///     absent: [total]                                        # none may be in it
///   - caller: Bye
///     ends: true
/// orders:
///   - {service: delivery, address: 12 Main Street, total: 33.90, lines: [2 Margherita Pizza]}
/// reservations:
///   - {party: 4, at: 2026-11-27 19:00, name: John}
/// tasks:
///   - {customer: "10042", service: heating, location: basement, urgency: urgent, summary: [leaking]}
/// customers:
///   - {number: "10251", name: Ann Lee, phone: "+15550001111"}   # besides those of the file
/// ```
/// A turn may have `keys: "10042"` in place of `caller`.
public struct ConversationFile: Sendable {
    public struct Turn: Sendable {
        public var caller = ""
        /// Keyed instead of said.
        public var keys = ""
        public var answer: [String] = []
        public var absent: [String] = []
        public var ends = false
    }

    public struct ExpectedOrder: Sendable {
        public var service = ""
        public var address = ""
        public var total = ""
        /// "2 large Margherita Pizza + Olives"
        public var lines: [String] = []
    }

    public struct ExpectedReservation: Sendable {
        public var party = 0
        /// `yyyy-MM-dd HH:mm` on the business's clock.
        public var at = ""
        public var name = ""
    }

    public struct ExpectedTask: Sendable {
        public var customer = ""
        public var service = ""
        public var location = ""
        public var urgency = ""
        /// Each must be in the description, in any case.
        public var summary: [String] = []
    }

    public struct ExpectedCustomer: Sendable {
        public var number = ""
        public var name = ""
        public var phone = ""
    }

    public var name = ""
    public var assistant = AssistantBlock()
    /// The same as it was written, as YAML in one line.
    var assistantText = "{}"
    /// Where the file is, as far as it is known.
    var folder: URL?
    public var now = ""
    public var turns: [Turn] = []
    /// All that must be there, in order.
    public var orders: [ExpectedOrder] = []
    public var reservations: [ExpectedReservation] = []
    public var tasks: [ExpectedTask] = []
    /// Those that the conversation has entered, by number.
    public var customers: [ExpectedCustomer] = []

    /// Reads a file; paths in it are relative to its folder. Blocking.
    public static func read(path: String) throws -> ConversationFile {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else {
            throw ConfigurationError(file: path, place: nil, message: "can't be read as text")
        }
        var file = try parse(yaml: text, file: path)
        let folder = URL(filePath: path).deletingLastPathComponent()
        file.assistant.resolvePaths(in: folder)
        file.folder = folder
        return file
    }

    /// - Parameter file: its name, for error messages.
    public static func parse(
        yaml: String, file: String
    ) throws(ConfigurationError) -> ConversationFile {
        let mapper = YAMLMapper(file: file)
        guard let root = try YAMLReader.read(yaml, file: file, faults: mapper.faults) else {
            throw ConfigurationError(file: file, place: nil, message: "is empty")
        }
        var conversation = ConversationFile()
        mapper.map(root, into: &conversation, options: options)
        try mapper.faults.check()
        guard !conversation.turns.isEmpty else {
            throw mapper.error(root, "has no turns; write what the caller says")
        }
        guard AssistantKind(named: conversation.assistant.kind) != nil else {
            throw mapper.error(root, "the assistant's kind is not known")
        }
        guard conversation.moment != nil else {
            throw mapper.error(root, "'now' must be like 2026-11-25 15:00, in a known time zone")
        }
        return conversation
    }

    /// The instant that `now` names in the assistant's time zone.
    public var moment: Date? {
        guard let local = LocalDateTime(now), let zone = TimeZone(identifier: assistant.timeZone)
        else { return nil }
        let clock = BusinessClock(timeZone: zone)
        return Date(timeIntervalSince1970: Double(clock.instant(of: local)))
    }

    // MARK: - Keys

    private static let options: [ConfigurationOption<ConversationFile>] = [
        .text("name", \.name, "What it shows."),
        .text("now", \.now, "When it is held."),
        .custom(
            "assistant", allowed: "block", "Who answers.", defaultText: { _ in "" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                mapper.map(
                    node, into: &root.assistant, options: AssistantBlock.options,
                    context: "assistant: ")
                root.assistantText = node.flowText
            }),
        list("turns", \.turns, Turn.init, Turn.options),
        list("orders", \.orders, ExpectedOrder.init, ExpectedOrder.options),
        list(
            "reservations", \.reservations, ExpectedReservation.init, ExpectedReservation.options),
        list("tasks", \.tasks, ExpectedTask.init, ExpectedTask.options),
        list("customers", \.customers, ExpectedCustomer.init, ExpectedCustomer.options),
    ]

    private static func list<Item: Sendable>(
        _ key: String, _ path: WritableKeyPath<ConversationFile, [Item]>,
        _ make: @escaping () -> Item, _ options: [ConfigurationOption<Item>]
    ) -> ConfigurationOption<ConversationFile> {
        .custom(
            key, allowed: "list", "", defaultText: { _ in "[]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                try mapper.each(node, key: key) { (index, entry) throws(ConfigurationError) in
                    var item = make()
                    mapper.map(
                        entry, into: &item, options: options, context: "\(key)[\(index)]: ")
                    root[keyPath: path].append(item)
                }
            })
    }
}

extension ConfigurationOption {
    /// A list of texts.
    fileprivate static func texts(_ key: String, _ path: WritableKeyPath<Root, [String]>) -> Self {
        .custom(
            key, allowed: "list of texts", "", defaultText: { _ in "[]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                try mapper.each(node, key: key) { (_, item) throws(ConfigurationError) in
                    root[keyPath: path].append(try mapper.text(item, key: key))
                }
            })
    }
}

extension ConversationFile.Turn {
    fileprivate static let options: [ConfigurationOption<Self>] = [
        .text("caller", \.caller, ""), .text("keys", \.keys, ""), .texts("answer", \.answer),
        .texts("absent", \.absent),
        .boolean("ends", \.ends, ""),
    ]
}

extension ConversationFile.ExpectedOrder {
    fileprivate static let options: [ConfigurationOption<Self>] = [
        .text("service", \.service, ""), .text("address", \.address, ""),
        .text("total", \.total, ""), .texts("lines", \.lines),
    ]
}

extension ConversationFile.ExpectedReservation {
    fileprivate static let options: [ConfigurationOption<Self>] = [
        .integer("party", \.party, 1...500, ""), .text("at", \.at, ""), .text("name", \.name, ""),
    ]
}

extension ConversationFile.ExpectedTask {
    fileprivate static let options: [ConfigurationOption<Self>] = [
        .text("customer", \.customer, ""), .text("service", \.service, ""),
        .text("location", \.location, ""), .text("urgency", \.urgency, ""),
        .texts("summary", \.summary),
    ]
}

extension ConversationFile.ExpectedCustomer {
    fileprivate static let options: [ConfigurationOption<Self>] = [
        .text("number", \.number, ""), .text("name", \.name, ""), .text("phone", \.phone, ""),
    ]
}
