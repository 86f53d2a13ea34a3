import Net
import Wire

/// Concya's `POST /speak` and `POST /conversation`. Source: the routes of Concya's own server.
enum ConcyaStandIn {
    /// Speech is an MP3 file, sent whole.
    static func readSpeech(_ request: HTTPRequest) -> SpeechRequest {
        guard let json = try? request.jsonBody(), let text = json["text"]?.stringValue,
            !text.allSatisfy(\.isWhitespace)
        else {
            return .refuse(
                AnswerPlan(
                    status: 400, json: .object([.init("error", .string("Empty text input"))])))
        }
        var order = SpeechOrder(
            text: text, voice: json["voice"]?.stringValue ?? "alloy", form: .mp3)
        order.isStreamed = false
        return .speak(order)
    }

    /// Says the same to everything. A real one remembers what it was asked, so every request is noted.
    static func converse(
        _ request: HTTPRequest, reply: String
    ) -> (plan: AnswerPlan, note: String) {
        guard let json = try? request.jsonBody(), let text = json["text"]?.stringValue,
            let session = json["session_id"]?.stringValue
        else {
            let detail = JSONValue.object([
                .init("type", .string("missing")), .init("msg", .string("Field required")),
            ])
            return (
                AnswerPlan(status: 422, json: .object([.init("detail", .array([detail]))])),
                "refused"
            )
        }
        let answer = JSONValue.object([
            .init("reply", .string(reply)), .init("session_id", .string(session)),
            .init("reservation_data", .null), .init("is_complete", .bool(false)),
        ])
        return (AnswerPlan(json: answer), "\(session): \"\(text)\"")
    }
}
