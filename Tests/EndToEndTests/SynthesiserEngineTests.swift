import DSP
import Engines
import Foundation
import Net
import Pipelines
import Testing
import Wire

/// The engines that speak over the network, against a process that speaks their vendors' protocols.
@Suite struct SynthesiserEngineTests {
    private static let quick = ["--fixtures", "none", "--reply", "Yes.", "--seconds", "60"]

    private static func services(_ words: [String] = []) async throws -> ServiceProcess {
        try await blocking { try ServiceProcess(quick + words) }
    }

    /// What each of them makes of a sentence, all at once.
    private static func spoken(
        _ text: String, by services: ServiceProcess, firstByteMs: Int = 20_000
    ) async throws -> [(kind: SynthesiserKind, speech: SpokenSentence)] {
        let home = try EngineLoop()
        return try await withThrowingTaskGroup(of: (SynthesiserKind, SpokenSentence).self) {
            group in
            for kind in SynthesiserKind.allCases {
                let engine = kind.engine(
                    services, on: home.loop, clients: home.clients, firstByteMs: firstByteMs)
                group.addTask { (kind, try await engine.spoken(text)) }
            }
            var all: [(SynthesiserKind, SpokenSentence)] = []
            for try await one in group { all.append(one) }
            return all
        }
    }

    @Test func whatTheyAreGivenIsWhatTheySay() async throws {
        let services = try await Self.services()
        let home = try EngineLoop()
        let flite = try FliteEngine()
        let texts = [
            "Your table for four people is booked.", "We look forward to seeing you tomorrow.",
        ]
        for kind in SynthesiserKind.allCases {
            let engine = kind.engine(services, on: home.loop, clients: home.clients)
            engine.warm(voice: nil, on: home.loop)
            // The second one finds what the first has learned and left open.
            for text in texts {
                let expected = try await flite.spoken(text).muLaw
                let speech = try await engine.spoken(text)
                #expect(speech.error == nil, "\(kind): \(speech.error.debugDescription)")
                let ratio = Double(speech.muLaw.count) / Double(expected.count)
                #expect((0.9...1.1).contains(ratio), "\(kind): \(ratio)")
                let alike = likeness(speech.muLaw, expected)
                #expect(alike > 0.9, "\(kind): \(alike)")
                let others = try await flite.spoken(texts[text == texts[0] ? 1 : 0]).muLaw
                #expect(likeness(speech.muLaw, others) < 0.8, "\(kind)")
            }
        }
    }

    /// What a browser's call will want: the same speech, at its rate, linear.
    @Test(arguments: [
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
    ])
    func theySpeakInTheFormOfTheCall(audio: CallAudio) async throws {
        let services = try await Self.services()
        let home = try EngineLoop()
        let text = "Your table for four people is booked."
        let expected = try await FliteEngine().spoken(text).muLaw
        for kind in SynthesiserKind.allCases {
            let engine = kind.engine(services, on: home.loop, clients: home.clients)
            let speech = try await engine.spoken(text, as: audio)
            #expect(speech.error == nil, "\(kind): \(speech.error.debugDescription)")
            #expect(speech.audio == audio && speech.bytes.count % audio.bytesPerSample == 0)
            let milliseconds = audio.milliseconds(byteCount: speech.bytes.count)
            let ratio = Double(milliseconds) * 8 / Double(expected.count)
            #expect((0.9...1.1).contains(ratio), "\(kind): \(ratio)")
            let alike = likeness(speech.muLaw, expected)
            #expect(alike > 0.9, "\(kind): \(alike)")
        }
    }

    @Test func speechIsThereBeforeItIsWhole() async throws {
        // It takes far longer to come than anybody here waits.
        let services = try await Self.services(["--tts-speedup", "0.2"])
        let home = try EngineLoop()
        for kind in SynthesiserKind.allCases where kind.isStreamed {
            let engine = kind.engine(services, on: home.loop, clients: home.clients)
            let begun = try await blocking {
                let told = DispatchSemaphore(value: 0)
                let clip = engine.synthesize(
                    "It is two minutes from the station, behind the old town hall.", voice: nil,
                    audio: .telephone
                ) { told.signal() }
                defer { clip.cancel() }
                told.wait()
                return (clip.byteCount, clip.isFinished, clip.error)
            }
            #expect(begun.0 > 0 && !begun.1, "\(kind): \(begun)")
        }
    }

    @Test(arguments: [
        "\"fault\":\"garbage\"", "\"fault\":\"cut\"", "\"fault\":\"status\",\"status\":503",
    ])
    func whatGoesWrongIsAnError(fault: String) async throws {
        let services = try await Self.services()
        try await services.setFault("tts", fault)
        for (kind, speech) in try await Self.spoken("This will not be heard.", by: services) {
            guard case .failed(let stage, let reason) = speech.error else {
                Issue.record("\(kind): \(speech.error.debugDescription)")
                continue
            }
            #expect(stage == "tts \(kind)")
            #expect(!fault.contains("503") || reason.contains("503"), "\(kind): \(reason)")
        }
    }

    @Test func silenceIsNotWaitedForForEver() async throws {
        let services = try await Self.services()
        try await services.setFault("tts", "\"fault\":\"hang\"")
        let all = try await Self.spoken("Nobody says this.", by: services, firstByteMs: 300)
        for (kind, speech) in all {
            guard case .timedOut(let stage, let afterMs) = speech.error else {
                Issue.record("\(kind): \(speech.error.debugDescription)")
                continue
            }
            #expect(stage == "tts \(kind)" && afterMs == 300)
            #expect(speech.muLaw.isEmpty)
        }
    }

    /// Whoever speaks alone has no chain that would notice.
    @Test func silenceInTheMiddleIsNotWaitedForForEver() async throws {
        let services = try await Self.services()
        let text = "Half of this is said before the service has enough of it."
        // What takes time on the other side is done once.
        for (kind, speech) in try await Self.spoken(text, by: services) {
            #expect(speech.error == nil, "\(kind): \(speech.error.debugDescription)")
        }
        try await services.setFault("tts", "\"fault\":\"stall\"")
        let all = try await Self.spoken(text, by: services, firstByteMs: 5000)
        for (kind, speech) in all {
            guard case .timedOut(let stage, let afterMs) = speech.error else {
                Issue.record("\(kind): \(speech.error.debugDescription)")
                continue
            }
            #expect(stage == "tts \(kind)" && afterMs == 5000, "\(kind): \(afterMs) ms")
            #expect(
                !kind.isStreamed || speech.muLaw.count > 1000,
                "\(kind): \(speech.muLaw.count) bytes")
        }
    }

    @Test func whatIsCancelledIsNotSpokenToTheEnd() async throws {
        let services = try await Self.services(["--tts-first-ms", "15000"])
        let home = try EngineLoop()
        let engines = SynthesiserKind.allCases.map {
            $0.engine(services, on: home.loop, clients: home.clients)
        }
        let clips = engines.map {
            $0.synthesize("Not wanted any more.", voice: nil, audio: .telephone) {}
        }
        // Piper's first two generations are asked in other ways before.
        #expect(
            try await Self.settles(services) {
                $0["active"]?.intValue == SynthesiserKind.allCases.count
                    && $0["requests"]?.intValue == SynthesiserKind.allCases.count + 3
            })
        for clip in clips { clip.cancel() }
        let isTold = try await Self.settles(services) {
            $0["active"]?.intValue == 0
                && $0["cancelled"]?.intValue == SynthesiserKind.allCases.count
        }
        let statistics = try await services.statistics()
        #expect(isTold, "\(statistics)")
        for clip in clips {
            #expect(await eventually { clip.isFinished })
            #expect(clip.byteCount == 0 && clip.error == nil)
        }
    }

    private static func settles(
        _ services: ServiceProcess, _ condition: (JSONValue) -> Bool
    ) async throws -> Bool {
        for _ in 0..<500 {
            if let counts = try await services.statistics()["tts"], condition(counts) {
                return true
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Sockets that stand open for later go with the server, and others are made.
    @Test(arguments: [SynthesiserKind.elevenLabs, .deepgram])
    func aServerThatWasRestartedIsSpokenWithAgain(kind: SynthesiserKind) async throws {
        let first = try await Self.services()
        let home = try EngineLoop()
        let engine = kind.engine(first, on: home.loop, clients: home.clients)
        #expect(try await engine.spoken("Before it.").error == nil)
        first.kill()
        #expect(try await engine.spoken("While it is away.").error != nil)
        let second = try await Self.services(["--port", "\(first.port)"])
        #expect(second.port == first.port)
        let after = try await engine.spoken("After it.")
        #expect(after.error == nil && after.muLaw.count > 2000)
    }

    @Test func withoutAKeyTheVendorsRefuse() async throws {
        let services = try await Self.services()
        let home = try EngineLoop()
        let bare = RemoteService(
            stage: "tts", baseURL: services.baseURL, headers: HTTPHeaders(), connectMs: 20_000,
            firstByteMs: 20_000, totalMs: 30_000, stallMs: 20_000)
        let eleven = ElevenLabsSpeech(
            ElevenLabsOptions(service: bare, voice: "rms"), loop: home.loop)
        let deepgram = RemoteSpeech(
            DeepgramSpeech(service: bare, model: "rms"), clients: home.clients, loop: home.loop)
        let refusals = [
            try await eleven.spoken("Who is it?").error, try await deepgram.spoken("Me.").error,
        ]
        #expect("\(refusals[0].debugDescription)".contains("An API key is required"))
        #expect("\(refusals[1].debugDescription)".contains("401: Invalid credentials."))
    }

    @Test func moreThanItsLimitIsRefused() async throws {
        let services = try await Self.services(["--tts-first-ms", "2000"])
        let home = try EngineLoop()
        let service = RemoteService(
            stage: "tts", baseURL: services.baseURL, headers: ["Authorization": "Token secret"],
            connectMs: 20_000, firstByteMs: 20_000, totalMs: 30_000, stallMs: 20_000)
        var options = RemoteSpeechOptions()
        options.requestsMax = 2
        let engine = RemoteSpeech(
            DeepgramSpeech(service: service, model: "rms"), options: options,
            clients: home.clients, loop: home.loop)
        let clips = (0..<2).map { _ in
            engine.synthesize("One of two.", voice: nil, audio: .telephone) {}
        }
        guard case .overloaded = try await engine.spoken("One too many.").error else {
            Issue.record("it was taken")
            return
        }
        for clip in clips { clip.cancel() }
        for clip in clips { #expect(await eventually { clip.isFinished }) }
        // There is room again.
        let clip = engine.synthesize("The next one.", voice: nil, audio: .telephone) {}
        #expect(clip.error == nil)
        clip.cancel()
    }
}
