import Net
import Wire

/// Deepgram's `/v1/listen`: interim results, segments that end by silence or by `Finalize`,
/// `UtteranceEnd`, and an end after ten seconds without a word of the client.
final class DeepgramListenStandIn: WebSocketHandler {
    static let idleMsMax = 10_000
    /// A `Finalize` of less than this is not answered.
    static let finalizeSampleCountMin = 400
    /// A new interim result after so much audio.
    static let interimSampleCount = 8000

    private let hearing: StreamedHearing
    private let isLinear: Bool
    private let rate: Int
    /// Silence that ends a segment; nil leaves that to `Finalize`.
    private let endpointingSampleCount: Int?
    private let hasInterim: Bool
    private let utteranceEndSampleCount: Int?
    private var connection: HearingConnection?
    private var idle: LoopTimer?
    private var segmentStart = 0
    private var interimThrough = 0
    private var lastWordEnd: Int?

    /// Nil for a query that the service would refuse.
    init?(_ hearing: StreamedHearing, _ parameters: [String: String]) {
        let encoding = parameters["encoding"] ?? ""
        guard let rate = parameters["sample_rate"].flatMap({ Int($0) }),
            ["mulaw", "linear16"].contains(encoding), rate == 8000 || rate == 16_000
        else { return nil }
        self.hearing = hearing
        self.rate = rate
        isLinear = encoding == "linear16"
        endpointingSampleCount = parameters["endpointing"].flatMap { Int($0) }.map { $0 * 8 }
        hasInterim = parameters["interim_results"] == "true"
        utteranceEndSampleCount = parameters["utterance_end_ms"].flatMap { Int($0) }.map { $0 * 8 }
        // The service takes nothing shorter, and only with interim results.
        if let utteranceEndSampleCount, utteranceEndSampleCount < 8000 || !hasInterim { return nil }
    }

    func webSocketOpened(_ socket: WebSocket) {
        connection = HearingConnection(hearing, socket: socket)
        idle = socket.loop.makeTimer { [weak socket] in
            socket?.close(code: 1011, reason: "NET-0001: no audio and no KeepAlive")
        }
        idle?.set(afterMs: Self.idleMsMax)
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        idle?.set(afterMs: Self.idleMsMax)
        guard let connection else { return }
        if isLinear {
            connection.hear(linear: bytes, rate: rate)
        } else {
            connection.hear(muLaw: bytes)
        }
        if let endpointingSampleCount, connection.silentCount >= endpointingSampleCount,
            connection.hasSound(from: segmentStart)
        {
            endSegment(connection, isBySilence: true)
        } else if hasInterim, connection.through - interimThrough >= Self.interimSampleCount {
            interimThrough = connection.through
            connection.say(result(connection, connection.words(from: segmentStart)))
        }
        if let utteranceEndSampleCount, let end = lastWordEnd,
            connection.through - end >= utteranceEndSampleCount
        {
            lastWordEnd = nil
            connection.say(
                .object([
                    .init("type", .string("UtteranceEnd")),
                    .init("channel", .array([.integer(0), .integer(1)])),
                    .init("last_word_end", .number(Self.seconds(end))),
                ]))
        }
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        idle?.set(afterMs: Self.idleMsMax)
        guard let connection else { return }
        let message = try? JSONValue(parsing: Array(bytes).span)
        switch message?["type"]?.stringValue {
        case "KeepAlive": break
        case "Finalize":
            if connection.through - segmentStart >= Self.finalizeSampleCountMin {
                endSegment(connection, isBySilence: false)
            }
        case "CloseStream":
            connection.say(
                .object([
                    .init("type", .string("Metadata")),
                    .init("duration", .number(Self.seconds(connection.through))),
                ]))
            socket.close()
        default:
            connection.say(Self.error("SCHEMA", "the message is not understood"))
            socket.close(code: 1008, reason: "DATA-0000")
        }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        idle?.close()
        connection?.close()
    }

    private func endSegment(_ connection: HearingConnection, isBySilence: Bool) {
        let text = connection.words(from: segmentStart)
        connection.beginAnswer(
            "\"\(text)\" by \(isBySilence ? "silence" : "Finalize")",
            error: { Self.error("\($0)", "The stand-in was told to fail.") })
        if hasInterim { connection.say(result(connection, text)) }
        let answer = result(
            connection, text, isFinal: true, isBySilence: isBySilence)
        if !text.isEmpty { lastWordEnd = connection.through - connection.silentCount }
        segmentStart = connection.through
        interimThrough = segmentStart
        connection.forget(before: segmentStart)
        connection.say(answer, after: hearing.drawNanos())
        connection.endAnswer()
    }

    private func result(
        _ connection: HearingConnection, _ text: String, isFinal: Bool = false,
        isBySilence: Bool = false
    ) -> JSONValue {
        let alternative = JSONValue.object([
            .init("transcript", .string(text)),
            .init("confidence", .number(text.isEmpty ? 0 : 0.99)), .init("words", .array([])),
        ])
        return .object([
            .init("type", .string("Results")),
            .init("channel_index", .array([.integer(0), .integer(1)])),
            .init("start", .number(Self.seconds(segmentStart))),
            .init("duration", .number(Self.seconds(connection.through - segmentStart))),
            .init("is_final", .bool(isFinal)), .init("speech_final", .bool(isBySilence)),
            .init("channel", .object([.init("alternatives", .array([alternative]))])),
            .init("from_finalize", .bool(isFinal && !isBySilence)),
        ])
    }

    static func seconds(_ sampleCount: Int) -> Double { Double(sampleCount) / 8000 }

    static func error(_ code: String, _ description: String) -> JSONValue {
        .object([
            .init("type", .string("Error")), .init("code", .string(code)),
            .init("description", .string(description)),
        ])
    }
}
