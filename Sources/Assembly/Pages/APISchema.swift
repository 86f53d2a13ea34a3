import Wire

/// The shape of a JSON value, as OpenAPI 3.1 describes it (JSON Schema 2020-12).
package indirect enum APISchema: Sendable {
    /// A field of an object: its name, its shape, and what it tells where the name does not.
    package struct Field: Sendable {
        package var name: String
        package var schema: APISchema
        package var about: String
        /// Objects may come without it.
        package var isOptional = false

        package init(_ name: String, _ schema: APISchema, _ about: String = "") {
            self.name = name
            self.schema = schema
            self.about = about
        }

        package var optional: Field {
            var field = self
            field.isOptional = true
            return field
        }
    }

    case text
    case date
    case word(of: [String])
    case integer
    case boolean
    case list(APISchema)
    /// No fields beside these, where `isClosed`.
    case object([Field], isClosed: Bool = true)
    case orNull(APISchema)
    /// One of `components.schemas`.
    case named(String)

    package var json: JSONValue {
        switch self {
        case .text: Self.type("string")
        case .date: Self.type("string", [.init("format", .string("date-time"))])
        case .word(let words):
            Self.type("string", [.init("enum", .array(words.map { .string($0) }))])
        case .integer: Self.type("integer")
        case .boolean: Self.type("boolean")
        case .list(let schema): Self.type("array", [.init("items", schema.json)])
        case .object(let fields, let isClosed): Self.object(fields, isClosed)
        case .orNull(let schema):
            .object([.init("anyOf", .array([schema.json, Self.type("null")]))])
        case .named(let name):
            .object([.init("$ref", .string("#/components/schemas/\(name)"))])
        }
    }

    private static func type(_ name: String, _ more: [JSONValue.Member] = []) -> JSONValue {
        .object([.init("type", .string(name))] + more)
    }

    private static func object(_ fields: [Field], _ isClosed: Bool) -> JSONValue {
        let properties = fields.map { field -> JSONValue.Member in
            guard case .object(let members) = field.schema.json, !field.about.isEmpty else {
                return .init(field.name, field.schema.json)
            }
            return .init(
                field.name, .object(members + [.init("description", .string(field.about))]))
        }
        let required = fields.filter { !$0.isOptional }.map { JSONValue.string($0.name) }
        var more = [JSONValue.Member("properties", .object(properties))]
        if !required.isEmpty { more.append(.init("required", .array(required))) }
        if isClosed { more.append(.init("additionalProperties", .bool(false))) }
        return type("object", more)
    }
}
