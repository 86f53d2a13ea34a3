import Net
import Wire

/// Piper's HTTP server in its three generations: JSON to `/piper/synthesize` as since 1.4, JSON to
/// `/piper-1.3/`, and bare text to `/piper-1.0/`. Source: Piper's `http_server.py` of those versions.
enum PiperStandIn {
    /// Of the voices that most people take.
    static let sampleRate = 22_050

    /// Nil for what is none of its routes.
    static func read(_ request: HTTPRequest) -> SpeechRequest? {
        let parts = request.path.split(separator: "/")
        guard request.method == "POST", let server = parts.first,
            ["piper", "piper-1.3", "piper-1.0"].contains(server)
        else { return nil }
        let route = parts.dropFirst().joined(separator: "/")
        switch (server, route) {
        case ("piper", "synthesize"), ("piper-1.3", ""): return readJSON(request)
        case ("piper-1.0", ""):
            let text = String(decoding: request.body, as: UTF8.self)
            return text.isEmpty ? refusal(500) : speak(text, voice: "", scale: 1)
        // The page that shows what it can do is there, so the method is what is wrong.
        case (_, ""): return refusal(405)
        default: return refusal(404)
        }
    }

    private static func readJSON(_ request: HTTPRequest) -> SpeechRequest {
        // Whatever the type says, it is read as JSON, and its loss is an error of the server's.
        guard let json = try? JSONValue(parsing: request.body.span),
            let text = json["text"]?.stringValue, !text.isEmpty
        else { return refusal(500) }
        return speak(
            text, voice: json["voice"]?.stringValue ?? "",
            scale: json["length_scale"]?.doubleValue ?? 1)
    }

    private static func speak(_ text: String, voice: String, scale: Double) -> SpeechRequest {
        var order = SpeechOrder(
            text: text, voice: voice, speed: 1 / scale, form: .wave(rate: sampleRate))
        // The file is made whole, and called what the web framework calls everything.
        order.isStreamed = false
        order.contentType = "text/html; charset=utf-8"
        return .speak(order)
    }

    private static func refusal(_ status: Int) -> SpeechRequest {
        .refuse(page(status, "<!doctype html>\n<title>\(status)</title>\n"))
    }

    private static func page(_ status: Int, _ text: String) -> AnswerPlan {
        var plan = AnswerPlan(
            contentType: "text/html; charset=utf-8", isStreamed: false,
            pieces: [.init(atNanos: 0, bytes: Array(text.utf8))])
        plan.status = status
        return plan
    }
}
