import Net

/// One call's ear: gathers the utterance on the loop, has it decoded on a worker.
final class WhisperSession: SpeechToTextSession {
    private let engine: WhisperEngine
    private let loop: EventLoop
    /// Touched page by page as utterances grow, so a call pays only for its longest one.
    private let utterance: UnsafeMutableBufferPointer<Int16>
    private var sampleCount = 0
    /// Samples beyond the longest utterance that is kept.
    private(set) var droppedSampleCount = 0
    private var request: Request?

    private final class Request {
        let cancellation = WhisperCancellation()
        var job: WorkerPool.JobID?
        var completion: ((Result<Transcript, StageError>) -> Void)?
    }

    init(engine: WhisperEngine, loop: EventLoop) {
        self.engine = engine
        self.loop = loop
        utterance = .allocate(capacity: engine.options.utteranceMsMax * 8)
    }

    deinit { utterance.deallocate() }

    func beginUtterance() {
        cancelRequest()
        sampleCount = 0
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) {
        let count = min(samples.count, utterance.count - sampleCount)
        droppedSampleCount += samples.count - count
        guard count > 0, let source = samples.baseAddress, let target = utterance.baseAddress
        else { return }
        (target + sampleCount).update(from: source, count: count)
        sampleCount += count
    }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        let request = Request()
        request.completion = completion
        self.request = request
        let samples = Array(utterance[..<sampleCount])
        let cancellation = request.cancellation
        let box = WeakLoopBound(self)
        let submitted = engine.pool.submit { [engine, loop] worker in
            let result = engine.decode(samples, worker: worker, cancellation: cancellation)
            guard let result else { return }
            loop.execute { box.value?.finish(cancellation, result) }
        }
        request.job = submitted
        if submitted == nil {
            self.request = nil
            completion(.failure(.overloaded(stage: "whisper")))
        }
    }

    func cancelRequest() {
        guard let request else { return }
        self.request = nil
        request.cancellation.cancel()
        if let job = request.job { engine.pool.withdraw(job) }
    }

    func close() { cancelRequest() }

    private func finish(
        _ cancellation: WhisperCancellation, _ result: Result<Transcript, StageError>
    ) {
        guard let request, request.cancellation === cancellation else { return }
        self.request = nil
        request.completion?(result)
    }
}

/// Carries a reference to an object of a loop through other threads, which may hold it but not
/// look inside; it is opened again on the loop.
struct WeakLoopBound<Object: AnyObject>: @unchecked Sendable {
    private(set) weak var value: Object?

    init(_ value: Object) { self.value = value }
}
