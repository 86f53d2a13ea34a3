import Foundation
import Net
import Wire

/// One socket of ElevenLabs' `/v1/text-to-speech/{voice}/stream-input`: text comes in pieces, is spoken
/// when it is flushed, and an empty text ends it. Lives on the connection's loop.
///
/// Source: ElevenLabs API reference, "Text to Speech WebSocket".
final class ElevenLabsStandIn: WebSocketHandler {
    private let services: ServiceStandIns
    private let loop: EventLoop
    private let voice: String
    private let form: SpeechForm?
    private let hasKey: Bool
    private var text = ""
    private var hasEnded = false
    private var isSpeaking = false
    private var plan: AnswerPlan?
    private var fault: ServiceFault?
    private var startNanos: UInt64 = 0
    private var next = 0
    private var timer: LoopTimer?

    /// Nil for what is not its route.
    init?(_ request: HTTPRequest, services: ServiceStandIns, loop: EventLoop) {
        let parts = request.path.split(separator: "/")
        guard parts.count == 4, parts[0] == "v1", parts[1] == "text-to-speech",
            parts[3] == "stream-input"
        else { return nil }
        self.services = services
        self.loop = loop
        voice = String(parts[2])
        let query = (try? request.queryParameters()) ?? []
        form =
            switch query.last(where: { $0.name == "output_format" })?.value {
            case "ulaw_8000": .muLaw
            case "pcm_16000": .linear(rate: 16_000)
            case "pcm_24000": .linear(rate: 24_000)
            default: nil
            }
        hasKey = request.headers["xi-api-key"]?.isEmpty == false
    }

    func webSocketOpened(_ socket: WebSocket) {
        guard hasKey else {
            return refuse(socket, "An API key is required to use this endpoint.", "missing_api_key")
        }
        if form == nil {
            return refuse(
                socket, "This output format is not made here.", "invalid_output_format")
        }
        services.statistics.note(.tts, "\(voice) stands open")
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        guard hasKey, form != nil, !hasEnded else { return }
        guard let json = try? JSONValue(parsing: Array(bytes).span),
            let piece = json["text"]?.stringValue
        else { return refuse(socket, "A message has no text.", "invalid_message") }
        text += piece
        hasEnded = piece.isEmpty
        if hasEnded || json["flush"]?.boolValue == true { speak(to: socket) }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        timer?.close()
        timer = nil
        if isSpeaking { services.statistics.ended(.tts, cancelled: true) }
        isSpeaking = false
    }

    // MARK: - Speaking

    private func speak(to socket: WebSocket) {
        let words = text.trimmingCharacters(in: .whitespaces)
        guard !isSpeaking else { return }
        guard !words.isEmpty, let form else {
            if hasEnded { finish(socket) }
            return
        }
        text = ""
        isSpeaking = true
        services.statistics.began(.tts)
        startNanos = loop.nowNanos
        let bound = LoopBound((self, socket), loop: loop)
        services.speech.speak(
            SpeechOrder(text: words, voice: voice, form: form),
            firstNanos: services.draw(.tts, services.options.speechFirst)
        ) { [loop] plan, note in
            loop.execute {
                let (own, socket) = bound.value
                own.play(plan, note, to: socket)
            }
        }
    }

    private func play(_ plan: AnswerPlan, _ note: String, to socket: WebSocket) {
        guard isSpeaking, socket.isOpen else { return }
        services.statistics.note(.tts, note)
        fault = services.faults.take(.tts)
        if fault != nil { services.statistics.suffered(.tts) }
        self.plan = fault.map(plan.suffering) ?? plan
        next = 0
        let timer = loop.makeTimer { [unowned self, unowned socket] in advance(socket) }
        self.timer = timer
        timer.set(atNanos: 0)
    }

    private func advance(_ socket: WebSocket) {
        guard isSpeaking, let plan else { return }
        while next < plan.pieces.count {
            let dueNanos = startNanos + plan.pieces[next].atNanos
            let nowNanos = loop.nowNanos
            guard dueNanos <= nowNanos else {
                timer?.set(atNanos: dueNanos)
                return
            }
            guard send(plan.pieces[next].bytes, socket) else { return }
            services.statistics.sent(.tts, lateNanos: nowNanos - dueNanos)
            next += 1
        }
        switch plan.ending {
        case .finish: spoken(socket)
        case .hang: break
        case .cut:
            isSpeaking = false
            services.statistics.ended(.tts, cancelled: false)
            socket.abort()
        }
    }

    /// False when that was the end of it.
    private func send(_ sound: [UInt8], _ socket: WebSocket) -> Bool {
        switch fault {
        case .status(let status):
            isSpeaking = false
            services.statistics.ended(.tts, cancelled: false)
            refuse(socket, "The stand-in was told to fail (\(status)).", "stand_in_fault")
            return false
        case .garbage: write(Array("<html>no JSON".utf8), socket)
        default:
            let audio = JSONValue.string(Data(sound).base64EncodedString())
            write(
                JSONValue.object([
                    .init("audio", audio), .init("isFinal", .null),
                    .init("normalizedAlignment", .null), .init("alignment", .null),
                ]).encoded(), socket)
        }
        return true
    }

    private func spoken(_ socket: WebSocket) {
        isSpeaking = false
        services.statistics.ended(.tts, cancelled: false)
        // More may have come meanwhile.
        if !text.isEmpty || hasEnded { speak(to: socket) }
    }

    private func finish(_ socket: WebSocket) {
        write(
            JSONValue.object([.init("audio", .null), .init("isFinal", .bool(true))]).encoded(),
            socket)
        socket.close()
    }

    private func refuse(_ socket: WebSocket, _ message: String, _ code: String) {
        write(
            JSONValue.object([
                .init("message", .string(message)), .init("error", .string(code)),
                .init("code", .integer(Int(WebSocketCloseCode.policyViolation))),
            ]).encoded(), socket)
        socket.close(code: WebSocketCloseCode.policyViolation, reason: message)
    }

    private func write(_ message: [UInt8], _ socket: WebSocket) {
        message.withUnsafeBytes { _ = socket.send(text: $0) }
    }
}
