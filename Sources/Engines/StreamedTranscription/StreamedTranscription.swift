import Net
import Pipelines
import Realtime

/// Speech to text over a WebSocket that takes the audio while it is spoken: one connection a call,
/// which stands before the caller's first word. The service's protocol is a ``TranscriptionWire``.
public final class StreamedTranscription: SpeechToText {
    public let name: String
    let service: RemoteService
    let traits: WireTraits
    let utteranceMsMax: Int
    private let url: String
    private let makeWire: @Sendable () -> any TranscriptionWire

    /// A connection that no call has come for is closed after this.
    static let parkedMsMax = 20_000
    /// By loop.
    private let parked = Locked<[ObjectIdentifier: LoopBound<TranscriptionConnection>]>([:])

    /// - Parameters:
    ///   - url: `ws`, `wss`, `http` or `https`.
    ///   - utteranceMsMax: longest utterance, in milliseconds.
    init(
        name: String, service: RemoteService, url: String, traits: WireTraits, utteranceMsMax: Int,
        wire: @escaping @Sendable () -> any TranscriptionWire
    ) {
        self.name = name
        self.service = service
        self.url = url
        self.traits = traits
        self.utteranceMsMax = utteranceMsMax
        makeWire = wire
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        StreamedTranscriptionSession(self, loop: loop.eventLoop)
    }

    /// A connection for a call: the one that was made beforehand, or a new one. On the loop.
    func takeConnection(on loop: EventLoop) -> TranscriptionConnection {
        let waiting = parked.withLock { $0.removeValue(forKey: ObjectIdentifier(loop)) }
        if let connection = waiting?.value, connection.isUsable { return connection }
        return connect(on: loop)
    }

    private func connect(on loop: EventLoop) -> TranscriptionConnection {
        TranscriptionConnection(
            service, url: url, traits: traits, wire: makeWire(), utteranceMsMax: utteranceMsMax,
            loop: loop)
    }

    private func dropParked(_ connection: TranscriptionConnection, on loop: EventLoop) {
        let isStillThere = parked.withLock { parked in
            guard parked[ObjectIdentifier(loop)]?.value === connection else {
                return false
            }
            parked[ObjectIdentifier(loop)] = nil
            return true
        }
        if isStillThere { connection.close() }
    }
}

extension StreamedTranscription: ServiceWarming {
    public func warm(on callLoop: any CallLoop) {
        let loop = callLoop.eventLoop
        let waiting = parked.withLock { $0[ObjectIdentifier(loop)] }
        if let waiting, waiting.value.isUsable { return }
        let connection = connect(on: loop)
        let bound = LoopBound(connection, loop: loop)
        parked.withLock { $0[ObjectIdentifier(loop)] = bound }
        // The loop keeps the timer while it is set.
        loop.makeTimer { [weak self, weak connection] in
            guard let self, let connection else { return }
            dropParked(connection, on: loop)
        }.set(afterMs: Self.parkedMsMax)
    }
}
