import Wire

/// One method at one path, as the description tells it.
package struct APIOperation: Sendable {
    package enum Access: String, Sendable { case open, bearer, twilio }

    /// The answer that comes back with a status.
    package struct Answer: Sendable {
        package enum Content: Sendable {
            case nothing
            case json(APISchema)
            case text
            case twiML
        }
        /// `200`, or `default`.
        package var status: String
        package var about: String
        package var content: Content

        package init(_ status: String, _ about: String, _ content: Content = .text) {
            self.status = status
            self.about = about
            self.content = content
        }
    }

    package var id: String
    package var tag: String
    package var summary: String
    package var access = Access.open
    /// Names of the parts of the path.
    package var parameters: [APISchema.Field] = []
    /// Fields of the form that is sent; nil where nothing is sent.
    package var form: [APISchema.Field]?
    package var answers: [Answer]

    package init(
        id: String, tag: String, summary: String, access: Access = .open,
        parameters: [APISchema.Field] = [], form: [APISchema.Field]? = nil, answers: [Answer]
    ) {
        self.id = id
        self.tag = tag
        self.summary = summary
        self.access = access
        self.parameters = parameters
        self.form = form
        self.answers = answers
    }

    package var json: JSONValue {
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

    /// A path as a part of an operation's name, which has letters and digits only.
    package static func identifier(_ path: String) -> String {
        path.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
