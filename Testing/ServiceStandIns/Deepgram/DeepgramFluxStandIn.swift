import Net
import Wire

/// Deepgram's `/v2/listen`: turns with their events, by silence in the audio's own time.
final class DeepgramFluxStandIn: WebSocketHandler {
    /// An update after so much audio.
    static let updateSampleCount = 2000
    /// Silence after which a turn is likely to have ended, and has.
    static let eagerSampleCount = 1200
    static let endSampleCount = 3200

    private let hearing: StreamedHearing
    private let isLinear: Bool
    private let rate: Int
    private let foreseesEnds: Bool
    private var connection: HearingConnection?
    private var turnIndex = 0
    private var windowStart = 0
    private var updatedThrough = 0
    private var isInTurn = false
    private var isEndForeseen = false
    /// The words at the last event.
    private var text = ""

    /// Nil for a query that the service would refuse.
    init?(_ hearing: StreamedHearing, _ parameters: [String: String]) {
        let encoding = parameters["encoding"] ?? ""
        guard parameters["model"]?.hasPrefix("flux") == true,
            let rate = parameters["sample_rate"].flatMap({ Int($0) }),
            ["mulaw", "linear16"].contains(encoding), rate == 8000 || rate == 16_000
        else { return nil }
        func isFair(_ name: String, _ range: ClosedRange<Double>) -> Bool {
            parameters[name].map { Double($0).map(range.contains) ?? false } ?? true
        }
        guard isFair("eager_eot_threshold", 0.3...0.9), isFair("eot_threshold", 0.5...0.9) else {
            return nil
        }
        self.hearing = hearing
        self.rate = rate
        isLinear = encoding == "linear16"
        foreseesEnds = parameters["eager_eot_threshold"] != nil
    }

    func webSocketOpened(_ socket: WebSocket) {
        let connection = HearingConnection(hearing, socket: socket)
        self.connection = connection
        connection.say(
            .object([.init("type", .string("Connected")), .init("sequence_id", .integer(0))]))
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        guard let connection else { return }
        if isLinear {
            connection.hear(linear: bytes, rate: rate)
        } else {
            connection.hear(muLaw: bytes)
        }
        if isInTurn { follow(connection) } else { lookForTurn(connection) }
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        let message = try? JSONValue(parsing: Array(bytes).span)
        guard message?["type"]?.stringValue == "CloseStream" else {
            connection?.say(DeepgramListenStandIn.error("UNPARSABLE", "no such message"))
            return socket.close(code: 1008, reason: "DATA-0000")
        }
        socket.close()
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        connection?.close()
    }

    // MARK: - Turns

    private func lookForTurn(_ connection: HearingConnection) {
        if connection.hasSound(from: windowStart) {
            isInTurn = true
            text = ""
            connection.beginAnswer(
                "turn \(turnIndex)",
                error: { DeepgramListenStandIn.error("\($0)", "The stand-in was told to fail.") })
            tell("StartOfTurn", connection)
        } else if connection.through - updatedThrough >= Self.updateSampleCount {
            tell("Update", connection)
            // A little of what comes before the sound belongs to it.
            windowStart = max(windowStart, connection.through - 1600)
            connection.forget(before: windowStart)
        }
    }

    private func follow(_ connection: HearingConnection) {
        if connection.silentCount >= Self.endSampleCount {
            if foreseesEnds, !isEndForeseen { foresee(connection) }
            if !foreseesEnds { text = connection.words(from: windowStart) }
            tell("EndOfTurn", connection)
            hearing.statistics.note(.stt, "turn \(turnIndex) \"\(text)\"")
            connection.endAnswer()
            (isInTurn, isEndForeseen) = (false, false)
            turnIndex += 1
            windowStart = connection.through
            connection.forget(before: windowStart)
        } else if connection.silentCount >= Self.eagerSampleCount {
            if foreseesEnds, !isEndForeseen { foresee(connection) }
        } else if isEndForeseen, connection.silentCount == 0 {
            isEndForeseen = false
            tell("TurnResumed", connection)
        } else if connection.through - updatedThrough >= Self.updateSampleCount {
            text = connection.words(from: windowStart)
            tell("Update", connection)
        }
    }

    private func foresee(_ connection: HearingConnection) {
        text = connection.words(from: windowStart)
        // Never without words.
        guard !text.isEmpty else { return }
        isEndForeseen = true
        tell("EagerEndOfTurn", connection)
    }

    private func tell(_ event: String, _ connection: HearingConnection) {
        updatedThrough = connection.through
        let words = isInTurn ? text.split(separator: " ").map(String.init) : []
        let confidence = ["EagerEndOfTurn": 0.6, "EndOfTurn": 0.9][event] ?? 0.1
        connection.say(
            .object([
                .init("type", .string("TurnInfo")), .init("event", .string(event)),
                .init("turn_index", .integer(turnIndex)),
                .init(
                    "audio_window_start", .number(DeepgramListenStandIn.seconds(windowStart))),
                .init(
                    "audio_window_end", .number(DeepgramListenStandIn.seconds(connection.through))),
                .init("transcript", .string(words.joined(separator: " "))),
                .init(
                    "words",
                    .array(
                        words.map {
                            .object([
                                .init("word", .string($0)), .init("confidence", .number(0.98)),
                            ])
                        })),
                .init("end_of_turn_confidence", .number(confidence)),
            ]), after: hearing.drawNanos())
    }
}
