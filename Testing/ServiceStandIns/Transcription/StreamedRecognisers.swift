import Net

/// The services that take speech over a WebSocket, by their paths.
final class StreamedRecognisers: Sendable {
    private let hearing: StreamedHearing

    init(_ hearing: StreamedHearing) { self.hearing = hearing }

    static let paths = ["/v1/listen", "/v2/listen", "/v1/realtime", "/asr"]

    /// Accepts the handshake, or refuses it. On the connection's loop.
    func accept(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if let status = hearing.refusal() {
            return responder.respond(
                HTTPResponse(
                    status: status,
                    json: .object([.init("error", .string("The stand-in was told to fail."))])))
        }
        let query = (try? request.queryParameters()) ?? []
        let parameters = Dictionary(query.map { ($0.name, $0.value) }) { first, _ in first }
        let handler: (any WebSocketHandler)?
        switch request.path {
        case "/v1/listen": handler = DeepgramListenStandIn(hearing, parameters)
        case "/v2/listen": handler = DeepgramFluxStandIn(hearing, parameters)
        case "/v1/realtime": handler = OpenAIRealtimeStandIn(hearing, parameters)
        default: handler = ConcyaListenStandIn(hearing)
        }
        guard let handler else {
            return responder.respond(
                HTTPResponse(
                    status: 400,
                    json: .object([
                        .init("err_code", .string("INVALID_QUERY_PARAMETER")),
                        .init("err_msg", .string("The query is not understood: \(request.query)")),
                    ])))
        }
        let scheme = request.headers["Authorization"]?.split(separator: " ").first ?? "no"
        hearing.statistics.note(.stt, "connection \(request.path) with \(scheme) key")
        _ = responder.acceptWebSocket(handler: handler)
    }
}
