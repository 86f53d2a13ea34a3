import Pipelines

/// One call's recogniser: gathers the utterance on the loop, has it decoded on a worker.
final class WhisperSession: SpeechToTextSession {
    private let engine: WhisperEngine
    private let prompt: String
    private let loop: any CallLoop
    private let utterance: UtteranceBuffer
    private var request: Request?

    private final class Request {
        let cancellation = WhisperCancellation()
        var job: WorkerPool.JobID?
        var completion: ((Result<Transcript, StageError>) -> Void)?
    }

    init(engine: WhisperEngine, prompt: String, loop: any CallLoop) {
        self.engine = engine
        self.prompt = prompt
        self.loop = loop
        utterance = UtteranceBuffer(msMax: engine.options.utteranceMsMax)
    }

    func beginUtterance() {
        cancelRequest()
        utterance.removeAll()
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) { utterance.append(samples) }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        let request = Request()
        request.completion = completion
        self.request = request
        let samples = utterance.samples
        let cancellation = request.cancellation
        let box = WeakLoopBound(self)
        let submitted = engine.pool.submit { [engine, prompt, loop] worker in
            let result = engine.decode(
                samples, prompt: prompt, worker: worker, cancellation: cancellation)
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
