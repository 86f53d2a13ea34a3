import Wire

extension ToolDeclaration {
    /// The parameters as a JSON Schema object (draft 2020-12), keys in order of declaration.
    public var parametersSchema: JSONValue { Self.schema(of: parameters) }

    private static func schema(of parameters: [ToolParameter]) -> JSONValue {
        .object([
            .init("type", .string("object")),
            .init(
                "properties",
                .object(
                    parameters.map { parameter in
                        let about = JSONValue.Member("description", .string(parameter.summary))
                        return .init(
                            parameter.name, .object(members(of: parameter.kind) + [about]))
                    })),
            .init(
                "required", .array(parameters.filter(\.isRequired).map { .string($0.name) })),
            .init("additionalProperties", .bool(false)),
        ])
    }

    private static func members(of kind: ToolParameter.Kind) -> [JSONValue.Member] {
        func typed(_ name: String) -> [JSONValue.Member] { [.init("type", .string(name))] }
        return switch kind {
        case .integer(let range):
            typed("integer") + [
                .init("minimum", .integer(range.lowerBound)),
                .init("maximum", .integer(range.upperBound)),
            ]
        case .string(let pattern):
            typed("string") + (pattern.map { [.init("pattern", .string($0))] } ?? [])
        case .choice(let words):
            typed("string") + [.init("enum", .array(words.map(JSONValue.string)))]
        case .choices(let words):
            typed("array") + [.init("items", .object(members(of: .choice(words))))]
        case .texts: typed("array") + [.init("items", .object(typed("string")))]
        case .list(let parameters):
            typed("array") + [
                .init("minItems", .integer(1)), .init("items", schema(of: parameters)),
            ]
        }
    }
}
