import Language
import Pipelines
import StreamTesting
import Testing

/// A dialogue that answers in speech of its own, which grows while it is played, and whose words
/// become known as it does.
struct SpokenReplyTests {
    /// Speech of `words`, a word each `everyMs`; the transcript runs one word behind the audio.
    private static func grow(
        _ clip: SpeechClip, _ words: [String], everyMs: Double, of call: ScriptedCall
    ) {
        for (index, word) in words.enumerated() {
            call.time.after(ms: Double(index) * everyMs) {
                guard !clip.isCancelled else { return }
                call.tts.bytes(of: word).withUnsafeBufferPointer { _ = clip.append($0) }
                clip.addTranscript(index == 0 ? word : " " + word)
                if index == words.count - 1 { clip.finish() }
            }
        }
    }

    /// A caller who says `w1` at 3,000 ms, and is answered in speech of so many words.
    private func call(
        _ count: Int, everyMs: Double, script change: (inout CallerScript) -> Void = { _ in },
        last: [ReplyPart] = []
    ) -> (call: ScriptedCall, clips: () -> [SpeechClip]) {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        change(&script)
        let made = Made()
        let words = (1...count).map { "a\($0)" }
        let call = ScriptedCall(
            script,
            answer: { input, turn in
                guard case .speech = input, let call = made.call else { return .init(parts: []) }
                guard turn == 1 else { return .init(parts: [.sentence("b\(turn) b b")]) }
                let clip = SpeechClip(text: "", audio: .telephone)
                made.clips.append(clip)
                Self.grow(clip, words, everyMs: everyMs, of: call)
                return .init(parts: [.speech(clip)] + last)
            })
        made.call = call
        for word in words { call.sentenceTurns[word] = 1 }
        return (call, { made.clips })
    }

    private final class Made {
        weak var call: ScriptedCall?
        var clips: [SpeechClip] = []
    }

    @Test func speechThatGrowsIsPlayedToItsEnd() throws {
        // Twice as fast as it is spoken.
        let (call, clips) = call(8, everyMs: 150)
        call.run(throughMs: 12_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == (1...8).map { "a\($0)" })
        let record = try #require(call.records.first)
        #expect(record.outcome == .heard && record.isSpeculative)
        #expect(
            record.replyText == "a1 a2 a3 a4 a5 a6 a7 a8" && record.heardText == record.replyText)
        #expect(call.dialogue.heardText(1) == record.replyText)
        #expect(call.tts.clips.isEmpty, "nothing was synthesised")
        #expect(clips().count == 1 && call.gaps().isEmpty)
    }

    @Test func speechThatIsSlowerThanItIsSpokenIsWaitedFor() throws {
        let (call, _) = call(4, everyMs: 500)
        call.run(throughMs: 12_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "a2", "a3", "a4"])
        #expect(try #require(call.records.first).outcome == .heard)
        #expect((call.conversation?.counters.underruns ?? 0) > 0)
    }

    /// Half a second into the fourth word; whether or not its end is known yet.
    @Test(arguments: [20.0, 280.0])
    func anInterruptionIsCutToTheTranscriptOfWhatWasHeard(everyMs: Double) throws {
        let (call, clips) = call(
            12, everyMs: everyMs, script: { $0.say(["w2", "w3", "w4"], fromMs: 4800) })
        call.run(throughMs: 12_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        let record = try #require(call.records.first)
        #expect(record.isInterrupted)
        let heard = record.heardText.split(separator: " ").map(String.init)
        let whole = (1...12).map { "a\($0)" }
        let played = call.playedWords.filter { $0.hasPrefix("a") }.count
        #expect(heard == Array(whole.prefix(heard.count)))
        #expect((1...played).contains(heard.count) && heard.count >= played - 2)
        #expect(call.dialogue.heardText(1) == record.heardText)
        #expect(call.dialogue.calls.contains(.cancel(1)))
        // Who is still speaking learns that nobody listens any more.
        let clip = try #require(clips().first)
        #expect(clip.isCancelled == !clip.isFinished)
        #expect(call.dialogue.inputs[2] == .speech(Transcript(text: "w2 w3 w4")))
    }

    @Test func aReplyThatIsNotWantedIsCancelledBeforeItIsHeard() throws {
        // The caller goes on in the pause in which the reply was begun.
        let (call, clips) = call(
            12, everyMs: 200, script: { $0.say(["w2"], fromMs: 3560) })
        call.run(throughMs: 12_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(clips().count == 2, "one speculation in vain, one in earnest")
        #expect(clips().first?.isCancelled == true && clips().last?.isFinished == true)
        #expect(call.conversation?.counters.wastedSpeculations == 1)
        #expect(call.dialogue.inputs[1] == .speech(Transcript(text: "w1 w2")))
        #expect(call.playedWords == (1...12).map { "a\($0)" })
    }

    @Test func speechAndSentencesMix() throws {
        let (call, _) = call(3, everyMs: 100, last: [.sentence("c1 c2"), .hangUp])
        call.run(throughMs: 12_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "a2", "a3", "c1", "c2"])
        #expect(call.ending == .hangUp)
        #expect(try #require(call.records.first).heardText == "a1 a2 a3 c1 c2")
    }

    @Test func aQuestionThatBecomesKnownIsWhatWasAsked() throws {
        let (call, clips) = call(3, everyMs: 100)
        // The words tell more than the sounds: what matters here is the end of the transcript.
        call.time.after(ms: 3600) { clips().first?.addTranscript(", what is your zip code?") }
        call.run(throughMs: 5000)
        let asked = AnswerExpectation(askedBy: "what is your zip code?")
        #expect(asked != .free && call.conversation?.asked == asked)
    }
}
