import Assistants
import Options

/// `prompts` of an assistant: sentences of the scripted dialogue in the owner's words.
extension AssistantBlock {
    static let promptsOption = ConfigurationOption<AssistantBlock>.custom(
        "prompts", allowed: "name of a prompt → a text, or a list of texts that are said in turn",
        "Sentences of the scripted dialogue in your own words. Which there are, and what is filled in "
            + "between braces, stands below for each kind.",
        defaultText: { _ in "{}" },
        apply: { (root, node, mapper) throws(ConfigurationError) in
            root.prompts = try readPrompts(node, mapper).reduce(into: [:]) {
                $0[$1.name] = $1.wordings.map(\.text)
            }
        })

    private struct Prompt {
        var name: String
        var place: SourcePlace
        var wordings: [(text: String, node: YAMLNode)]
    }

    private static func readPrompts(
        _ node: YAMLNode, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> [Prompt] {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(node, "prompts must be a block of names, not \(node.kindName)")
        }
        var prompts: [Prompt] = []
        for entry in entries {
            var nodes = [entry.value]
            if case .sequence(let items, _) = entry.value { nodes = items }
            if nodes.isEmpty {
                mapper.report(
                    entry.value, "prompts.\(entry.key) is empty; give one text or leave it out")
            }
            var wordings: [(text: String, node: YAMLNode)] = []
            for item in nodes {
                mapper.faults.collect { () throws(ConfigurationError) in
                    let text = try mapper.text(item, key: "prompts.\(entry.key)")
                    guard text.contains(where: { !$0.isWhitespace }) else {
                        throw mapper.error(
                            item,
                            "prompts.\(entry.key) has an empty text; write its words or leave it "
                                + "out")
                    }
                    wordings.append((text, item))
                }
            }
            prompts.append(Prompt(name: entry.key, place: entry.keyPlace, wordings: wordings))
        }
        return prompts
    }

    /// Holds the prompts against those that the assistant's kind has; the kind may stand behind them in
    /// the file, so this comes when all of the entry has been read.
    static func checkPrompts(_ node: YAMLNode, of kind: AssistantKind, _ mapper: YAMLMapper) {
        let known = kind.prompts
        // What can't be read was told when it was read.
        let reader = YAMLMapper(file: mapper.file)
        guard let prompts = try? readPrompts(node, reader) else { return }
        for prompt in prompts {
            guard let entry = known.first(where: { $0.name == prompt.name }) else {
                mapper.report(
                    prompt.place,
                    "'\(prompt.name)' is not a prompt of kind \(kind.name)"
                        + mapper.suggestion(for: prompt.name, among: known.map(\.name))
                        + "; docs/configuration.md has them all")
                continue
            }
            for wording in prompt.wordings {
                if let fault = entry.fault(in: wording.text) {
                    mapper.report(wording.node, "prompts.\(prompt.name): \(fault)")
                }
            }
        }
    }
}
