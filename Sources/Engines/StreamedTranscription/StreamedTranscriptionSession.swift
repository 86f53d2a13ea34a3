import Net
import Pipelines

/// One call's recogniser: keeps the utterance, sends it as it grows, and asks for its words.
///
/// The utterance is kept so that a connection that opens late, or breaks, can be given all of it.
final class StreamedTranscriptionSession: SpeechToTextSession {
    private struct Request {
        var completion: (Result<Transcript, StageError>) -> Void
        var beganNanos: UInt64
        /// Who was asked; nobody while there is no connection.
        var asked: TranscriptionConnection?
        /// The service has said something since.
        var hasHeard = false
    }

    var onEndOfTurn: ((EndOfTurnHint) -> Void)?

    private let engine: StreamedTranscription
    private let loop: EventLoop
    private let utterance: UtteranceBuffer
    /// Where the last sound of the utterance ends, in samples.
    private var soundEnd = 0
    /// Takes the audio.
    private var connection: TranscriptionConnection?
    /// Owes the words, or has given them, where each request uses its connection up.
    private var answering: TranscriptionConnection?
    /// Where the sound ended that those words are of.
    private var answeringSoundEnd = 0
    /// A connection has failed in this utterance and was made anew.
    private var hasReconnected = false
    private var lastFailure: StageError
    private var request: Request?
    private var timer: LoopTimer?
    private var isClosed = false

    init(_ engine: StreamedTranscription, loop: EventLoop) {
        self.engine = engine
        self.loop = loop
        utterance = UtteranceBuffer(msMax: engine.utteranceMsMax)
        lastFailure = engine.service.failed("there is no connection")
        timer = loop.makeTimer { [weak self] in self?.timeIsUp() }
        connect()
    }

    func beginUtterance() {
        cancelRequest()
        utterance.removeAll()
        soundEnd = 0
        hasReconnected = false
        answering?.close()
        answering = nil
        if engine.traits.endsWithRequest, let old = connection, old.sentCount > 0 {
            old.close()
            connection = nil
        }
        if let connection { connection.beginUtterance() } else { connect() }
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) {
        let before = utterance.count
        utterance.append(samples)
        if let end = SpeechLevel.soundEnd(samples) { soundEnd = min(before + end, utterance.count) }
        pump(chunk: engine.traits.audio.chunkSampleCount)
    }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        // Silence needs no recogniser, which would hear something in it.
        guard soundEnd > 0 else { return completion(.success(Transcript(text: ""))) }
        request = Request(completion: completion, beganNanos: loop.nowNanos)
        if let answering, soundEnd == answeringSoundEnd {
            request?.asked = answering
            waitForAnswer()
            if let words = answering.words { finish(.success(words)) }
            return
        }
        if connection == nil {
            guard !hasReconnected else { return finish(.failure(lastFailure)) }
            hasReconnected = true
            connect()
        }
        waitForAnswer()
        ask()
    }

    func cancelRequest() {
        request = nil
        timer?.cancel()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        cancelRequest()
        timer?.close()
        timer = nil
        connection?.close()
        answering?.close()
        connection = nil
        answering = nil
        onEndOfTurn = nil
    }

    // MARK: - Asking

    private func connect() {
        let made = engine.takeConnection(on: loop)
        made.owner = self
        connection = made
        if made.isOpen { made.beginUtterance() }
    }

    /// Sends what has not been sent, as soon as it is `chunk` samples. Does not allocate.
    private func pump(chunk: Int) {
        guard let connection, connection.isOpen else { return }
        // What ended the last words need not be heard again until there is more to hear.
        if answering != nil, soundEnd == answeringSoundEnd { return }
        guard utterance.count - connection.sentCount >= chunk else { return }
        utterance.withSamples {
            connection.send(UnsafeBufferPointer(rebasing: $0[connection.sentCount...]))
        }
    }

    private func ask() {
        guard let connection, connection.isOpen else { return }
        pump(chunk: 1)
        request?.asked = connection
        connection.requestWords(soundEnd: soundEnd)
        if connection.isSpent {
            answering?.close()
            answering = connection
            answeringSoundEnd = soundEnd
            // The next words have their connection by the time they come.
            connect()
        }
        if let words = connection.words { finish(.success(words)) }
    }

    private func waitForAnswer() {
        timer?.set(afterMs: min(engine.service.firstByteMs, engine.service.totalMs))
    }

    private func timeIsUp() {
        guard let request else { return }
        let stage = engine.service.stage
        let totalMs = engine.service.totalMs
        let afterMs = request.hasHeard ? totalMs : min(engine.service.firstByteMs, totalMs)
        // Who has not answered once is not asked again.
        connection?.abort()
        answering?.abort()
        connection = nil
        answering = nil
        lastFailure = .timedOut(stage: stage, afterMs: afterMs)
        finish(.failure(lastFailure))
    }

    private func finish(_ result: Result<Transcript, StageError>) {
        guard let request else { return }
        cancelRequest()
        request.completion(result)
    }
}

extension StreamedTranscriptionSession: TranscriptionConnectionOwner {
    func connectionOpened(_ opened: TranscriptionConnection) {
        guard opened === connection else { return }
        pump(chunk: engine.traits.audio.chunkSampleCount)
        if let request, request.asked == nil { ask() }
    }

    func connectionHeard(_ source: TranscriptionConnection, hint: EndOfTurnHint?) {
        if var current = request, current.asked === source {
            if let words = source.words {
                finish(.success(words))
            } else if !current.hasHeard {
                current.hasHeard = true
                request = current
                timer?.set(
                    atNanos: current.beganNanos + UInt64(engine.service.totalMs) * 1_000_000)
            }
        }
        if let hint, source === connection { onEndOfTurn?(hint) }
    }

    func connectionFailed(_ source: TranscriptionConnection, error: StageError) {
        guard source === connection || source === answering else { return }
        lastFailure = error
        let wasAsked = request.map { ($0.asked ?? connection) === source } ?? false
        if source === connection { connection = nil }
        // Words that were given stay right.
        if source === answering, source.words == nil { answering = nil }
        if wasAsked {
            finish(.failure(error))
        } else if connection == nil, soundEnd > 0, !hasReconnected {
            hasReconnected = true
            connect()
        }
    }
}
