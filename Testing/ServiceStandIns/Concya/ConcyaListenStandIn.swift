import Net
import Wire

/// A WhisperLiveKit server's `/asr`, as Concya has it: samples in, all that was heard out, again and
/// again; an empty message ends the audio.
final class ConcyaListenStandIn: WebSocketHandler {
    /// An update after so much audio: a second.
    static let updateSampleCount = 8000

    private let hearing: StreamedHearing
    private var connection: HearingConnection?
    private var updatedThrough = 0
    private var hasEnded = false

    init(_ hearing: StreamedHearing) { self.hearing = hearing }

    func webSocketOpened(_ socket: WebSocket) {
        let connection = HearingConnection(hearing, socket: socket)
        self.connection = connection
        connection.say(
            .object([
                .init("type", .string("config")), .init("useAudioWorklet", .bool(true)),
                .init("mode", .string("full")),
            ]))
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        guard let connection, !hasEnded else { return }
        guard !bytes.isEmpty else { return end(connection) }
        connection.hear(linear: bytes, rate: 16_000)
        guard connection.through - updatedThrough >= Self.updateSampleCount else { return }
        updatedThrough = connection.through
        connection.say(state(line: "", buffer: connection.words(from: 0)))
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        socket.close(code: WebSocketCloseCode.unsupportedData, reason: "audio is expected")
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        connection?.close()
    }

    private func end(_ connection: HearingConnection) {
        hasEnded = true
        let text = connection.words(from: 0)
        connection.beginAnswer(
            "\"\(text)\" by an empty message",
            error: { .object([.init("error", .string("The stand-in was told to fail: \($0)"))]) })
        connection.say(state(line: text, buffer: ""), after: hearing.drawNanos())
        connection.say(.object([.init("type", .string("ready_to_stop"))]))
        connection.endAnswer()
    }

    private func state(line: String, buffer: String) -> JSONValue {
        let lines: [JSONValue] =
            line.isEmpty
            ? []
            : [
                .object([
                    .init("speaker", .integer(1)), .init("text", .string(line)),
                    .init("start", .string("0:00:00")), .init("end", .string("0:00:01")),
                ])
            ]
        let isQuiet = line.isEmpty && buffer.isEmpty
        return .object([
            .init("status", .string(isQuiet ? "no_audio_detected" : "active_transcription")),
            .init("lines", .array(lines)), .init("buffer_transcription", .string(buffer)),
            .init("buffer_diarization", .string("")),
            .init("remaining_time_transcription", .number(0)),
            .init("remaining_time_diarization", .number(0)),
        ])
    }
}
