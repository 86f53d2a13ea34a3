import DSP
import Pipelines
import StreamTesting
import TestSupport
import VAD

// The same callers while the agent speaks: what stops it, and what it does then.

extension FixtureReplay {
    /// What a sound over the agent did.
    struct Overlap {
        /// From the beginning of the sound to the clear; nil where the agent spoke on.
        var clearMs: Double?
        /// The longest silence at the caller's ear inside what the agent said.
        var silenceMs: Double
        var isInterrupted: Bool
        /// Of a reply that was said to its end.
        var lostWords = 0
        var repeatedWords = 0
    }

    private static let overlapAtMs = 3000
    private static let agentWordCount = 40

    /// The agent explains something for twelve seconds, and the clip is played over it.
    func playOver(
        _ clip: Clip, policy: CallPolicy, profile: ServiceProfile, seed: UInt64
    ) -> Overlap {
        var dice = SeededGenerator(seed: seed)
        let time = SimulatedTime()
        let offset = Self.overlapAtMs * 8 + dice.pick(0...2399)
        let words = (0..<Self.agentWordCount).map { "e\($0)" }
        let tts = CodedSynthesiser(time)
        let dialogue = CheckedDialogue(time) { _, _ in .init(parts: []) }
        let stt = KnownTranscriber(
            clip, offsetMs: Double(offset) / 8, time, profile, dice.next())
        let noise = ComfortNoise(seed: seed, level: -65)
        var options = ConversationOptions()
        options.turn = policy.options
        let call = ClockedCall(
            .init(
                time: time, caller: ClipCaller(clip.muLaw, offset: offset, noise: noise),
                stt: stt, dialogue: dialogue, tts: tts, detector: SpeakingDetector(model)),
            greeting: tts.finished(words.joined(separator: " ")), options: options)
        call.run(throughMs: Self.agentWordCount * 300 + 4000)
        let outcome = call.records.first?.outcome
        let onset = Double(offset) / 8 + Double(clip.startMs)
        var overlap = Overlap(
            clearMs: call.clearMs.first.map { $0 - onset }, silenceMs: call.gaps().max() ?? 0,
            isInterrupted: outcome == .interrupted)
        guard outcome == .heard else { return overlap }
        let played = call.playedByteCounts
        for word in words {
            let share = Double(played[word] ?? 0) / Double(CodedSynthesiser.codedByteCount)
            if share < 0.8 { overlap.lostWords += 1 }
            if share > 1.8 { overlap.repeatedWords += 1 }
        }
        return overlap
    }
}

/// The real detector, told that the agent is as loud as speech usually is: coded speech is not.
private final class SpeakingDetector: SpeechDetecting {
    private static let peakDBFS: Float = -12
    private let detector: SileroSpeechDetecting

    init(_ model: SileroModel) { detector = SileroSpeechDetecting(model: model) }

    func process(_ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void) {
        detector.process(samples, emit: emit)
    }

    func endUtterance() { detector.endUtterance() }

    func setPlayout(isActive: Bool, peakDBFS: Float) {
        detector.setPlayout(isActive: isActive, peakDBFS: Self.peakDBFS)
    }
}
