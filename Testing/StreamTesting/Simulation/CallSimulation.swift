import DSP
import Language
import Pipelines
import TestSupport

/// One complete conversation on a settable clock: everything in it follows from the seed.
package struct CallSimulation {
    package var seed: UInt64
    package var policy: CallPolicy
    package var profile: ServiceProfile
    package var mutation: Mutation?
    /// The form of the call's audio.
    package var audio = CallAudio.telephone
    package var secondsMax = 120
    /// The outcome tells all that happened.
    package var keepsHistory = false

    package init(
        seed: UInt64, policy: CallPolicy, profile: ServiceProfile, mutation: Mutation? = nil
    ) {
        self.seed = seed
        self.policy = policy
        self.profile = profile
        self.mutation = mutation
    }

    package func run() -> CallOutcome {
        var dice = SeededGenerator(seed: seed)
        let persona = CallerPersona(&dice)
        // The caller's dice are their own, so that they are the same whatever the policy.
        let callerSource = SharedDice(SeededGenerator(seed: dice.next()))
        let source = SharedDice(SeededGenerator(seed: dice.next()))
        var questions = CallerSentences.questions.shuffled(using: &dice)
        questions.removeLast(questions.count - dice.pick(3...5))
        questions.insert(CallerSentences.opening, at: 0)
        let time = SimulatedTime()
        let dialogue = SimulatedDialogue(
            questions: questions, policy: policy, profile: profile, mutation: mutation,
            source: source, time: time)
        let person = SimulatedPerson(persona: persona, dialogue: dialogue, source: callerSource)
        let stt = CodedRecogniser(person.sounds, time)
        stt.numbersTranscripts = true
        let tts = CodedSynthesiser(time)
        let detector = CodedDetector(
            onsetMs: { source.dice.pick(45...90) }, takesNoise: { source.dice.chance(35) })
        if mutation == .hearsTheFuture { detector.aheadSamples = 4000 }
        let call = ClockedCall(
            .init(
                time: time, caller: person, stt: stt, dialogue: Memory(dialogue, mutation),
                tts: tts,
                detector: detector),
            greeting: nil, options: options(&dice))
        dialogue.onSentence = { marker, count, turn in
            for index in 0..<count { call.sentenceTurns["\(marker)/\(index)"] = turn }
        }
        call.mutation = mutation
        prepare(call, stt, tts, dialogue, source, &dice)
        call.run(throughMs: secondsMax * 1000)
        return CallReview(
            call: call, person: person, dialogue: dialogue, stt: stt, simulation: self
        )
        .outcome()
    }

    private func options(_ dice: inout SeededGenerator) -> ConversationOptions {
        var options = ConversationOptions()
        options.audio = audio
        if dice.chance(20) { options.leadMs = dice.pick(2...75) * 20 }
        // Only what is far ahead can be remembered too soon.
        if mutation == .marksAtOnce { options.leadMs = 1500 }
        if dice.chance(20) { options.markMs = dice.pick(5...40) * 20 }
        options.turn = policy.options
        options.turn.idlePromptMs = 6000
        options.turn.fillerAfterMs = 1500
        options.turn.replyTimeoutMs = 3500
        options.turn.transcriptTimeoutMs = mutation == .neverAnswers ? 1_000_000 : 2500
        options.turn.failuresMax = 1000
        options.turn.idlePromptsMax = 1000
        options.fillerText = "moment"
        options.apologyText = "sorry"
        return options
    }

    private func prepare(
        _ call: ClockedCall, _ stt: CodedRecogniser, _ tts: CodedSynthesiser,
        _ dialogue: SimulatedDialogue,
        _ source: SharedDice, _ dice: inout SeededGenerator
    ) {
        tts.key = { sentence, index, word in
            guard sentence.hasPrefix("s"), let end = sentence.firstIndex(of: " "),
                dialogue.sentences[String(sentence[..<end])] != nil
            else { return word }
            return "\(sentence[..<end])/\(index)"
        }
        if let greeting = dialogue.greeting {
            let marker = String(greeting.prefix { $0 != " " })
            dialogue.onSentence(marker, dialogue.sentences[marker]?.wordCount ?? 0, 0)
        }
        tts.codedByteCount = CodedSynthesiser.spokenByteCount
        call.cache.insert(tts.finished("sorry", in: audio), voice: nil)
        call.cache.insert(tts.finished("moment", in: audio), voice: nil)
        let profile = profile
        stt.latencyMs =
            mutation == .neverAnswers ? { 10_000_000 } : { source.ms(profile.sttMs) }
        stt.isImmediate = profile.sttMs.upperBound == 0 && mutation != .neverAnswers
        tts.firstMs = { source.ms(profile.firstByteMs) }
        tts.msPerSecond = { source.ms(profile.msPerSecond) }
        if profile.failurePercent > 0 {
            stt.failure = {
                source.dice.chance(profile.failurePercent)
                    ? .failed(stage: "stt", reason: "simulated") : nil
            }
            tts.failure = {
                source.dice.chance(profile.failurePercent)
                    ? .failed(stage: "tts", reason: "simulated") : nil
            }
        }
        let delay = Double(dice.pick(profile.delayMs))
        call.delayToMs = { delay + source.ms(profile.jitterMs) }
        call.delayFromMs = { delay + source.ms(profile.jitterMs) }
        let stall = dice.chance(profile.stallPercent) ? dice.pick(100...2000) : Int.max - 100
        let stallFrames = dice.pick(4...25)
        call.frameLateMs = { index in
            index > stall && index < stall + stallFrames
                ? delay + Double(stall + stallFrames - index) * 20
                : delay + source.ms(profile.jitterMs)
        }
    }
}

/// Passes on what was heard, or, as a mutation, all that was said.
private final class Memory: DialogueSession {
    private let dialogue: SimulatedDialogue
    private let mutation: Mutation?

    init(_ dialogue: SimulatedDialogue, _ mutation: Mutation?) {
        self.dialogue = dialogue
        self.mutation = mutation
    }

    var greeting: String? { dialogue.greeting }
    func completeness(of text: String) -> Completeness { dialogue.completeness(of: text) }
    func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) { dialogue.respond(to: input, turn: turn, output: output) }
    func commit(turn: TurnID) { dialogue.commit(turn: turn) }
    func cancel(turn: TurnID) { dialogue.cancel(turn: turn) }
    func heard(turn: TurnID, text: String) {
        dialogue.heard(turn: turn, text: mutation == .remembersUnheard ? dialogue.said(turn) : text)
    }
    func close() { dialogue.close() }
}
