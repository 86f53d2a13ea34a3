import Foundation
import Net
import Wire

/// OpenAI's Realtime interface in a session that only transcribes, turn detection off.
final class OpenAIRealtimeStandIn: WebSocketHandler {
    /// Less audio than this cannot be committed: 100 ms.
    static let commitSampleCountMin = 800

    private let hearing: StreamedHearing
    private var connection: HearingConnection?
    private var isConfigured = false
    private var bufferStart = 0
    private var itemCount = 0
    private var eventCount = 0

    /// Nil for a query that the service would refuse.
    init?(_ hearing: StreamedHearing, _ parameters: [String: String]) {
        guard parameters["intent"] == "transcription" else { return nil }
        self.hearing = hearing
    }

    func webSocketOpened(_ socket: WebSocket) {
        connection = HearingConnection(hearing, socket: socket)
        say(
            "session.created",
            [.init("session", .object([.init("type", .string("transcription"))]))])
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        guard let connection, let message = try? JSONValue(parsing: Array(bytes).span) else {
            return complain("invalid_json", "The message is not JSON.")
        }
        switch message["type"]?.stringValue {
        case "session.update": configure(message["session"])
        case "input_audio_buffer.append": append(message, connection)
        case "input_audio_buffer.commit": commit(connection)
        case "input_audio_buffer.clear":
            bufferStart = connection.through
            connection.forget(before: bufferStart)
            say("input_audio_buffer.cleared", [])
        default: complain("invalid_value", "The type of the event is not known.")
        }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        connection?.close()
    }

    private func configure(_ session: JSONValue?) {
        let input = session?["audio"]?["input"]
        guard session?["type"]?.stringValue == "transcription",
            let format = input?["format"]?["type"]?.stringValue,
            input?["transcription"]?["model"]?.stringValue?.isEmpty == false,
            input?["turn_detection"] == .null, format == "audio/pcmu"
        else {
            return complain("invalid_value", "This session is not made here.")
        }
        isConfigured = true
        say("session.updated", [.init("session", session ?? .null)])
    }

    private func append(_ message: JSONValue, _ connection: HearingConnection) {
        guard isConfigured, let text = message["audio"]?.stringValue,
            let audio = Data(base64Encoded: text)
        else { return complain("invalid_value", "The audio is not Base64, or not expected.") }
        audio.withUnsafeBytes { connection.hear(muLaw: $0) }
    }

    private func commit(_ connection: HearingConnection) {
        guard connection.through - bufferStart >= Self.commitSampleCountMin else {
            return complain(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small.")
        }
        let text = connection.words(from: bufferStart)
        bufferStart = connection.through
        connection.forget(before: bufferStart)
        itemCount += 1
        let item = "item_\(itemCount)"
        connection.beginAnswer(
            "\"\(text)\" by commit", error: { self.error("\($0)", "Told to fail.") })
        say(
            "input_audio_buffer.committed",
            [.init("item_id", .string(item)), .init("previous_item_id", .null)])
        let transcription = "conversation.item.input_audio_transcription."
        let place = [
            JSONValue.Member("item_id", .string(item)), .init("content_index", .integer(0)),
        ]
        var isFirst = true
        for word in text.split(separator: " ") {
            say(
                transcription + "delta",
                place + [.init("delta", .string(isFirst ? String(word) : " \(word)"))],
                after: isFirst ? hearing.drawNanos() : 0)
            isFirst = false
        }
        say(
            transcription + "completed", place + [.init("transcript", .string(text))],
            after: isFirst ? hearing.drawNanos() : 0)
        connection.endAnswer()
    }

    private func say(_ type: String, _ members: [JSONValue.Member], after nanos: UInt64 = 0) {
        eventCount += 1
        connection?.say(
            .object(
                [
                    .init("event_id", .string("event_\(eventCount)")), .init("type", .string(type)),
                ] + members), after: nanos)
    }

    private func complain(_ code: String, _ message: String) {
        connection?.say(error(code, message))
    }

    private func error(_ code: String, _ message: String) -> JSONValue {
        .object([
            .init("type", .string("error")),
            .init(
                "error",
                .object([
                    .init("type", .string("invalid_request_error")), .init("code", .string(code)),
                    .init("message", .string(message)),
                ])),
        ])
    }
}
