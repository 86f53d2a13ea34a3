import DSP
import Pipelines
import StreamTesting
import Testing

/// Whole calls that carry 16 or 24 kHz, linear, beside the same calls as telephones have them.
///
/// The caller's words go through the conversation's own conversion: they are levels, which resampling leaves as
/// they are but for 2 ms at their edges, and detector and recogniser hear what comes out of it.
struct WideCallTests {
    static let forms = [
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
    ]
    /// A frame: milliseconds.
    private static let frameMs = 20.0

    /// One call that is made in several forms.
    struct Plan: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var greeting: String?
        var throughMs = 12_000
        var sentences = ["a1 a2", "a3 a4 a5 a6 a7 a8"]
        var script: @Sendable (inout CallerScript) -> Void
        var services: @Sendable (ScriptedCall) -> Void = { _ in }
        var outcomes: [TurnRecord.Outcome]
    }

    static let plans = [
        Plan(
            testDescription: "a turn from end to end", greeting: "g1 g2 g3",
            script: { $0.say(["w1", "w2", "w3"], fromMs: 3000) }, outcomes: [.heard, .heard]),
        Plan(
            testDescription: "two turns, services as they usually are", greeting: "g1",
            throughMs: 16_000,
            script: {
                $0.say(["w1", "w2", "w3"], fromMs: 3000)
                $0.say(["w4", "w5"], fromMs: 9500)
            },
            services: { call in
                call.stt.latencyMs = { 210 }
                call.tts.firstMs = { 130 }
                call.tts.msPerSecond = { 90 }
                call.delayToMs = { 45 }
                call.delayFromMs = { 45 }
                call.frameLateMs = { Double($0 % 3) * 4 }
            }, outcomes: [.heard, .heard, .heard]),
        Plan(
            testDescription: "an interruption",
            script: {
                $0.say(["w1"], fromMs: 3000)
                $0.say(["w2", "w3", "w4"], fromMs: 5000)
            }, outcomes: [.interrupted, .heard]),
        Plan(
            testDescription: "a noise over the agent, who goes on",
            script: {
                $0.say(["w1"], fromMs: 3000)
                // Noticed in the middle of a frame: the filter's 2 ms do not make it the next one, where
                // the stop would come in the next word.
                $0.noise(fromMs: 4940, toMs: 5235)
            }, outcomes: [.heard]),
        Plan(
            testDescription: "a pause, and the caller goes on",
            script: {
                $0.say(["w1", "w2"], fromMs: 3000)
                $0.say(["w3"], fromMs: 3850)
            }, outcomes: [.heard]),
        Plan(
            testDescription: "speech that is slower than it is spoken",
            script: { $0.say(["w1"], fromMs: 3000) },
            services: { call in
                call.tts.firstMs = { 300 }
                call.tts.msPerSecond = { 1400 }
            }, outcomes: [.heard]),
    ]

    private func run(_ plan: Plan, _ audio: CallAudio) -> ScriptedCall {
        var script = CallerScript()
        plan.script(&script)
        let parts = plan.sentences.map { ReplyPart.sentence($0) }
        let call = ScriptedCall(
            script, greeting: plan.greeting,
            answer: { input, turn in
                if case .silence = input { return .init(parts: []) }
                return .init(parts: turn == 1 ? parts : [.sentence("b\(turn) b b")])
            }, hearing: CodedDetector(onsetMs: { 50 }, takesNoise: { true }),
            change: { $0.audio = audio })
        for sentence in plan.sentences {
            for word in sentence.split(separator: " ") { call.sentenceTurns[String(word)] = 1 }
        }
        plan.services(call)
        call.run(throughMs: plan.throughMs)
        #expect(call.violations.isEmpty, "\(audio): \(call.violations)")
        return call
    }

    private func expectNear(_ one: Double?, _ other: Double?, _ what: String) {
        guard let one, let other else {
            #expect(one == nil && other == nil, "\(what): \(String(describing: one))")
            return
        }
        #expect(abs(one - other) <= Self.frameMs, "\(what): \(one) and \(other) ms")
    }

    @Test(arguments: plans, forms)
    func theTurnsAreThoseOfATelephoneCall(plan: Plan, audio: CallAudio) {
        let telephone = run(plan, .telephone)
        let wide = run(plan, audio)
        #expect(telephone.records.map(\.outcome) == plan.outcomes)
        #expect(wide.records.map(\.outcome) == plan.outcomes)
        for (one, other) in zip(telephone.records, wide.records) {
            let turn = "turn \(one.turn)"
            #expect(one.turn == other.turn && one.input == other.input)
            #expect(one.callerText == other.callerText && one.replyText == other.replyText)
            #expect(one.heardText == other.heardText)
            expectNear(
                telephone.time.ms(of: one.speechEndNanos), wide.time.ms(of: other.speechEndNanos),
                "\(turn): end of speech")
            expectNear(one.endpointMs, other.endpointMs, "\(turn): endpoint")
            expectNear(one.transcriptMs, other.transcriptMs, "\(turn): transcript")
            expectNear(one.firstFrameSentMs, other.firstFrameSentMs, "\(turn): first frame")
            expectNear(one.firstFramePlayedMs, other.firstFramePlayedMs, "\(turn): played")
            expectNear(one.finishedMs, other.finishedMs, "\(turn): end")
        }
        #expect(wide.dialogue.calls == telephone.dialogue.calls)
        #expect(wide.playedWords == telephone.playedWords)
        #expect(wide.marks == telephone.marks)
        #expect(wide.clearMs.count == telephone.clearMs.count)
        for (one, other) in zip(telephone.clearMs, wide.clearMs) { expectNear(one, other, "clear") }
        for (one, other) in zip(telephone.frameMs, wide.frameMs) { expectNear(one, other, "frame") }
        let frame = CallAudio.telephone.byteCount(ms: 20)
        for (word, count) in telephone.playedByteCounts {
            #expect(abs((wide.playedByteCounts[word] ?? 0) - count) <= frame, "\(word)")
        }
    }

    /// What a telephone call cannot show: each sample of the speech is played, and nothing but it.
    @Test(arguments: forms)
    func everySampleIsPlayed(audio: CallAudio) {
        let call = run(Self.plans[0], audio)
        #expect(call.gaps().allSatisfy { $0 > 500 }, "\(call.gaps())")
        #expect(call.played.allSatisfy { $0.codes.count == audio.sampleCount(ms: 20) })
        #expect(
            call.playedByteCounts.values.allSatisfy { $0 == CodedSynthesiser.codedByteCount })
    }
}

/// Speech that comes in another form than the call's is never played.
struct UnfitSpeechTests {
    private static let wide = CallAudio(.linear16, sampleRate: 16_000)

    private func call(
        _ part: ReplyPart, change: (inout ConversationOptions) -> Void = { _ in }
    ) -> ScriptedCall {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        return ScriptedCall(
            script,
            answer: { input, turn in
                guard case .speech = input, turn == 1 else { return .init(parts: []) }
                return .init(parts: [part])
            },
            change: {
                $0.apologyText = "sorry"
                change(&$0)
            })
    }

    @Test func speechOfTheDialogueInAnotherFormIsAFailure() {
        let clip = SpeechClip(text: "a1 a2", audio: Self.wide)
        [UInt8](repeating: 1, count: 64_000).withUnsafeBufferPointer { _ = clip.append($0) }
        let call = call(.speech(clip))
        call.run(throughMs: 8000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(clip.isCancelled)
        #expect(call.playedWords == ["sorry"])
        let reasons = call.events.compactMap { event -> String? in
            if case .stageFailed(let error) = event.event { error.description } else { nil }
        }
        #expect(
            Set(reasons) == [
                "dialogue failed: it speaks linear16-16000, and the call carries mulaw-8000"
            ])
    }

    /// A synthesiser that can do one form only.
    private final class Telephonist: TextToSpeech, @unchecked Sendable {
        let name = "telephonist"
        let inner: CodedSynthesiser
        init(_ inner: CodedSynthesiser) { self.inner = inner }
        func synthesize(
            _ text: String, voice: String?, audio: CallAudio,
            onAudio: @escaping @Sendable () -> Void
        ) -> SpeechClip {
            inner.synthesize(text, voice: voice, audio: .telephone, onAudio: onAudio)
        }
    }

    /// The greeting is made before the call; one of another form is spoken anew.
    @Test func aGreetingInAnotherFormIsSpokenAnew() {
        let time = SimulatedTime()
        let script = CallerScript()
        let tts = CodedSynthesiser(time)
        let dialogue = CheckedDialogue(time) { _, _ in .init(parts: []) }
        var options = ConversationOptions()
        options.audio = Self.wide
        let greeting = tts.finished("g1 g2")
        final class Silent: ClockedCaller {
            func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8]) {}
        }
        let call = ClockedCall(
            .init(
                time: time, caller: Silent(), stt: CodedRecogniser(SpokenSounds(script), time),
                dialogue: dialogue, tts: tts, detector: ScriptedDetector(script)),
            greeting: greeting, options: options)
        call.run(throughMs: 3000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["g1", "g2"])
        #expect(tts.clips.map(\.audio) == [Self.wide])
    }

    @Test func aSynthesiserThatAnswersInAnotherFormHasFailed() {
        let time = SimulatedTime()
        let tts = CodedSynthesiser(time)
        var options = ConversationOptions()
        options.audio = Self.wide
        options.greets = true
        let dialogue = CheckedDialogue(time) { _, _ in .init(parts: []) }
        dialogue.greeting = "g1 g2"
        let line = PlayoutTests.Line()
        let talk = Conversation(
            options: options, call: CallInfo(callSid: "CA1", assistantID: "test"),
            stages: ConversationStages(
                stt: CodedRecogniser(SpokenSounds(CallerScript()), time), dialogue: dialogue,
                tts: Telephonist(tts), detector: ScriptedDetector(CallerScript()),
                cache: SpeechCache()),
            greeting: nil, transport: line, observer: nil, onAudio: {}, clock: { time.nowNanos })
        talk.start(nowNanos: time.nowNanos)
        talk.advance(nowNanos: time.nowNanos + 1_000_000_000)
        #expect(line.frames.isEmpty)
        #expect(tts.clips.first?.isCancelled == true)
    }
}
