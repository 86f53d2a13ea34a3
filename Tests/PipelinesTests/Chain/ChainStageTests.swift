import Engines
import Net
import Pipelines
import StreamTesting
import Synchronization
import Testing

/// A chain of recognisers on a loop; touched there only.
private final class RecogniserCase: @unchecked Sendable {
    let journal = Journal()
    let loop: TestLoop
    let places: [ChainPlace]
    private var session: (any SpeechToTextSession)?
    private let chain: ChainSpeechToText

    init(_ behaviours: [Behaviour], failuresMax: Int = 100) throws {
        let journal = journal
        loop = try TestLoop()
        places = behaviours.indices.map { place("stt", "e\($0)", failuresMax: failuresMax) }
        chain = ChainSpeechToText(
            zip(behaviours, places).map { behaviour, place in
                ChainLink(
                    FakeRecogniser(name: place.engine, behaviour: behaviour, journal: journal),
                    place)
            }, utteranceMsMax: 1000,
            report: { place, _, next in journal.add("report \(place.engine) \(next)") })
    }

    /// - Parameter cancels: in the same turn of the loop, so that no time-out comes between.
    func say(_ count: Int, cancels: Bool = false) async {
        await loop.run { [self] in
            if session == nil {
                session = chain.makeSession(
                    call: CallInfo(callSid: "CA1", assistantID: "a"), loop: loop.loop)
            }
            session?.beginUtterance()
            [Int16](repeating: 9, count: count).withUnsafeBufferPointer { session?.feed($0) }
            session?.requestTranscript { [journal] result in
                switch result {
                case .success(let transcript): journal.add("heard \(transcript.text)")
                case .failure(let error): journal.add("failed \(error)")
                }
            }
            if cancels { session?.cancelRequest() }
        }
    }

    func close() async { await loop.run { [self] in session?.close() } }
}

@Suite struct ChainSpeechToTextTests {
    @Test(arguments: [Behaviour.fail, .hang])
    func theNextEngineHearsTheWholeUtterance(first: Behaviour) async throws {
        let recognisers = try RecogniserCase([first, .fail, .answer("yes")])
        await recognisers.say(800)
        #expect(await recognisers.journal.wait(for: "heard yes"))
        #expect(recognisers.journal.count("e0 asked 800") == 1)
        #expect(recognisers.journal.count("e1 asked 800") == 1)
        #expect(recognisers.journal.count("e2 asked 800") == 1)
        #expect(recognisers.journal.count("report e0 e1") == 1)
        #expect(recognisers.places.map(\.failedCount) == [1, 1, 0])
        await recognisers.close()
        #expect(recognisers.journal.count("e1 closed") == 1)
    }

    /// Being late is not a reason not to be believed when nobody else has answered.
    @Test func aLateEngineIsNotGivenUpWhileTheNextThinks() async throws {
        let recognisers = try RecogniserCase([.late("slow", afterMs: 200), .hang, .hang])
        await recognisers.say(800)
        #expect(await recognisers.journal.wait(for: "heard slow"))
        #expect(recognisers.journal.count("e1 asked 800") == 1)
        #expect(recognisers.places.map(\.failedCount) == [0, 0, 0])
        #expect(recognisers.journal.count("e1 cancelled") >= 1)
        await recognisers.close()
    }

    @Test func ofTwoEnginesTheFirstAnswerCounts() async throws {
        let recognisers = try RecogniserCase([
            .late("slow", afterMs: 5000), .late("quick", afterMs: 20),
        ])
        await recognisers.say(800)
        #expect(await recognisers.journal.wait(for: "heard quick"))
        #expect(recognisers.places.map(\.failedCount) == [1, 0])
        #expect(
            recognisers.journal.count("e0 cancelled") == 1
                && recognisers.journal.count("heard") == 1)
        await recognisers.close()
    }

    @Test func aLateEngineThatFailsAfterAllLeavesItToTheOther() async throws {
        let recognisers = try RecogniserCase([.hang, .fail])
        await recognisers.say(800)
        #expect(await recognisers.journal.wait(for: "e1 asked"))
        try await Task.sleep(for: .milliseconds(50))
        #expect(recognisers.journal.count("failed") == 0, "the first may still answer")
        #expect(recognisers.places.map(\.failedCount) == [0, 1])
        await recognisers.close()
    }

    @Test func aSickEngineIsSkippedAndTheLastIsAskedAllTheSame() async throws {
        let recognisers = try RecogniserCase([.fail, .fail], failuresMax: 2)
        for count in 1...4 {
            await recognisers.say(80)
            #expect(await recognisers.journal.wait(for: "failed", count: count))
        }
        #expect(recognisers.places.map(\.usedCount) == [2, 4])
        #expect(recognisers.places[0].breaker.state == .open)
        await recognisers.close()
    }

    @Test func aCancelledRequestAnswersNobodyAndBlamesNobody() async throws {
        let recognisers = try RecogniserCase([.hang, .answer("no")])
        await recognisers.say(80, cancels: true)
        try await Task.sleep(for: .milliseconds(150))
        #expect(
            recognisers.journal.count("heard") == 0 && recognisers.journal.count("e1 asked") == 0)
        #expect(recognisers.places[0].failedCount == 0)
        await recognisers.close()
    }
}

@Suite struct ChainTextToSpeechTests {
    private static let text = "one two three four five six seven eight nine ten"

    /// Speaks the text by a chain, the n-th engine in bytes of n + 1.
    private func speak(
        _ behaviours: [Behaviour], journal: Journal = Journal()
    ) async throws -> (clip: SpeechClip, bytes: [UInt8], journal: Journal) {
        let loop = try TestLoop()
        let chain = ChainTextToSpeech(
            behaviours.enumerated().map { index, behaviour in
                ChainLink(
                    FakeSynthesiser(
                        name: "v\(index)", behaviour: behaviour, byte: UInt8(index + 1),
                        journal: journal), place("tts", "v\(index)"))
            }, loop: loop.loop, playoutMsMax: 60_000, report: { _, _, _ in })
        let clip = chain.synthesize(Self.text, voice: "alloy", audio: .telephone) {
            journal.add("audio")
        }
        for _ in 0..<2000 where !clip.isFinished && clip.error == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        var bytes = [UInt8](repeating: 0, count: clip.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        return (clip, bytes, journal)
    }

    @Test(arguments: [Behaviour.fail, .hang])
    func theNextVoiceSaysAllOfIt(first: Behaviour) async throws {
        let (clip, bytes, journal) = try await speak([first, .answer("")])
        #expect(clip.isFinished && clip.isSubstitute)
        #expect(
            bytes
                == [UInt8](
                    repeating: 2, count: SpeechLength.byteCount(of: Self.text, in: .telephone)))
        // An assistant's voice means nothing to the second engine.
        #expect(journal.all.filter { $0.hasPrefix("v1") } == ["v1 says \(Self.text) as itself"])
        #expect(journal.count("v0 says \(Self.text) as alloy") == 1)
    }

    @Test(arguments: [true, false])
    func aVoiceThatBreaksOffIsFollowedFromTheWordItStoppedIn(hangs: Bool) async throws {
        let (clip, bytes, journal) = try await speak([
            .breakOff(after: "one two thr", hangs: hangs), .answer(""),
        ])
        #expect(clip.isFinished)
        let rest = "three four five six seven eight nine ten"
        #expect(journal.count("v1 says \(rest) as") == 1, "\(journal.all)")
        #expect(bytes.count { $0 == 1 } == 11 * 8000 / 15)
        #expect(bytes.count { $0 == 2 } == SpeechLength.byteCount(of: rest, in: .telephone))
        #expect(bytes.lastIndex(of: 1).map { $0 + 1 } == bytes.firstIndex(of: 2))
    }

    @Test func withoutAnyVoiceTheClipFails() async throws {
        let (clip, bytes, _) = try await speak([.fail, .fail])
        #expect(clip.error != nil && bytes.isEmpty)
    }

    @Test func aClipOfTheFirstVoiceIsNoSubstitute() async throws {
        let (clip, bytes, journal) = try await speak([.answer(""), .fail])
        #expect(clip.isFinished && !clip.isSubstitute && Set(bytes) == [1])
        #expect(journal.count("v1") == 0)
    }

    @Test func cancellingReachesTheEngineUnderWay() async throws {
        let loop = try TestLoop()
        let journal = Journal()
        let places = [place("tts", "a", answerMs: 400), place("tts", "b")]
        let chain = ChainTextToSpeech(
            places.map {
                ChainLink(
                    FakeSynthesiser(name: $0.engine, behaviour: .hang, byte: 1, journal: journal),
                    $0)
            }, loop: loop.loop, playoutMsMax: 1000, report: { _, _, _ in })
        let clip = chain.synthesize("hello", voice: nil, audio: .telephone) {}
        clip.cancel()
        try await Task.sleep(for: .milliseconds(600))
        #expect(journal.all == ["a says hello as itself"])
        #expect(places.map(\.failedCount) == [0, 0])
    }
}
