import Net

/// One connection to ElevenLabs, from its beginning as a spare to its end with a sentence. Bound to the
/// engine's loop.
final class ElevenLabsSocket: WebSocketHandler {
    /// A message holds a second or two of sound in base64, and the time of each letter.
    static let messageBytesMax = 4 << 20

    let url: String
    private let opening: [UInt8]
    private var socket: WebSocket?
    private var isOpen = false
    private(set) var isClosed = false
    /// Whose words it speaks; nil for a spare.
    weak var sentence: ElevenLabsSentence?
    /// Told when a spare is gone.
    var onLost: ((ElevenLabsSocket) -> Void)?

    init(url: String, options: ElevenLabsOptions, loop: EventLoop) {
        self.url = url
        opening = ElevenLabsMessage.opening(rate: options.rate)
        var limits = WebSocketLimits()
        limits.messageBytesMax = Self.messageBytesMax
        limits.handshakeTimeoutMs = options.service.connectMs
        socket = WebSocket.connect(
            loop: loop, url: url, headers: options.service.headers, limits: limits, handler: self)
    }

    /// Gives the socket its text, at once or as soon as it is open.
    func speak(for sentence: ElevenLabsSentence) {
        self.sentence = sentence
        onLost = nil
        if isOpen { send(sentence) }
    }

    private func send(_ sentence: ElevenLabsSentence) {
        guard let socket else { return }
        socket.cork()
        for message in [ElevenLabsMessage.sentence(sentence.text), ElevenLabsMessage.end] {
            message.withUnsafeBytes { _ = socket.send(text: $0) }
        }
        socket.uncork()
        sentence.sent()
    }

    /// Nothing is wanted of it any more; the service stops when it goes.
    func close() {
        sentence = nil
        onLost = nil
        socket?.close()
    }

    // MARK: - WebSocketHandler

    func webSocketOpened(_ socket: WebSocket) {
        isOpen = true
        opening.withUnsafeBytes { _ = socket.send(text: $0) }
        if let sentence { send(sentence) }
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        sentence?.took(bytes)
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        sentence?.failed("a message is binary, not text")
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        isClosed = true
        self.socket = nil
        let sentence = sentence
        let onLost = onLost
        self.sentence = nil
        self.onLost = nil
        sentence?.closed(wasOpen: isOpen, code: code, reason: reason)
        onLost?(self)
    }
}

/// The sockets that stand open for sentences to come. Bound to the engine's loop, but for `init`.
final class ElevenLabsSockets: @unchecked Sendable {
    /// The longest that the service lets a socket stand without text: seconds.
    static let idleSecondsMax = 180
    /// A spare goes before the service closes it under a sentence.
    static let spareMs = 170_000
    /// Voices whose sockets stand open at once; the one that was longest without a sentence goes.
    static let voicesMax = 8

    private struct Spares {
        var url: String
        var sockets: [(socket: ElevenLabsSocket, sinceNanos: UInt64)] = []
    }

    private let options: ElevenLabsOptions
    private let loop: EventLoop
    /// The voice that was used last stands last.
    private var spares: [Spares] = []
    private var timer: LoopTimer?

    init(_ options: ElevenLabsOptions, loop: EventLoop) {
        self.options = options
        self.loop = loop
    }

    /// A socket for a sentence: one that stands open, if there is any, else a new one.
    func take(_ url: String) -> (socket: ElevenLabsSocket, isSpare: Bool) {
        dropOld()
        let index = place(of: url)
        guard !spares[index].sockets.isEmpty else { return (connect(url), false) }
        return (spares[index].sockets.removeFirst().socket, true)
    }

    func connect(_ url: String) -> ElevenLabsSocket {
        ElevenLabsSocket(url: url, options: options, loop: loop)
    }

    /// Sees to it that as many stand open as there should be. Cheap when they do.
    func fill(_ url: String) {
        dropOld()
        let index = place(of: url)
        while spares[index].sockets.count < options.sparesMax {
            let socket = connect(url)
            socket.onLost = { [weak self] in self?.lost($0) }
            spares[index].sockets.append((socket, loop.nowNanos))
        }
        guard options.sparesMax > 0 else { return }
        let timer = self.timer ?? loop.makeTimer { [weak self] in self?.dropOld() }
        self.timer = timer
        timer.set(afterMs: Self.spareMs)
    }

    private func place(of url: String) -> Int {
        let found = spares.firstIndex { $0.url == url }
        let last = found.map { spares.remove(at: $0) } ?? Spares(url: url)
        spares.append(last)
        if spares.count > Self.voicesMax {
            for entry in spares.removeFirst().sockets { entry.socket.close() }
        }
        return spares.count - 1
    }

    /// One that can't be had is not tried again before the next sentence.
    private func lost(_ socket: ElevenLabsSocket) {
        for index in spares.indices { spares[index].sockets.removeAll { $0.socket === socket } }
    }

    private func dropOld() {
        let now = loop.nowNanos
        for index in spares.indices {
            spares[index].sockets.removeAll { entry in
                guard now >= entry.sinceNanos + UInt64(Self.spareMs) * 1_000_000 else {
                    return false
                }
                entry.socket.close()
                return true
            }
        }
    }
}
