import Assistants
import Foundation
import Language
import Options

/// The keys whose values are lists or maps, and the tables of their entries.
extension Configuration {
    package static let assistantOptions: [ConfigurationOption<Configuration>] = [
        .custom(
            "assistants", allowed: "list of blocks, see below", field: OptionField(\.assistants),
            "Who answers the calls.",
            defaultText: { _ in "[]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.assistants = try readAssistants(node, mapper)
            }),
        .text(
            "defaultAssistant", \.defaultAssistant, allowed: "id of an assistant",
            reloadable: true, "Who answers a number, or a stream, that names nobody."),
    ]

    private static func readAssistants(
        _ node: YAMLNode, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> [AssistantBlock] {
        var blocks: [AssistantBlock] = []
        try mapper.each(node, key: "assistants") { (index, item) throws(ConfigurationError) in
            var block = AssistantBlock()
            let faulty = mapper.map(
                item, into: &block, options: AssistantBlock.options,
                context: "assistants[\(index)]: ")
            if let folder = mapper.folder { block.resolvePaths(in: URL(filePath: folder)) }
            block.check(in: item, except: faulty, mapper)
            guard !block.id.isEmpty else {
                if faulty.contains("id") { return }
                throw mapper.error(item, "this assistant has no 'id'; give it a short unique one")
            }
            guard !blocks.contains(where: { $0.id == block.id }) else {
                throw mapper.error(item, "the id '\(block.id)' is taken by an assistant above")
            }
            blocks.append(block)
        }
        return blocks
    }
}

extension AssistantBlock {
    package static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    package static let options: [ConfigurationOption<AssistantBlock>] = [
        .text("id", \.id, allowed: "short unique word", "Name in logs, records and numbers."),
        .text(
            "kind", \.kind, allowed: AssistantKind.all.map(\.name).joined(separator: ", "),
            "What it does: book tables; take orders too and answer from a menu; take orders for repairs "
                + "from customers; tell which hospitals are in a network."),
        .text("name", \.name, "The business's name as it is spoken; empty means the id."),
        .text("greeting", \.greeting, "First words; empty lets the dialogue greet in its own."),
        .text("voice", \.voice, "Voice, over the one of the tts entry."),
        .text(
            "language", \.language, allowed: "BCP 47 tag", "Language of the TwiML `<Say>` verbs."),
        .text("timeZone", \.timeZone, allowed: "tz database name", "The business's time zone."),
        .custom(
            "hours", allowed: "day → \"HH:MM-HH:MM\", several apart by commas, or closed",
            "Opening hours; a day that is not named keeps the default of the kind.",
            defaultText: { _ in "{}" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.hours = try readHours(node, "hours", mapper) { day in
                    weekdays.contains(day)
                        ? nil
                        : "'\(day)' is not a day" + mapper.suggestion(for: day, among: weekdays)
                }
            }),
        .custom(
            "specialDays", allowed: "yyyy-MM-dd → as in hours",
            "Days that differ from their weekday: holidays, or other hours.",
            defaultText: { _ in "{}" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.specialDays = try readHours(node, "specialDays", mapper) { day in
                    LocalDate(day) == nil
                        ? "'\(day)' is not a day of the calendar; write one like 2026-12-25" : nil
                }
            }),
        .custom(
            "tables", allowed: "list of seat counts", "Dining tables; empty means a sample house.",
            defaultText: { _ in "[]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.tables = []
                try mapper.each(node, key: "tables") { (_, item) throws(ConfigurationError) in
                    root.tables.append(try mapper.integer(item, key: "tables", range: 1...100))
                }
            }),
        .integer("partySizeMax", \.partySizeMax, 1...500, "Largest party taken by telephone."),
        .integer(
            "reservationMinutes", \.reservationMinutes, 15...600, unit: "min",
            "How long a table is held for a party."),
        .boolean(
            "confirmBookings", \.confirmBookings,
            "Read a reservation back and wait for a yes before it is booked; without, it is booked "
                + "when the name is known."),
        .text(
            "handOverNumber", \.handOverNumber, allowed: "number in E.164",
            "Who is called when the caller wants a human; empty means nobody."),
        .text(
            "menu", \.menu, allowed: "path of a CSV file",
            "restaurant: menu that a new database begins with, relative to the configuration file; "
                + "later ones come by `streamd import menu`."),
        .integer(
            "pickupMinutes", \.pickupMinutes, 1...600, unit: "min",
            "restaurant: how long until an order can be picked up."),
        .integer(
            "deliveryMinutes", \.deliveryMinutes, 1...600, unit: "min",
            "restaurant: how long a delivery takes."),
        .text(
            "customers", \.customers, allowed: "path of a CSV file",
            "serviceDesk: customers that a new database begins with, relative to the configuration "
                + "file; later ones come by `streamd import customers`."),
        .integer(
            "customerNumberDigits", \.customerNumberDigits, 0...12,
            "serviceDesk: digits of a customer number, so that a number that is whole ends the turn "
                + "and a broken one is asked for again; 0 where they differ."),
        .custom(
            "services", allowed: "kind of work → list of words",
            "serviceDesk: the kinds of work it takes orders for, with the words that mean them; empty "
                + "means the trades of a house.",
            defaultText: { _ in "{}" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.services = try readServices(node, mapper)
            }),
        .text(
            "hospitals", \.hospitals, allowed: "path of a CSV file",
            "directory: entries that a new database begins with, relative to the configuration file; "
                + "later ones come by `streamd import hospitals`."),
        .choice(
            "greetWith", \.greetWith,
            "Who says the greeting: streamd over the stream, where it can be interrupted, or "
                + "Twilio's `<Say>` before it."),
        .text(
            "prompt", \.prompt,
            "Language models: instructions of this assistant, added to ours and the llm entry's."),
        .number(
            "temperature", \.temperature, -1...2,
            "Language models: of this assistant, over the llm entry's; below 0 leaves it."),
        .integer(
            "tokensMax", \.tokensMax, 0...8192,
            "Language models: longest answer of this assistant, in tokens, over the llm entry's; 0 "
                + "leaves it."),
        .integer(
            "toolRoundsMax", \.toolRoundsMax, 1...20,
            "Language models: times in one reply that tools may be called before it is given up."),
        .integer(
            "rememberedTurnsMax", \.rememberedTurnsMax, 1...1000,
            "Language models: turns of the conversation that the model is told of."),
        .choice(
            "path", \.path,
            "How calls are held whose number and route do not say: stream, or gather, where Twilio "
                + "listens and speaks turn by turn."),
        .text(
            "sayVoice", \.sayVoice, allowed: "Twilio's name of a voice",
            "Who speaks where Twilio does: Polly.Joanna, Polly.Matthew, Polly.Ivy, Polly.Salli, "
                + "Polly.Joey …"),
        .choice(
            "afterHours", \.afterHours,
            "Outside the opening hours: answer as ever (orders are refused by the dialogue), take a "
                + "message, or say goodbye."),
        .text(
            "closedText", \.closedText,
            "What is said then; empty tells the hours of the day."),
        .text(
            "voicemail", \.voicemail,
            "Calls that are placed: the message left on an answering machine that Twilio has found "
                + "(`MachineDetection=DetectMessageEnd`); empty leaves none."),
        .boolean(
            "confirmationSMS", \.confirmationSMS,
            "Send callers a text message that confirms an order or a reservation; needs "
                + "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."),
        .text("goodbye", \.goodbye, "Last words at the time limit; empty means the built-in ones."),
        .custom(
            "notices", allowed: "list of texts",
            "What callers must hear, such as that the call is recorded: a sentence, or a greeting, "
                + "that holds one of these cannot be interrupted by voice.",
            defaultText: { _ in "[]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.notices = []
                try mapper.each(node, key: "notices") { (_, item) throws(ConfigurationError) in
                    let text = try mapper.text(item, key: "notices")
                    guard !text.isEmpty else {
                        throw mapper.error(
                            item, "a notice is empty; write its words or leave it out")
                    }
                    root.notices.append(text)
                }
            }),
        promptsOption,
    ]

    private static func readServices(
        _ node: YAMLNode, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> [String: [String]] {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(node, "services must be a block, not \(node.kindName)")
        }
        var services: [String: [String]] = [:]
        for entry in entries {
            mapper.faults.collect { () throws(ConfigurationError) in
                var words: [String] = []
                let key = "services.\(entry.key)"
                try mapper.each(entry.value, key: key) { (_, item) throws(ConfigurationError) in
                    words.append(try mapper.text(item, key: key).lowercased())
                }
                services[entry.key] = words
            }
        }
        return services
    }

    /// - Parameter fault: what is wrong with the name of a day; nil for nothing.
    private static func readHours(
        _ node: YAMLNode, _ key: String, _ mapper: YAMLMapper, fault: (String) -> String?
    ) throws(ConfigurationError) -> [String: String] {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(node, "\(key) must be a block of days, not \(node.kindName)")
        }
        var hours: [String: String] = [:]
        for entry in entries {
            if let message = fault(entry.key) { mapper.report(entry.keyPlace, message) }
            mapper.faults.collect { () throws(ConfigurationError) in
                let text = try mapper.text(entry.value, key: "\(key).\(entry.key)")
                guard OpeningHours.Period.day(text) != nil else {
                    throw mapper.error(
                        entry.value,
                        "'\(text)' is not a span of hours; write \"11:00-22:30\", "
                            + "\"12:00-14:30, 18:00-23:00\" or closed")
                }
                hours[entry.key] = text
            }
        }
        return hours
    }
}
