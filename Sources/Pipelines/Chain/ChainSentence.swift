import Realtime

/// One sentence on its way through a chain of synthesisers: what the engine under way makes is copied
/// into the clip that the conversation reads; when it fails, the next goes on from the last whole word.
///
/// Audio comes on the engines' threads; the state is behind a lock, taken once a piece of speech.
final class ChainSentence: Sendable {
    private struct State {
        var index = 0
        var permit: CircuitBreaker.Permit?
        /// Tells what an engine says late from what the current one says.
        var ticket = 0
        /// What the engine under way makes.
        var source: SpeechClip?
        /// Bytes of it that were taken over.
        var takenCount = 0
        var startNanos: UInt64 = 0
        var firstNanos: UInt64?
        var isOver = false
    }

    private enum Outcome {
        case nothing, audio, finished
        case failed(StageError)
    }

    private let owner: ChainTextToSpeech
    private let clip: SpeechClip
    private let voice: String?
    private let onAudio: @Sendable () -> Void
    private let state = Locked(State())

    init(
        of owner: ChainTextToSpeech, clip: SpeechClip, voice: String?,
        onAudio: @escaping @Sendable () -> Void
    ) {
        self.owner = owner
        self.clip = clip
        self.voice = voice
        self.onAudio = onAudio
    }

    func start() {
        clip.onCancel { [weak self] in self?.cancelled() }
        ask(from: 0, orFailWith: .failed(stage: "tts", reason: "no engine"))
    }

    private func ask(from index: Int, orFailWith error: StageError) {
        let chain = owner.chain
        let now = MonotonicClock.nowNanos()
        let text = SpeechLength.rest(
            of: clip.text, afterByteCount: clip.byteCount, in: clip.audio)
        guard !text.isEmpty else { return end(nil) }
        guard let (next, permit) = chain.admit(from: index, atNanos: now) else { return end(error) }
        let ticket = state.withLock { state -> Int? in
            guard !state.isOver else { return nil }
            state.index = next
            state.permit = permit
            state.ticket += 1
            state.source = nil
            state.takenCount = 0
            state.startNanos = now
            state.firstNanos = nil
            return state.ticket
        }
        guard let ticket else { return chain.places[next].breaker.abandoned(permit) }
        if next > 0 { clip.markSubstitute() }
        // An assistant's voice is one of the first engine's; the others have their own.
        let source = owner.engines[next].synthesize(
            text, voice: next == 0 ? voice : nil, audio: clip.audio
        ) {
            self.pump(ticket)
        }
        let isWanted = state.withLock { state in
            guard state.ticket == ticket, !state.isOver else { return false }
            state.source = source
            return true
        }
        guard isWanted else { return source.cancel() }
        if !chain.isLast(next) { owner.loop.execute { self.watch(ticket) } }
        pump(ticket)
    }

    // MARK: - Copying

    private func pump(_ ticket: Int) {
        let outcome = state.withLock { state -> Outcome in
            guard state.ticket == ticket, !state.isOver, let source = state.source else {
                return .nothing
            }
            // The end is looked at first: what was appended before it is then there to be read.
            let isFinished = source.isFinished
            let error = source.error
            let isNew = copy(from: source, &state)
            if isNew, state.firstNanos == nil { state.firstNanos = MonotonicClock.nowNanos() }
            if let error { return .failed(error) }
            guard isFinished else { return isNew ? .audio : .nothing }
            guard state.takenCount > 0 else {
                let engine = owner.chain.places[state.index].engine
                return .failed(.failed(stage: "tts \(engine)", reason: "no audio came"))
            }
            owner.chain.places[state.index].breaker.succeeded()
            state.permit = nil
            state.isOver = true
            return .finished
        }
        switch outcome {
        case .nothing: break
        case .audio: onAudio()
        case .finished: publish(nil)
        case .failed(let error): moveOn(ticket, error)
        }
    }

    private func copy(from source: SpeechClip, _ state: inout State) -> Bool {
        let before = state.takenCount
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            while true {
                let count = source.read(from: state.takenCount, into: buffer)
                guard count > 0 else { return }
                _ = clip.append(UnsafeBufferPointer(rebasing: buffer[..<count]))
                state.takenCount += count
            }
        }
        return state.takenCount > before
    }

    private func moveOn(_ ticket: Int, _ error: StageError) {
        let failed = state.withLock { state -> (index: Int, source: SpeechClip?)? in
            guard state.ticket == ticket, !state.isOver else { return nil }
            // Whatever the engine still says is not listened to.
            state.ticket += 1
            state.permit = nil
            return (state.index, state.source)
        }
        guard let failed else { return }
        failed.source?.cancel()
        owner.chain.failed(failed.index, error, atNanos: MonotonicClock.nowNanos())
        ask(from: failed.index + 1, orFailWith: error)
    }

    private func end(_ error: StageError?) {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        if isFirst { publish(error) }
    }

    private func publish(_ error: StageError?) {
        if let error { clip.fail(error) } else { clip.finish() }
        onAudio()
    }

    private func cancelled() {
        let current = state.withLock { state -> State? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state
        }
        guard let current else { return }
        current.source?.cancel()
        if let permit = current.permit {
            owner.chain.places[current.index].breaker.abandoned(permit)
        }
        clip.finish()
    }

    // MARK: - Patience

    /// On the loop: waits for the audio that is due, until the engine is done or too late.
    private func watch(_ ticket: Int) {
        let timer = WatchTimer()
        timer.body = owner.loop.makeTimer { [self] in
            guard let due = deadline(ticket) else { return timer.close() }
            if MonotonicClock.nowNanos() < due.atNanos {
                timer.body?.set(atNanos: due.atNanos)
            } else {
                timer.close()
                moveOn(ticket, due.error)
            }
        }
        guard let due = deadline(ticket) else { return timer.close() }
        timer.body?.set(atNanos: due.atNanos)
    }

    /// When the engine under way is too late; nil when it is done.
    private func deadline(_ ticket: Int) -> (atNanos: UInt64, error: StageError)? {
        state.withLock { state in
            guard state.ticket == ticket, !state.isOver else { return nil }
            let watch = owner.chain.places[state.index].watch
            guard let first = state.firstNanos else {
                return (
                    state.startNanos.adding(ms: watch.answerMs),
                    owner.chain.timedOut(state.index, afterMs: watch.answerMs)
                )
            }
            return (
                first.adding(
                    ms: clip.audio.milliseconds(byteCount: state.takenCount) + watch.stallMs),
                owner.chain.timedOut(state.index, afterMs: watch.stallMs)
            )
        }
    }
}

/// Lets a timer be closed from inside its own body. Bound to the loop.
private final class WatchTimer {
    var body: (any CallTimer)?

    func close() {
        body?.close()
        body = nil
    }
}
