import Options
import Pipelines

/// The keys of calls held by `<Gather>`, of text messages, and of where Twilio's webhooks are answered.
extension Configuration {
    package static let webhookOptions: [ConfigurationOption<Configuration>] =
        gatherOptions + queueOptions + messagingOptions

    private static let gatherOptions: [ConfigurationOption<Configuration>] = [
        .integer(
            "gather.timeoutSeconds", \.gather.timeoutSeconds, 1...60, unit: "s",
            "Silence after a question before the caller is asked again."),
        .text(
            "gather.speechTimeout", \.gather.speechTimeout, allowed: "auto, or seconds",
            "Silence that ends what the caller says."),
        .text(
            "gather.speechModel", \.gather.speechModel, allowed: "Twilio's name of a model",
            "Which of Twilio's speech models listens; empty leaves it to Twilio."),
        .integer(
            "gather.hintsMax", \.gather.hintsMax, 0...500,
            "Words of the menu that Twilio is told to expect."),
        .number(
            "gather.confidenceMin", \.gather.confidenceMin, 0...1,
            "Twilio's confidence under which words count as not understood."),
        .integer(
            "gather.confidenceMissesMax", \.gather.confidenceMissesMax, 1...20,
            "Turns in a row that were not understood before the call is handed over to the "
                + "assistant's handOverNumber."),
        .integer(
            "gather.answerMs", \.gather.answerMs, 100...12_000, unit: "ms",
            "How long a webhook waits for a reply before the caller hears \"One moment\"; Twilio gives "
                + "up after 15 s."),
        .integer(
            "gather.waitsMax", \.gather.waitsMax, 1...30,
            "How often the caller hears that before the turn is given up with an apology."),
        .integer(
            "gather.stateMinutes", \.gather.stateMinutes, 1...1440, unit: "min",
            "How long a call's conversation is remembered after its last turn."),
        .integer(
            "gather.idleSeconds", \.gather.idleSeconds, 30...3600, unit: "s",
            "A call of which nothing is heard for this long no longer counts as live."),
    ]

    private static let queueOptions: [ConfigurationOption<Configuration>] = [
        .integer(
            "queue.placesMax", \.queue.placesMax, 0...10_000,
            "Callers who may wait when limits.maxCalls are live; 0 turns them away at once."),
        .text(
            "queue.music", \.queue.music, allowed: "address of a sound file",
            "What they hear while they wait; empty means silence."),
        .integer(
            "queue.holdSeconds", \.queue.holdSeconds, 1...600, unit: "s",
            "How often their place is looked up and told, where there is no music."),
        .integer(
            "queue.waitSecondsMax", \.queue.waitSecondsMax, 10...7200, unit: "s",
            "How long anybody waits before the call ends with the alternative."),
        .text(
            "queue.alternative", \.queue.alternative,
            "What callers are told who cannot be taken, such as \"You can also order at "
                + "bella.example.\""),
    ]

    private static let messagingOptions: [ConfigurationOption<Configuration>] = [
        .integer(
            "sms.conversationMinutes", \.sms.conversationMinutes, 1...10_080, unit: "min",
            "How long a conversation by text goes on after its last message."),
        .integer(
            "sms.charactersMax", \.sms.charactersMax, 160...10_000,
            "What is read of one message; the rest is kept but not answered to."),
        .integer(
            "sms.repliesMax", \.sms.repliesMax, 1...10,
            "Messages of 1,600 characters that an answer may take."),
        .choice(
            "sms.keywordReplies", \.sms.keywordReplies,
            "Who answers STOP, START and HELP: streamd, or Twilio where its own handling of opt-outs "
                + "is on. They are obeyed in any case."),
        .integer(
            "outbox.pollMs", \.outbox.pollMs, 10...60_000, unit: "ms",
            "How often messages that are due are looked for."),
        .integer(
            "outbox.timeoutMs", \.outbox.timeoutMs, 100...60_000, unit: "ms",
            "Time Twilio's REST API has to answer."),
        .integer(
            "outbox.retryMs", \.outbox.retryMs, 1...600_000, unit: "ms",
            "Pause before a message is tried again; doubled each time."),
        .integer(
            "outbox.retryMsMax", \.outbox.retryMsMax, 1...3_600_000, unit: "ms",
            "Longest such pause."),
        .integer(
            "outbox.attemptsMax", \.outbox.attemptsMax, 1...1000,
            "Tries after which a message is given up."),
    ]

    package static let numberOptions: [ConfigurationOption<Configuration>] = [
        .custom(
            "numbers", allowed: "called number in E.164 → assistant id, or {assistant, path}",
            field: OptionField(\.numbers),
            "Who answers which number, and by stream or by gather; without a path as the route says, "
                + "and then the assistant.",
            defaultText: { _ in "{}" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root.numbers = try readNumbers(node, mapper)
            }),
        .custom(
            "routes",
            allowed:
                "path → voice, speech, after, status or sms, or {webhook, assistant, path, speech}",
            field: OptionField(\.routes),
            "Where Twilio's webhooks are answered, added to the addresses that docs/webhooks.md lists. "
                + "The called number decides who answers; assistant is for numbers that nobody has.",
            defaultText: { _ in "{}" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                try readRoutes(node, into: &root.routes, mapper)
            }),
    ]

    private static func readNumbers(
        _ node: YAMLNode, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> [String: NumberBlock] {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(
                node, "numbers must be a block of \"+15551234567\": id, not \(node.kindName)")
        }
        var numbers: [String: NumberBlock] = [:]
        for entry in entries {
            guard TelephoneNumber.callback(entry.key) != nil else {
                mapper.report(
                    entry.keyPlace,
                    "'\(entry.key)' is not a number in E.164; write \"+15551234567\"")
                continue
            }
            let name = "numbers.\(entry.key)"
            mapper.faults.collect { () throws(ConfigurationError) in
                var block = NumberBlock(assistant: "")
                if case .mapping = entry.value {
                    let faulty = mapper.map(
                        entry.value, into: &block, options: NumberBlock.options,
                        context: "\(name): ")
                    if faulty.contains("assistant") { return }
                } else {
                    block.assistant = try mapper.text(entry.value, key: name)
                }
                numbers[entry.key] = block
            }
        }
        return numbers
    }

    private static func readRoutes(
        _ node: YAMLNode, into routes: inout [String: RouteBlock], _ mapper: YAMLMapper
    ) throws(ConfigurationError) {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(node, "routes must be a block of /path: webhook")
        }
        for entry in entries {
            guard entry.key.hasPrefix("/"), !entry.key.contains(where: { "?# ".contains($0) })
            else {
                mapper.report(
                    entry.keyPlace,
                    "'\(entry.key)' is not a path; write one like /api/voice/welcome")
                continue
            }
            mapper.faults.collect { () throws(ConfigurationError) in
                try readRoute(entry.value, at: entry.key, into: &routes, mapper)
            }
        }
    }

    private static func readRoute(
        _ node: YAMLNode, at path: String, into routes: inout [String: RouteBlock],
        _ mapper: YAMLMapper
    ) throws(ConfigurationError) {
        let name = "routes.\(path)"
        var block = routes[path] ?? RouteBlock(.voice)
        if case .mapping = node {
            let faulty = mapper.map(
                node, into: &block, options: RouteBlock.options, context: "\(name): ")
            guard faulty.isEmpty else { return }
        } else {
            let word = try mapper.text(node, key: name)
            let known = RouteBlock.Webhook.allCases.map(\.rawValue)
            guard let webhook = RouteBlock.Webhook(rawValue: word) else {
                throw mapper.error(
                    node,
                    "\(name): '\(word)' is not one of \(known.joined(separator: ", "))"
                        + mapper.suggestion(for: word, among: known))
            }
            block = RouteBlock(webhook)
        }
        routes[path] = block
    }
}

extension ConfigurationOption {
    /// A choice that may be left to others.
    package static func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Root, Choice?>, _ summary: String
    ) -> Self {
        let names = Choice.allCases.map(\.rawValue)
        return .custom(
            key, allowed: names.joined(separator: ", "), summary,
            defaultText: { $0[keyPath: path]?.rawValue ?? "" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                let name = try mapper.text(node, key: key)
                guard let value = Choice(rawValue: name) else {
                    throw mapper.error(
                        node, "\(key): '\(name)' is not one of \(names.joined(separator: ", "))")
                }
                root[keyPath: path] = value
            })
    }
}

extension NumberBlock {
    fileprivate static let options: [ConfigurationOption<NumberBlock>] = [
        .text("assistant", \.assistant, ""), .optionalChoice("path", \.path, ""),
    ]
}

extension RouteBlock {
    fileprivate static let options: [ConfigurationOption<RouteBlock>] = [
        .choice("webhook", \.webhook, ""), .text("assistant", \.assistant, ""),
        .optionalChoice("path", \.path, ""), .text("speech", \.speech, ""),
    ]
}
