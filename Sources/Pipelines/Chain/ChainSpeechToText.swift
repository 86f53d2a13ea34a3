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

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        ChainSpeechToTextSession(
            chain, sessions: engines.map { $0.makeSession(call: call, loop: loop) }, loop: loop,
            utteranceMsMax: utteranceMsMax)
    }
}

extension ChainSpeechToText: ServiceWarming {
    public func warm(on loop: any CallLoop) {
        for engine in engines { (engine as? any ServiceWarming)?.warm(on: loop) }
    }
}

/// One call's recogniser. The engine that is likely to be asked hears the caller live; the
/// utterance is kept so that another can be given all of it.
///
/// An engine that is late is not given up at once: the next is asked beside it, and whoever answers
/// first is believed.
final class ChainSpeechToTextSession: SpeechToTextSession {
    private struct Request {
        var ticket: Int
        /// Who has been asked and has not failed, in the order of the chain.
        var attempts: [(place: Int, permit: CircuitBreaker.Permit)] = []
        var lastAsked = -1
        var error: StageError
        var completion: (Result<Transcript, StageError>) -> Void
    }

    private let chain: Chain
    private let sessions: [any SpeechToTextSession]
    private let loop: any CallLoop
    private let utterance: UtteranceBuffer
    /// The engine that is fed.
    private var active = 0
    private var request: Request?
    private var ticketCount = 0
    private var timer: (any CallTimer)?
    var onEndOfTurn: ((EndOfTurnHint) -> Void)?

    init(
        _ chain: Chain, sessions: [any SpeechToTextSession], loop: any CallLoop, utteranceMsMax: Int
    ) {
        self.chain = chain
        self.sessions = sessions
        self.loop = loop
        utterance = UtteranceBuffer(msMax: utteranceMsMax)
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
        guard let request else { return }
        for attempt in request.attempts where attempt.place != active {
            sessions[attempt.place].feed(samples)
        }
    }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        ticketCount += 1
        request = Request(
            ticket: ticketCount, error: .failed(stage: "stt", reason: "no engine"),
            completion: completion)
        ask(from: active)
    }

    func cancelRequest() {
        guard let request else { return }
        self.request = nil
        timer?.cancel()
        for attempt in request.attempts { abandon(attempt) }
    }

    func close() {
        cancelRequest()
        timer?.close()
        timer = nil
        for session in sessions { session.close() }
    }

    private func abandon(_ attempt: (place: Int, permit: CircuitBreaker.Permit)) {
        sessions[attempt.place].cancelRequest()
        chain.places[attempt.place].breaker.abandoned(attempt.permit)
    }

    private func ask(from index: Int) {
        guard var asking = request else { return }
        guard let (next, permit) = chain.admit(from: index, atNanos: loop.nowNanos) else {
            timer?.cancel()
            // Somebody who was late may still answer.
            if asking.attempts.isEmpty { end(.failure(asking.error)) }
            return
        }
        asking.attempts.append((next, permit))
        asking.lastAsked = next
        request = asking
        if next != active { hand(utteranceTo: next) }
        if chain.isLast(next) {
            timer?.cancel()
        } else {
            timer?.set(afterMs: chain.places[next].watch.answerMs)
        }
        let ticket = asking.ticket
        sessions[next].requestTranscript { [weak self] in
            self?.took($0, from: next, ticket: ticket)
        }
    }

    private func hand(utteranceTo next: Int) {
        sessions[next].beginUtterance()
        utterance.withSamples { sessions[next].feed($0) }
    }

    private func took(_ result: Result<Transcript, StageError>, from place: Int, ticket: Int) {
        guard var asked = request, asked.ticket == ticket,
            let index = asked.attempts.firstIndex(where: { $0.place == place })
        else { return }
        asked.attempts.remove(at: index)
        switch result {
        case .success:
            chain.places[place].breaker.succeeded()
            for late in asked.attempts {
                sessions[late.place].cancelRequest()
                if late.place < place {
                    chain.failed(late.place, tooLate(late.place), atNanos: loop.nowNanos)
                } else {
                    chain.places[late.place].breaker.abandoned(late.permit)
                }
            }
            // What the caller goes on to say is heard by the one that answered.
            active = place
            end(result)
        case .failure(let error):
            asked.error = error
            request = asked
            chain.failed(place, error, atNanos: loop.nowNanos)
            if asked.lastAsked == place {
                ask(from: place + 1)
            } else if asked.attempts.isEmpty {
                end(.failure(error))
            }
        }
    }

    private func end(_ result: Result<Transcript, StageError>) {
        guard let ended = request else { return }
        request = nil
        timer?.cancel()
        ended.completion(result)
    }

    private func tooLate(_ place: Int) -> StageError {
        chain.timedOut(place, afterMs: chain.places[place].watch.answerMs)
    }

    private func timeIsUp() {
        guard let request else { return }
        ask(from: request.lastAsked + 1)
    }
}
