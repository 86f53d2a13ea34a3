import DSP
import Net
import Pipelines
import Realtime
import Wire

/// The owner of a connection, who hears of it; called on its loop, never from inside a call on the
/// connection.
protocol TranscriptionConnectionOwner: AnyObject {
    func connectionOpened(_ connection: TranscriptionConnection)
    /// The service has said something: there may be words.
    func connectionHeard(_ connection: TranscriptionConnection, hint: EndOfTurnHint?)
    /// It is of no use any more.
    func connectionFailed(_ connection: TranscriptionConnection, error: StageError)
}

/// One WebSocket to a service of streamed recognition, with the wire's state. Loop only.
///
/// It begins to connect when it is made; the socket keeps it alive until it is closed.
final class TranscriptionConnection: WebSocketHandler {
    /// What services say of the connection; it is no sign of an answer.
    private static let greetings: Set = [
        "Connected", "Metadata", "config", "session.created", "session.updated",
    ]
    /// The most that a WebSocket puts before a message.
    private static let frameHeaderBytes = 14

    weak var owner: (any TranscriptionConnectionOwner)?
    private let service: RemoteService
    private let traits: WireTraits
    private var wire: any TranscriptionWire
    private let frame: WireAudioFrame
    private let loop: EventLoop
    private var socket: WebSocket?
    private var keepAlive: LoopTimer?
    private var lastSentNanos: UInt64 = 0
    private var isOver = false
    /// Samples sent since it was made.
    private var streamCount = 0
    /// Samples of the utterance that were sent.
    private(set) var sentCount = 0
    private(set) var isOpen = false
    /// The audio was ended for a request.
    private(set) var isSpent = false

    /// - Parameter utteranceMsMax: all of an utterance so long can wait to be sent.
    init(
        _ service: RemoteService, url: String, traits: WireTraits, wire: any TranscriptionWire,
        utteranceMsMax: Int, loop: EventLoop
    ) {
        self.service = service
        self.traits = traits
        self.wire = wire
        self.loop = loop
        frame = WireAudioFrame(traits.audio)
        var limits = WebSocketLimits()
        // The time to connect, and then for the answer to the handshake.
        limits.connectTimeoutMs = service.connectMs
        limits.handshakeTimeoutMs = service.connectMs + service.firstByteMs
        let messageCount = utteranceMsMax / traits.audio.chunkMs + 1
        limits.outboundBytesMax = max(
            limits.outboundBytesMax, messageCount * (frame.byteCountMax + Self.frameHeaderBytes))
        socket = WebSocket.connect(
            loop: loop, url: url, headers: service.headers, limits: limits, handler: self)
    }

    /// False once it has failed or was closed.
    var isUsable: Bool { !isOver && !isSpent }

    /// The words that were asked for last, once they are there.
    var words: Transcript? { wire.words }

    // MARK: - What goes out

    func beginUtterance() {
        sentCount = 0
        guard isOpen else { return }
        send(wire.utteranceBegan(at: streamCount))
    }

    /// Sends audio of the utterance, as much as there is. Does not allocate.
    func send(_ samples: UnsafeBufferPointer<Int16>) {
        guard isOpen, !isSpent else { return }
        // The socket masks and writes, which are system calls.
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        var start = 0
        while start < samples.count, !isOver {
            let end = min(start + frame.sampleCountMax, samples.count)
            sendMessage(UnsafeBufferPointer(rebasing: samples[start..<end]))
            sentCount += end - start
            start = end
        }
    }

    /// Asks for the words of all that was sent of the utterance.
    /// - Parameter soundEnd: where its last sound ends, in samples of the utterance.
    func requestWords(soundEnd: Int) {
        guard isOpen, !isSpent else { return }
        isSpent = traits.endsWithRequest
        let start = streamCount - sentCount
        send(wire.wordsWanted(through: streamCount, soundEnd: start + soundEnd))
    }

    /// Says goodbye and closes; nothing is told of it any more.
    func close() {
        guard !isOver else { return }
        if isOpen, let farewell = traits.farewell { send([.text(farewell)]) }
        over()
        socket?.close()
    }

    /// Drops it without a word; nothing is told of it any more.
    func abort() {
        guard !isOver else { return }
        over()
        socket?.abort()
    }

    private func sendMessage(_ samples: UnsafeBufferPointer<Int16>) {
        guard let socket else { return }
        let message = frame.message(samples)
        let isTaken = frame.isText ? socket.send(text: message) : socket.send(binary: message)
        streamCount += samples.count
        lastSentNanos = loop.nowNanos
        // Who leaves a megabyte lying will not answer either; the end is told by the socket.
        if !isTaken { socket.abort() }
    }

    private func send(_ messages: [WireMessage]) {
        guard let socket else { return }
        for message in messages {
            lastSentNanos = loop.nowNanos
            switch message {
            case .text(var text):
                text.withUTF8 { _ = socket.send(text: UnsafeRawBufferPointer($0)) }
            case .endOfAudio:
                _ = socket.send(binary: UnsafeRawBufferPointer(start: nil, count: 0))
            }
        }
    }

    // MARK: - Keeping it alive

    private func startKeepAlive() {
        guard let keepAlive = traits.keepAlive else { return }
        let timer = loop.makeTimer { [weak self] in self?.stayAlive() }
        timer.set(afterMs: keepAlive.everyMs)
        self.keepAlive = timer
    }

    private func stayAlive() {
        guard let (message, everyMs) = traits.keepAlive, !isOver else { return }
        let due = lastSentNanos + UInt64(everyMs) * 1_000_000
        guard loop.nowNanos >= due else {
            keepAlive?.set(atNanos: due)
            return
        }
        if !isSpent {
            switch message {
            case .text(let text): send([.text(text)])
            case .silence(let ms):
                sendSilence(sampleCount: CallAudio.listening.sampleCount(ms: ms))
            }
        }
        keepAlive?.set(afterMs: everyMs)
    }

    private func sendSilence(sampleCount: Int) {
        let silence = [Int16](repeating: 0, count: min(sampleCount, frame.sampleCountMax))
        silence.withUnsafeBufferPointer { sendMessage($0) }
    }

    // MARK: - What comes back

    func webSocketOpened(_ socket: WebSocket) {
        guard !isOver else { return }
        isOpen = true
        socket.reserveOutbound(2 * (frame.byteCountMax + Self.frameHeaderBytes))
        send(wire.opened())
        send(wire.utteranceBegan(at: 0))
        lastSentNanos = loop.nowNanos
        startKeepAlive()
        owner?.connectionOpened(self)
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        guard !isOver else { return }
        let message: JSONValue
        do {
            message = try JSONValue(parsing: Array(bytes).span)
        } catch {
            return fail("the service sent what is \(error)")
        }
        do throws(WireFault) {
            let hint = try wire.received(message)
            if let type = message["type"]?.stringValue, Self.greetings.contains(type) { return }
            owner?.connectionHeard(self, hint: hint)
        } catch {
            fail(error.reason)
        }
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        fail("the service sent \(bytes.count) bytes that are not text")
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        self.socket = nil
        guard !isOver else { return }
        wire.closed(normally: code == WebSocketCloseCode.normal)
        owner?.connectionHeard(self, hint: nil)
        fail("the connection ended with \(code)\(reason.isEmpty ? "" : ", \(reason)")")
    }

    private func fail(_ reason: String) {
        guard !isOver else { return }
        over()
        socket?.abort()
        owner?.connectionFailed(self, error: service.failed(reason))
    }

    private func over() {
        isOver = true
        isOpen = false
        keepAlive?.close()
        keepAlive = nil
    }
}
