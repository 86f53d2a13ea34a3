import Configuration
import Telemetry
import Twilio
import Wire

/// The description of what the daemon answers, as OpenAPI 3.1 has it: made from the tables that the
/// router goes by, so that nothing is answered that is not described.
///
/// Source: OpenAPI Specification 3.1.
struct APIDescription {
    let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    var json: JSONValue {
        let server = configuration.twilio.publicURL
        return .object([
            .init("openapi", .string("3.1.0")),
            .init(
                "info",
                .object([
                    .init("title", .string("streamd")),
                    .init("version", .string(StreamdVersion.current)),
                    .init(
                        "description",
                        .string("Telephone conversations over Twilio: webhooks, calls, health.")),
                ])),
            .init(
                "servers",
                .array([.object([.init("url", .string(server.isEmpty ? "/" : server))])])),
            .init("paths", .object(pages + webhooks)),
            .init("components", Self.components),
        ])
    }

    private var pages: [JSONValue.Member] {
        PageRoute.allCases.map { page in
            .init(page.path, .object([.init("get", page.operation.json)]))
        }
    }

    private var webhooks: [JSONValue.Member] {
        configuration.routes.sorted { $0.key < $1.key }.map { path, route in
            var methods = [JSONValue.Member("post", route.operation(at: path).json)]
            if route.webhook == .status {
                let get = APIOperation(
                    id: "getStatus" + Self.identifier(path), tag: "health",
                    summary: "Whether the Twilio account is set up.",
                    answers: [
                        .init("200", "What is known of the account.", .json(.named("Account")))
                    ])
                methods.insert(.init("get", get.json), at: 0)
            }
            return .init(path, .object(methods))
        }
    }

    /// A path as a part of an operation's name, which has letters and digits only.
    static func identifier(_ path: String) -> String {
        path.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let components = JSONValue.object([
        .init("schemas", .object(schemas.map { .init($0.name, $0.schema.json) })),
        .init(
            "securitySchemes",
            .object([
                .init(
                    APIOperation.Access.bearer.rawValue,
                    .object([
                        .init("type", .string("http")), .init("scheme", .string("bearer")),
                        .init(
                            "description", .string("A token of STREAMD_API_TOKENS.")),
                    ])),
                .init(
                    APIOperation.Access.twilio.rawValue,
                    .object([
                        .init("type", .string("apiKey")), .init("in", .string("header")),
                        .init("name", .string(TwilioSignature.headerName)),
                        .init(
                            "description",
                            .string(
                                "Twilio's signature of the request; not asked for with "
                                    + "twilio.validateSignatures: false.")),
                    ])),
            ])),
    ])

    private static let schemas: [(name: String, schema: APISchema)] = [
        (
            "Health",
            .object([
                .init("status", .word(of: ["healthy", "draining"])),
                .init("active_calls", .integer),
                .init("version", .text),
            ])
        ),
        (
            "TwilioHealth",
            .object([
                .init("status", .word(of: ["healthy", "draining"])),
                .init("active_calls", .integer),
                .init(
                    "config",
                    .object([.init("twilio_configured", .boolean), .init("webhook_url", .text)])),
                .init("version", .text),
            ])
        ),
        (
            "Account",
            .object([
                .init("twilio_configured", .boolean), .init("phone_number", .text),
                .init("account_sid", .text, "The middle is left out."),
            ])
        ),
        (
            "LiveCall",
            .object(
                callFields + [
                    .init("path", path, pathText), .init("status", .word(of: ["in-progress"])),
                    .init("started_at", .date), .init("duration_seconds", .integer),
                ])
        ),
        (
            "LiveCalls",
            .object([
                .init("active_calls", .integer), .init("calls", .list(.named("LiveCall"))),
            ])
        ),
        (
            "Call",
            .object(
                callFields + [
                    .init("status", .text, "Twilio's word: in-progress, completed, busy …"),
                    .init("is_live", .boolean), .init("path", .orNull(path), pathText),
                    .init("started_at", .date), .init("ended_at", .orNull(.date)),
                    .init("duration_seconds", .orNull(.integer)),
                    .init("turns", .list(.named("Turn"))),
                ])
        ),
        (
            "Turn",
            .object([
                .init("turn", .integer), .init("at", .date), .init("caller", .text),
                .init("assistant", .text, "What the caller heard of the reply."),
            ])
        ),
        ("Error", .object([.init("error", .text), .init("message", .text)])),
    ]

    private static let callFields: [APISchema.Field] = [
        .init("call_sid", .text), .init("assistant", .text, "Its id in the configuration."),
        .init("from", .text), .init("to", .text),
    ]
    private static let path = APISchema.word(of: CallPath.allCases.map(\.rawValue))
    private static let pathText = "How the call is held; null for a call that is over."
}
