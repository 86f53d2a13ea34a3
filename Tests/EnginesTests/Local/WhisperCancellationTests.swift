import DSP
import Engines
import Foundation
import Net
import Pipelines
import Realtime
import Testing

/// What comes back to a session, counted.
private final class Answers: Sendable {
    private let list = Locked<[Result<Transcript, StageError>]>([])
    private let arrived = DispatchSemaphore(value: 0)

    var count: Int { list.withLock { $0.count } }

    func add(_ answer: Result<Transcript, StageError>) {
        list.withLock { $0.append(answer) }
        arrived.signal()
    }

    /// The next answer; nil when none comes within a minute.
    func next() -> Result<Transcript, StageError>? {
        guard arrived.wait(timeout: .now() + 60) == .success else { return nil }
        return list.withLock { $0.last }
    }
}

/// One session of one engine on a loop of its own, used from the test's thread.
private final class Recogniser: @unchecked Sendable {
    // The session is only touched on the loop.
    let engine: WhisperEngine
    let answers = Answers()
    private let loop: EventLoop
    private var session: (any SpeechToTextSession)?

    init(_ engine: WhisperEngine) throws {
        self.engine = engine
        loop = try EventLoop(label: "recogniser")
        loop.start()
        onLoop { [self] in
            session = engine.makeSession(
                call: CallInfo(callSid: "CA1", assistantID: "a"), loop: loop)
        }
    }

    func hear(_ samples: [Int16]) {
        onLoop { [self] in
            session?.beginUtterance()
            samples.withUnsafeBufferPointer { session?.feed($0) }
        }
    }

    func request() {
        onLoop { [self] in session?.requestTranscript { [answers] in answers.add($0) } }
    }

    func cancel() { onLoop { [self] in session?.cancelRequest() } }

    func close() {
        onLoop { [self] in
            session?.close()
            session = nil
        }
        loop.stop()
        loop.join()
    }

    /// Runs on the loop and waits for it.
    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        loop.execute {
            body()
            done.signal()
        }
        done.wait()
    }
}

@Suite(.serialized) struct WhisperCancellationTests {
    private func engine(queueMax: Int = 64) throws -> WhisperEngine {
        var options = WhisperOptions(modelPath: TestModels.whisper)
        options.workers = 1
        options.queueMax = queueMax
        return try WhisperEngine(options)
    }

    /// About 12 s of speech: a decode that is still under way when it is cancelled.
    private func longSpeech(_ flite: FliteEngine) throws -> [Int16] {
        let text = [String](repeating: "We would like a table for four by the window", count: 5)
            .joined(separator: ", and ")
        return G711.decodedMuLaw(try TestModels.speak(text, with: flite))
    }

    /// Waits until the only worker has taken what was asked for and is at work on it.
    private func waitUntilDecoding(_ engine: WhisperEngine) {
        while engine.queuedCount > 0 { usleep(1000) }
        usleep(20_000)
    }

    @Test func aDecodeUnderWayIsAbortedAndTheDecoderStaysSound() throws {
        let flite = try FliteEngine()
        let long = try longSpeech(flite)
        let recogniser = try Recogniser(try engine())
        defer { recogniser.close() }
        // A busy machine may let a decode end before the cancel: then its answer came first, and the
        // next try is to show the abort.
        var answeredCount = 0
        for _ in 0..<10 where recogniser.engine.abortedCount == 0 {
            recogniser.hear(long)
            recogniser.request()
            waitUntilDecoding(recogniser.engine)
            recogniser.cancel()
            answeredCount = recogniser.answers.count
            // The worker is free again once it takes the next job.
            _ = try recogniser.engine.transcribe(samples8k: [Int16](repeating: 0, count: 800))
        }
        #expect(recogniser.engine.abortedCount == 1)
        #expect(recogniser.answers.count == answeredCount, "a cancelled request was answered")

        // What an engine that has heard nothing else makes of the same samples, to the last digit:
        // neither the abort nor earlier audio may leave a trace in the next call's words.
        let short = G711.decodedMuLaw(
            try TestModels.speak("A table for two people please.", with: flite))
        let expected = try engine().transcribe(samples8k: short)
        recogniser.hear(short)
        recogniser.request()
        let answer = try #require(recogniser.answers.next())
        #expect(try answer.get() == expected)
        #expect(recogniser.answers.count == answeredCount + 1)
    }

    @Test func aNewUtteranceForgetsTheOneBefore() throws {
        let flite = try FliteEngine()
        let recogniser = try Recogniser(try engine())
        defer { recogniser.close() }
        recogniser.hear(try longSpeech(flite))
        recogniser.request()
        let short = try TestModels.speak("My name is John Miller.", with: flite)
        recogniser.hear(G711.decodedMuLaw(short))
        recogniser.request()
        let answer = try #require(recogniser.answers.next())
        let words = TestModels.words(try answer.get().text)
        #expect(words.contains("name") && !words.contains("table"), "heard: \(words)")
    }

    @Test func aSessionIsToldWhenTheQueueIsFull() throws {
        let flite = try FliteEngine()
        let long = try longSpeech(flite)
        let engine = try engine(queueMax: 1)
        let recognisers = try (0..<3).map { _ in try Recogniser(engine) }
        defer { recognisers.forEach { $0.close() } }
        recognisers[0].hear(long)
        recognisers[0].request()
        waitUntilDecoding(engine)
        for recogniser in recognisers[1...] {
            recogniser.hear(long)
            recogniser.request()
        }
        // The first decode still runs and the second waits: there is no place for the third.
        let refused = try #require(recognisers[2].answers.next())
        guard case .failure(.overloaded(stage: "whisper")) = refused else {
            Issue.record("expected to be refused, got \(refused)")
            return
        }
        recognisers.forEach { $0.cancel() }
        #expect(recognisers[2].answers.count == 1)
    }
}
