import Net

/// Speech to text by the first of several engines that answers in time.
public struct ChainSpeechToText: SpeechToText {
    public let name: String
    let engines: [any SpeechToText]
    let chain: Chain
    let utteranceMsMax: Int

    /// - Parameter utteranceMsMax: the longest utterance that another engine can be given.
    public init(
        _ links: [ChainLink<any SpeechToText>], utteranceMsMax: Int, report: @escaping ChainReport
    ) {
        engines = links.map(\.engine)
        chain = Chain(links.map(\.place), report: report)
        self.utteranceMsMax = utteranceMsMax
        name = engines.map(\.name).joined(separator: ",")
    }

    public func makeSession(call: CallInfo, loop: EventLoop) -> any SpeechToTextSession {
        ChainSpeechToTextSession(
            chain, sessions: engines.map { $0.makeSession(call: call, loop: loop) }, loop: loop,
            utteranceMsMax: utteranceMsMax)
    }
}

extension ChainSpeechToText: ServiceWarming {
    public func warm(on loop: EventLoop) {
        for engine in engines { (engine as? any ServiceWarming)?.warm(on: loop) }
    }
}

/// One call's ear. The engine that is likely to be asked hears the caller live; the utterance is kept
/// so that another can be given all of it.
final class ChainSpeechToTextSession: SpeechToTextSession {
    private struct Request {
        var ticket: Int
        var permit: CircuitBreaker.Permit
        var completion: (Result<Transcript, StageError>) -> Void
    }

    private let chain: Chain
    private let sessions: [any SpeechToTextSession]
    private let loop: EventLoop
    private let utterance: UtteranceBuffer
    /// The engine that has been fed.
    private var active = 0
    private var request: Request?
    private var ticketCount = 0
    private var timer: LoopTimer?
    var onEndOfTurn: ((EndOfTurnHint) -> Void)?

    init(
        _ chain: Chain, sessions: [any SpeechToTextSession], loop: EventLoop, utteranceMsMax: Int
    ) {
        self.chain = chain
        self.sessions = sessions
        self.loop = loop
        utterance = UtteranceBuffer(sampleCountMax: utteranceMsMax * 8)
        timer = loop.makeTimer { [weak self] in self?.timeIsUp() }
        for (index, session) in sessions.enumerated() {
            session.onEndOfTurn = { [weak self] hint in
                guard let self, index == active else { return }
                onEndOfTurn?(hint)
            }
        }
    }

    func beginUtterance() {
        cancelRequest()
        utterance.removeAll()
        active = chain.likelyPlace(atNanos: loop.nowNanos)
        sessions[active].beginUtterance()
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) {
        utterance.append(samples)
        sessions[active].feed(samples)
    }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        ask(from: active, orFailWith: .failed(stage: "stt", reason: "no engine"), completion)
    }

    func cancelRequest() {
        guard let request else { return }
        self.request = nil
        timer?.cancel()
        sessions[active].cancelRequest()
        chain.places[active].breaker.abandoned(request.permit)
    }

    func close() {
        cancelRequest()
        timer?.close()
        timer = nil
        for session in sessions { session.close() }
    }

    private func ask(
        from index: Int, orFailWith error: StageError,
        _ completion: @escaping (Result<Transcript, StageError>) -> Void
    ) {
        guard let (next, permit) = chain.admit(from: index, atNanos: loop.nowNanos) else {
            return completion(.failure(error))
        }
        if next != active { hand(utteranceTo: next) }
        ticketCount += 1
        let ticket = ticketCount
        request = Request(ticket: ticket, permit: permit, completion: completion)
        if chain.isLast(next) {
            timer?.cancel()
        } else {
            timer?.set(afterMs: chain.places[next].watch.answerMs)
        }
        sessions[next].requestTranscript { [weak self] in self?.took($0, ticket: ticket) }
    }

    private func hand(utteranceTo next: Int) {
        active = next
        sessions[next].beginUtterance()
        utterance.withSamples { sessions[next].feed($0) }
    }

    private func took(_ result: Result<Transcript, StageError>, ticket: Int) {
        guard let request, request.ticket == ticket else { return }
        switch result {
        case .success:
            self.request = nil
            timer?.cancel()
            chain.places[active].breaker.succeeded()
            request.completion(result)
        case .failure(let error): moveOn(request, error)
        }
    }

    private func timeIsUp() {
        guard let request else { return }
        sessions[active].cancelRequest()
        moveOn(request, chain.timedOut(active, afterMs: chain.places[active].watch.answerMs))
    }

    private func moveOn(_ request: Request, _ error: StageError) {
        self.request = nil
        timer?.cancel()
        chain.failed(active, error, atNanos: loop.nowNanos)
        ask(from: active + 1, orFailWith: error, request.completion)
    }
}
