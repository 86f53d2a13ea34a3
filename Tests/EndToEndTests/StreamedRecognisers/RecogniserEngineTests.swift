import CallSimulator
import Foundation
import Net
import Pipelines
import Testing

/// Each engine against its service's wire protocol, in another process.
@Suite(.serialized) struct RecogniserEngineTests {
    /// Knows the fixtures, which takes it a moment to learn; faults have services of their own.
    private static let knowing = Result { try ServiceProcess() }

    /// What a service hears that knows no fixtures.
    private static let words = "a table for four please".spokenWords

    private func services(_ words: [String] = []) async throws -> ServiceProcess {
        try await blocking { try ServiceProcess(["--fixtures", "none"] + words) }
    }

    private func knowingServices() async throws -> ServiceProcess {
        try await blocking { try Self.knowing.get() }
    }

    /// The clip from a little before its speech.
    private func clip(_ name: String) throws -> (muLaw: [UInt8], text: String) {
        let utterance = try Fixture.utterance(name)
        let start = max(0, utterance.speechStart - 800)
        let end = min(utterance.muLaw.count, utterance.speechEnd + 1280)
        return (Array(utterance.muLaw[start..<end]), utterance.text)
    }

    private func connections(_ services: ServiceProcess, _ kind: RecogniserKind) async throws -> Int
    {
        let notes = try await services.statistics()["recent"]?.arrayValue ?? []
        return notes.count { $0.stringValue?.contains("connection \(kind.path) ") == true }
    }

    /// Looks every 5 ms for up to half a minute.
    private func wait(until condition: () async throws -> Bool) async throws {
        for _ in 0..<6000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(arguments: RecogniserKind.allCases)
    func oneUtteranceAfterTheOtherIsHeard(kind: RecogniserKind) async throws {
        let services = try await knowingServices()
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: 20_000))
        for name in ["speech/book-a-table.rms", "speech/yes.rms", "speech/for-four-people.slt"] {
            let (muLaw, text) = try clip(name)
            await probe.begin()
            await probe.say(muLaw[...])
            #expect(await probe.words().spokenWords == text.spokenWords, "\(name)")
        }
        // Silence is nobody's business.
        await probe.begin()
        await probe.say([UInt8](repeating: 0xFF, count: 4000)[...])
        #expect(await probe.words().spokenWords == [])
        await probe.close()
    }

    /// The pause is taken for an end, and then the caller goes on.
    @Test(arguments: RecogniserKind.allCases)
    func whatIsSaidAfterAPauseIsAdded(kind: RecogniserKind) async throws {
        let services = try await knowingServices()
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: 20_000))
        let clip = try Fixture.utterance("pauses/table-for-four.rms")
        // The pause lasts from 1240 to 1860 ms.
        let middle = 1640 * 8
        await probe.begin()
        await probe.say(clip.muLaw[..<middle])
        // Who hears all of it again would hear a longer pause, and know the clip no more.
        let isSilent = kind != .concya
        let half = await probe.words(isSilentMeanwhile: isSilent)
        #expect(half.spokenWords == "I'd like a table".spokenWords)
        await probe.askInVain()
        await probe.say(clip.muLaw[middle...])
        let whole = await probe.words(isSilentMeanwhile: isSilent)
        #expect(whole.spokenWords == clip.text.spokenWords)
        // Asked again with nothing new, it is said again.
        let again = await probe.words(isSilentMeanwhile: isSilent)
        #expect(again.spokenWords == clip.text.spokenWords)
        await probe.close()
    }

    @Test func fluxTellsTheEndsOfTurns() async throws {
        let services = try await knowingServices()
        let probe = try RecogniserProbe(RecogniserKind.flux.engine(services, patienceMs: 20_000))
        let clip = try Fixture.utterance("pauses/table-for-four.slt")
        await probe.begin()
        // The pause of 300 ms is long enough for a suspicion only.
        await probe.say(clip.muLaw[..<clip.speechEnd])
        await probe.say([UInt8](repeating: 0xFF, count: 4800)[...])
        try await wait { await probe.hintsSoFar().last == .ended }
        #expect(await probe.hintsSoFar() == [.likely, .resumed, .likely, .ended])
        await probe.close()
    }

    @Test(arguments: RecogniserKind.allCases)
    func aConnectionIsThereBeforeTheCall(kind: RecogniserKind) async throws {
        let services = try await services()
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: 20_000))
        await probe.warm()
        await probe.warm()
        try await wait { try await connections(services, kind) > 0 }
        #expect(try await connections(services, kind) == 1)
        let (muLaw, _) = try clip("speech/yes.rms")
        await probe.begin()
        await probe.say(muLaw[...])
        if kind != .concya { #expect(try await connections(services, kind) == 1) }
        #expect(await probe.words().spokenWords == Self.words)
        await probe.close()
    }

    static let faults = [
        "\"fault\":\"hang\"", "\"fault\":\"stall\"", "\"fault\":\"cut\"", "\"fault\":\"garbage\"",
    ]

    /// A failure is told, and the next utterance is heard over a new connection.
    @Test(arguments: RecogniserKind.allCases, faults)
    func aFaultIsAnErrorAndIsGotOver(kind: RecogniserKind, fault: String) async throws {
        let services = try await services()
        let (muLaw, _) = try clip("speech/yes.rms")
        let isSilent = fault.contains("hang") || fault.contains("stall")
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: isSilent ? 300 : 20_000))
        try await services.setFault("stt", fault)
        await probe.begin()
        await probe.say(muLaw[...])
        let failed = await probe.words()
        switch failed {
        case .success(let words): Issue.record("heard \(words)")
        case .failure(.timedOut): #expect(isSilent)
        case .failure(let error): #expect(!isSilent, "\(error)")
        }
        try await services.setFault("stt", "\"fault\":\"none\"")
        guard !isSilent else { return await probe.close() }
        await probe.begin()
        await probe.say(muLaw[...])
        #expect(await probe.words().spokenWords == Self.words)
        await probe.close()
    }

    /// Each time-out is its own: for the first sign of life, and for all of the words.
    @Test(arguments: RecogniserKind.allCases)
    func eachTimeIsKept(kind: RecogniserKind) async throws {
        let services = try await services()
        let (muLaw, _) = try clip("speech/yes.rms")
        // Flux' first sign of life is its turn's beginning, before anything is asked.
        let cases =
            [("hang", 200, 20_000)] + (kind == .flux ? [] : [("stall", 20_000, 200)])
        for (fault, firstByteMs, totalMs) in cases {
            let probe = try RecogniserProbe(
                kind.engine(services, firstByteMs: firstByteMs, totalMs: totalMs))
            try await services.setFault("stt", "\"fault\":\"\(fault)\"")
            await probe.begin()
            await probe.say(muLaw[...])
            let answer = await probe.words()
            guard case .failure(.timedOut(_, afterMs: 200)) = answer else {
                Issue.record("\(fault): \(answer)")
                return
            }
            await probe.close()
        }
    }

    /// The service hears the first sound and is gone; the next connection is given all of it.
    @Test func aConnectionThatBreaksInTheUtteranceIsReplaced() async throws {
        let services = try await services()
        let probe = try RecogniserProbe(RecogniserKind.flux.engine(services, patienceMs: 20_000))
        let (muLaw, _) = try clip("speech/book-a-table.rms")
        try await services.setFault("stt", "\"fault\":\"cut\",\"count\":1")
        await probe.begin()
        await probe.say(muLaw[...])
        try await wait { try await connections(services, .flux) > 1 }
        #expect(await probe.words().spokenWords == Self.words)
        await probe.close()
    }

    @Test(arguments: RecogniserKind.allCases)
    func aRefusedHandshakeIsAnErrorAndIsGotOver(kind: RecogniserKind) async throws {
        let services = try await services()
        let (muLaw, _) = try clip("speech/yes.rms")
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: 20_000))
        try await services.setFault("stt", "\"fault\":\"status\",\"status\":401")
        await probe.begin()
        await probe.say(muLaw[...])
        guard case .failure(let error) = await probe.words() else {
            Issue.record("words in spite of a refusal")
            return
        }
        #expect("\(error)".contains("401"), "\(error)")
        try await services.setFault("stt", "\"fault\":\"none\"")
        await probe.begin()
        await probe.say(muLaw[...])
        #expect(await probe.words().spokenWords == Self.words)
        await probe.close()
    }

    @Test(arguments: RecogniserKind.allCases)
    func slowAnswersAreWaitedFor(kind: RecogniserKind) async throws {
        let services = try await services(["--stt-ms", "400"])
        let probe = try RecogniserProbe(kind.engine(services, patienceMs: 20_000))
        let (muLaw, _) = try clip("speech/yes.rms")
        await probe.begin()
        await probe.say(muLaw[...])
        #expect(await probe.words().spokenWords == Self.words)
        await probe.close()
    }
}
