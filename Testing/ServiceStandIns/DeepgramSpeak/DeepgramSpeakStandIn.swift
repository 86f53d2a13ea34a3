import Net

/// Deepgram's `POST /v1/speak`. Source: Deepgram API reference, "Text to Speech REST".
enum DeepgramSpeakStandIn {
    /// Longest text that is taken, in letters.
    static let lettersMax = 2000

    static func read(_ request: HTTPRequest) -> SpeechRequest {
        guard request.headers["Authorization"]?.hasPrefix("Token ") == true else {
            return refusal(401, "INVALID_AUTH", "Invalid credentials.")
        }
        let query = (try? request.queryParameters()) ?? []
        func value(_ name: String) -> String? { query.last { $0.name == name }?.value }
        guard let json = try? request.jsonBody(), let text = json["text"]?.stringValue,
            !text.isEmpty
        else { return refusal(400, "PAYLOAD_ERROR", "Failed to deserialize JSON payload.") }
        guard text.count <= lettersMax else {
            return refusal(413, "Input text exceeds maximum character limit", "Too long.")
        }
        let encoding = value("encoding") ?? "linear16"
        let rate = value("sample_rate").map { Int($0) } ?? 24_000
        let form: SpeechForm
        switch (encoding, rate, value("container") ?? "wav") {
        case ("mulaw", 8000, "none"): form = .muLaw
        case ("linear16", let rate?, "none"): form = .linear(rate: rate)
        case ("linear16", let rate?, "wav"): form = .wave(rate: rate)
        default:
            return refusal(
                400, "UNSUPPORTED_AUDIO_FORMAT",
                "Encoding, container and sample rate do not go together.")
        }
        return .speak(
            SpeechOrder(text: text, voice: value("model") ?? "aura-asteria-en", form: form))
    }

    private static func refusal(_ status: Int, _ code: String, _ message: String) -> SpeechRequest {
        .refuse(
            AnswerPlan(
                status: status,
                json: .object([
                    .init("err_code", .string(code)), .init("err_msg", .string(message)),
                    .init("request_id", .string("00000000-0000-4000-8000-000000000000")),
                ])))
    }
}
