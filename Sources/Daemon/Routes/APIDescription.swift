import Assembly
import Configuration
import Telemetry
import Twilio
import TwilioServer
import Wire

/// The description of what the daemon answers, as OpenAPI 3.1 has it: made from the tables that the
/// router goes by, so that nothing is answered that is not described.
///
/// Source: OpenAPI Specification 3.1.
struct APIDescription {
    /// Where it is asked for.
    static let path = "/openapi.json"

    private let configuration: Configuration
    private let pages: [Page]

    init(_ configuration: Configuration, pages: [Page]) {
        self.configuration = configuration
        self.pages = pages
    }

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
            .init("paths", .object(pagePaths + webhooks)),
            .init("components", components),
        ])
    }

    private var pagePaths: [JSONValue.Member] {
        let own = APIOperation.page(
            "getDescription", "This description.", .json(.object([], isClosed: false)))
        return (pages.map { ($0.path, $0.operation) } + [(Self.path, own)]).map { path, operation in
            .init(path, .object([.init("get", operation.json)]))
        }
    }

    private var webhooks: [JSONValue.Member] {
        configuration.routes.sorted { $0.key < $1.key }.map { path, route in
            var methods = [JSONValue.Member("post", route.operation(at: path).json)]
            if route.webhook == .status {
                let get = APIOperation(
                    id: "getStatus" + APIOperation.identifier(path), tag: "health",
                    summary: "Whether the Twilio account is set up.",
                    answers: [
                        .init("200", "What is known of the account.", .json(.named("Account")))
                    ])
                methods.insert(.init("get", get.json), at: 0)
            }
            return .init(path, .object(methods))
        }
    }

    private var components: JSONValue {
        let schemas = pages.flatMap(\.schemas) + Self.shared
        return .object([
            .init("schemas", .object(schemas.map { .init($0.name, $0.schema.json) })),
            .init("securitySchemes", Self.securitySchemes),
        ])
    }

    /// What several pages, and webhooks, answer.
    private static let shared: [(name: String, schema: APISchema)] = [
        (
            "Account",
            .object([
                .init("twilio_configured", .boolean), .init("phone_number", .text),
                .init("account_sid", .text, "The middle is left out."),
            ])
        ),
        ("Error", .object([.init("error", .text), .init("message", .text)])),
    ]

    private static let securitySchemes = JSONValue.object([
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
    ])
}
