import Wire

/// One method at one path, as the description tells it.
struct APIOperation: Sendable {
    enum Access: String, Sendable { case open, bearer, twilio }

    /// The answer that comes back with a status.
    struct Answer: Sendable {
        enum Content: Sendable {
            case nothing
            case json(APISchema)
            case text
            case twiML
        }
        /// `200`, or `default`.
        var status: String
        var about: String
        var content: Content

        init(_ status: String, _ about: String, _ content: Content = .text) {
            self.status = status
            self.about = about
            self.content = content
        }
    }

    var id: String
    var tag: String
    var summary: String
    var access = Access.open
    /// Names of the parts of the path.
    var parameters: [APISchema.Field] = []
    /// Fields of the form that is sent; nil where nothing is sent.
    var form: [APISchema.Field]?
    var answers: [Answer]

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .string(id)), .init("tags", .array([.string(tag)])),
            .init("summary", .string(summary)), .init("security", security),
        ]
        if !parameters.isEmpty {
            members.append(.init("parameters", .array(parameters.map(Self.parameter))))
        }
        if let form { members.append(.init("requestBody", Self.body(form))) }
        members.append(
            .init("responses", .object(answers.map { .init($0.status, Self.response($0)) })))
        return .object(members)
    }

    private var security: JSONValue {
        switch access {
        case .open: .array([])
        case .bearer, .twilio: .array([.object([.init(access.rawValue, .array([]))])])
        }
    }

    private static func parameter(_ field: APISchema.Field) -> JSONValue {
        .object([
            .init("name", .string(field.name)), .init("in", .string("path")),
            .init("required", .bool(true)), .init("description", .string(field.about)),
            .init("schema", field.schema.json),
        ])
    }

    private static func body(_ fields: [APISchema.Field]) -> JSONValue {
        .object([
            .init("required", .bool(true)),
            .init(
                "content",
                media(
                    "application/x-www-form-urlencoded",
                    APISchema.object(fields, isClosed: false).json)),
        ])
    }

    private static func response(_ answer: Answer) -> JSONValue {
        var members: [JSONValue.Member] = [.init("description", .string(answer.about))]
        switch answer.content {
        case .nothing: break
        case .json(let schema):
            members.append(.init("content", media("application/json", schema.json)))
        case .text: members.append(.init("content", media("text/plain", APISchema.text.json)))
        case .twiML: members.append(.init("content", media("text/xml", APISchema.text.json)))
        }
        return .object(members)
    }

    private static func media(_ type: String, _ schema: JSONValue) -> JSONValue {
        .object([.init(type, .object([.init("schema", schema)]))])
    }
}
