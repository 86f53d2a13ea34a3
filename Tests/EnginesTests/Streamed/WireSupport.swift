import Engines
import Pipelines
import Wire

/// A service's message from its JSON.
func message(_ json: String) throws -> JSONValue {
    try JSONValue(parsing: Array(json.utf8).span)
}

extension TranscriptionWire {
    /// Hands over messages, one after the other.
    /// - Returns: the hints among them.
    mutating func receive(_ messages: String...) throws -> [EndOfTurnHint] {
        var hints: [EndOfTurnHint] = []
        for text in messages {
            if let hint = try received(try message(text)) { hints.append(hint) }
        }
        return hints
    }
}

/// A service without a server behind it.
func service(_ baseURL: String) -> RemoteService {
    RemoteService(
        stage: "stt test", baseURL: baseURL, headers: [:], connectMs: 100, firstByteMs: 100,
        totalMs: 100, stallMs: 100)
}
