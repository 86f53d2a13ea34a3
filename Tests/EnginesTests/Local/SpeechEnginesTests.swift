import DSP
import Engines
import Foundation
import Net
import Pipelines
import Realtime
import Synchronization
import Testing

/// Collects what comes back on a loop.
private final class Answers: Sendable {
    private let list = Locked<[Result<Transcript, StageError>]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func add(_ answer: Result<Transcript, StageError>) {
        list.withLock { $0.append(answer) }
        arrived.signal()
    }

    func wait(_ count: Int, seconds: Double) -> [Result<Transcript, StageError>] {
        for _ in 0..<count where arrived.wait(timeout: .now() + seconds) == .timedOut { break }
        return list.withLock { $0 }
    }
}

/// A session is used on its loop only; this carries it there.
private struct Held<Value>: @unchecked Sendable {
    let value: Value
}

@Suite(.serialized) struct SpeechEnginesTests {
    @Test(arguments: [
        ("rms", "No, make it five people."),
        ("rms", "Tomorrow at seven thirty in the evening."),
        ("slt", "My name is John Miller."),
    ])
    func whisperUnderstandsFliteOverTheTelephone(voice: String, sentence: String) throws {
        let flite = try FliteEngine()
        let whisper = try TestModels.whisperEngine.get()
        let bytes = try TestModels.speak(sentence, voice: voice, with: flite)
        let transcript = try whisper.transcribe(samples8k: G711.decodedMuLaw(bytes))
        let heard = TestModels.words(transcript.text).joined(separator: " ")
            .replacing(/7 ?30/, with: "seven thirty").replacing("5", with: "five")
        #expect(heard == TestModels.words(sentence).joined(separator: " "))
        #expect((transcript.confidence ?? 0) > 0.5)
    }

    @Test func silenceHasNoWordsAndTakesNoDecoder() throws {
        // An engine of its own: other tests decode on the shared one at the same time.
        var options = WhisperOptions(modelPath: TestModels.whisper)
        options.workers = 1
        let whisper = try WhisperEngine(options)
        for silence in [
            [], [0], [Int16](repeating: 0, count: 8000), [Int16](repeating: 90, count: 801),
        ] {
            #expect(try whisper.transcribe(samples8k: silence).text == "")
        }
        #expect(whisper.decodedCount == 0)
        // One loud block at the end is enough to be listened to.
        let late = [Int16](repeating: 0, count: 8000) + [Int16](repeating: 3000, count: 40)
        _ = try whisper.transcribe(samples8k: late)
        #expect(whisper.decodedCount == 1)
    }

    @Test(arguments: [4000, 8000, 16_000, 40_000])
    func noiseHasNoWords(sampleCount: Int) throws {
        let whisper = try TestModels.whisperEngine.get()
        // A plain generator with a fixed seed: the same noise, −36 dBFS, in every run.
        var state: UInt64 = 7
        let noise = (0..<sampleCount).map { _ -> Int16 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int16(Int(state >> 33) % 1800 - 900)
        }
        let transcript = try whisper.transcribe(samples8k: noise)
        #expect(TestModels.words(transcript.text) == [])
    }

    @Test func speechStartsAtOnceAndEndsSoon() throws {
        let flite = try FliteEngine()
        for voice in ["rms", "slt", "awb", "kal"] {
            let bytes = try TestModels.speak("Good evening.", voice: voice, with: flite)
            let loud = bytes.indices.filter { abs(Int(G711.decodeMuLaw(bytes[$0]))) > 200 }
            let first = try #require(loud.first)
            let last = try #require(loud.last)
            // flite itself puts 200 ms before it. Its voices breathe differently each time.
            #expect(first < 1000, "\(voice): \(first / 8) ms of silence before the first sound")
            #expect(bytes.count - last < 1600, "\(voice): too much silence at the end")
        }
    }

    @Test func anUnknownVoiceIsAClearError() {
        var options = FliteOptions()
        options.voice = "nobody"
        do {
            _ = try FliteEngine(options)
            Issue.record("there is no such voice")
        } catch {
            #expect("\(error)".contains("rms, slt, awb, kal"))
        }
    }

    @Test func aMissingModelIsAClearError() {
        #expect(throws: StageError.self) {
            try WhisperEngine(WhisperOptions(modelPath: "/nonexistent.bin"))
        }
    }

    @Test func aCancelledSentenceIsNotMadeToItsEnd() throws {
        let flite = try FliteEngine()
        let text = [String](repeating: "This is a very long sentence", count: 30)
            .joined(separator: " and ")
        let began = Atomic<Bool>(false)
        let ended = DispatchSemaphore(value: 0)
        let clip = flite.synthesize(text, voice: nil, audio: .telephone) {
            began.store(true, ordering: .releasing)
            ended.signal()
        }
        ended.wait()
        clip.cancel()
        while !clip.isFinished { _ = ended.wait(timeout: .now() + .milliseconds(20)) }
        // All of it would be about a minute of speech.
        #expect(clip.byteCount < 30 * 8000)
        let hasBegun = began.load(ordering: .acquiring)
        #expect(hasBegun)
    }

    @Test func sessionsAnswerOnTheirLoopAndCancelledOnesNever() throws {
        let flite = try FliteEngine()
        let whisper = try TestModels.whisperEngine.get()
        let samples = G711.decodedMuLaw(
            try TestModels.speak("A table for two people please.", with: flite))
        let loop = try EventLoop(label: "test")
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        let answers = Answers()
        let made = DispatchSemaphore(value: 0)
        let sessions = Locked<[Held<any SpeechToTextSession>]>([])
        loop.execute {
            for index in 0..<3 {
                let call = CallInfo(callSid: "CA\(index)", assistantID: "a")
                let session = whisper.makeSession(call: call, loop: loop)
                session.beginUtterance()
                samples.withUnsafeBufferPointer { session.feed($0) }
                session.requestTranscript { result in
                    #expect(loop.isCurrent)
                    answers.add(result)
                }
                if index == 1 { session.cancelRequest() }
                let held = Held(value: session)
                sessions.withLock { $0.append(held) }
            }
            made.signal()
        }
        made.wait()
        let results = answers.wait(2, seconds: 60)
        #expect(results.count == 2)
        for result in results {
            #expect(TestModels.words(try result.get().text).contains("table"))
        }
        let closed = DispatchSemaphore(value: 0)
        loop.execute {
            for held in sessions.withLock({ $0 }) { held.value.close() }
            closed.signal()
        }
        closed.wait()
    }

    @Test func aFullQueueSaysSo() throws {
        let pool = WorkerPool(name: "test", workerCount: 1, queueMax: 2)
        let release = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let first = pool.submit { _ in
            started.signal()
            release.wait()
        }
        #expect(first != nil)
        started.wait()
        let second = try #require(pool.submit { _ in })
        #expect(pool.submit { _ in } != nil)
        #expect(pool.submit { _ in } == nil)
        pool.withdraw(second)
        #expect(pool.queuedCount == 1)
        #expect(pool.submit { _ in } != nil)
        release.signal()
        pool.close()
        #expect(pool.submit { _ in } == nil)
    }

    @Test func aFixedClipHasTheLengthAskedFor() throws {
        let fixed = try FixedTextToSpeech(clipMs: 3000, madeBy: try FliteEngine())
        let clip = fixed.synthesize("anything", voice: nil, audio: .telephone) {}
        #expect(clip.isFinished)
        #expect(clip.byteCount == 24_000)
    }
}
