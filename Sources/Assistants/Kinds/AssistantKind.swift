/// A kind of assistant, such as a restaurant's: a value that names its definition.
///
/// A new kind is a folder of its own with an ``AssistantKindDefinition``, and a line in ``all``.
public struct AssistantKind: Sendable {
    /// Every kind, in the order in which the reference tells of them.
    public static let all: [AssistantKind] = [
        .reservations,
        .restaurant,
        .serviceDesk,
        .directory,
    ]

    let definition: any AssistantKindDefinition.Type

    init(_ definition: any AssistantKindDefinition.Type) { self.definition = definition }

    /// The kind of that name; nil where there is none.
    public init?(named name: String) {
        guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// Its name in the configuration.
    public var name: String { definition.name }
    /// What it does, after "assistant that can".
    public var summary: String { definition.summary }
    /// The records that it has in files.
    public var imports: Set<ImportedRecords> { definition.imports }
    /// Keys of its entry in the configuration that not every kind has.
    public var keys: [String] { definition.keys }
    /// The sentences that its scripted dialogue says.
    public var prompts: [PromptEntry] { definition.prompts }
    /// What a language model can do as such an assistant.
    public var tools: ToolBox { definition.tools }
}

extension AssistantKind: Equatable {
    public static func == (left: AssistantKind, right: AssistantKind) -> Bool {
        left.name == right.name
    }
}

/// Records that an assistant has in a file of comma-separated values.
public enum ImportedRecords: String, CaseIterable, Sendable {
    case menu, customers, hospitals, tables
}
