import Language

/// A caller who listens: answers what is asked, pauses, corrects himself, interrupts, says "mhm",
/// coughs. Keeps the book of what they meant, by which the conversation is judged.
package final class SimulatedPerson: ClockedCaller {
    package enum Kind: Sendable { case answer, correction, interruption, backchannel, noise }

    /// Something that was said in one go; times at the caller's mouth.
    struct Utterance {
        var kind: Kind
        var fromMs: Int
        var toMs: Int
        /// Places in the script.
        var sounds: Range<Int>
        /// The agent was to be heard when it began, and what it said was not a question.
        var isOverAgent = false
        /// The reply that was being heard when it began.
        var overTurn: Int?
    }

    let sounds = SpokenSounds()
    private(set) var utterances: [Utterance] = []
    /// When a number was keyed, by the time of the last key.
    private(set) var keyedMs: [Int] = []
    private let persona: CallerPersona
    private unowned let dialogue: SimulatedDialogue
    private let source: SharedDice
    private var writeFrom = 0
    private var now = 0

    // What is being heard.
    private var lastWord: String?
    private var marker = ""
    private var heardQuestion: Int?
    private var reactionMs = 0
    private var agentUntilMs = 0
    private var isAgentAudible = false
    private var currentTurn: Int?

    // What is planned.
    private var correctionAtMs: Int?
    private var soundOverAgentAtMs: Int?
    private var soundOverAgent = Kind.backchannel
    private var keys: [(atMs: Int, key: String)] = []

    init(persona: CallerPersona, dialogue: SimulatedDialogue, source: SharedDice) {
        self.persona = persona
        self.dialogue = dialogue
        self.source = source
    }

    private var isSpeaking: Bool { now < sounds.script.endMs }

    package func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8]) {
        now = (index + 1) * 20
        sounds.script.write(frame: index, into: &frame, from: &writeFrom)
        listen(to: call)
        press(call)
        guard !isSpeaking else { return }
        if let at = soundOverAgentAtMs, now >= at {
            soundOverAgentAtMs = nil
            if isAgentAudible { makeSoundOverAgent() }
        } else if let at = correctionAtMs, now >= at {
            correctionAtMs = nil
            say(CallerSentences.corrections.randomElement(using: &source.dice) ?? "", .correction)
        } else if let question = heardQuestion, !isAgentAudible, now - agentUntilMs >= reactionMs {
            heardQuestion = nil
            answer(question)
        } else if source.dice.pick(0...49_999) < persona.noisePercent {
            say(nil, .noise)
        }
    }

    // MARK: - Listening

    private func listen(to call: ClockedCall) {
        let heard = call.heardNow()
        guard let heard, let word = heard.word else {
            if now - agentUntilMs > 100 { isAgentAudible = false }
            return
        }
        isAgentAudible = true
        agentUntilMs = now
        guard word != lastWord else { return }
        lastWord = word
        currentTurn = heard.turn
        guard let slash = word.firstIndex(of: "/") else { return }
        let spoken = word[..<slash]
        guard let sentence = dialogue.sentences[String(spoken)] else { return }
        if spoken != marker {
            marker = String(spoken)
            sentenceBegan(sentence)
        }
        // The question is understood towards its end.
        if let question = sentence.question,
            let place = Int(word[word.index(after: slash)...]), place + 2 >= sentence.wordCount,
            heardQuestion == nil, !isSpeaking
        {
            heardQuestion = question
            reactionMs = source.dice.pick(persona.reactionMs)
            if source.dice.chance(persona.silentPercent) { reactionMs = 60_000 }
            soundOverAgentAtMs = nil
        }
    }

    private func sentenceBegan(_ sentence: SimulatedDialogue.Sentence) {
        heardQuestion = nil
        if isSpeaking, utterances.last?.kind == .answer,
            source.dice.chance(persona.yieldsPercent)
        {
            yield()
        }
        guard sentence.question == nil else { return }
        if source.dice.chance(persona.interruptsPercent) {
            soundOverAgent = .interruption
            soundOverAgentAtMs = now + source.dice.pick(300...2200)
        } else if source.dice.chance(persona.backchannelPercent) {
            soundOverAgent = .backchannel
            soundOverAgentAtMs = now + source.dice.pick(300...2200)
        }
    }

    /// The agent talks into the caller's words: they leave the rest unsaid.
    private func yield() {
        sounds.script.stop(afterMs: now + 100)
        let last = utterances.count - 1
        utterances[last].toMs = max(sounds.script.endMs, utterances[last].fromMs)
        utterances[last].sounds =
            utterances[last].sounds.lowerBound..<sounds.script.sounds.count
        correctionAtMs = nil
    }

    // MARK: - Speaking

    private func answer(_ question: Int) {
        let asked = dialogue.questions[question]
        if let count = asked.digitCount {
            let keys = String((0..<count).map { _ in Character("\(source.dice.pick(0...9))") })
            if source.dice.chance(persona.keysPercent) {
                var at = now
                for key in keys {
                    at += source.dice.pick(180...700)
                    self.keys.append((at, String(key)))
                }
                return
            }
            say(CallerSentences.digits(keys), .answer)
        } else {
            say(asked.answers.randomElement(using: &source.dice) ?? "yes", .answer)
        }
        if source.dice.chance(persona.correctsPercent) {
            correctionAtMs = sounds.script.endMs + source.dice.pick(500...1600)
        }
    }

    private func makeSoundOverAgent() {
        if soundOverAgent == .interruption {
            say(
                CallerSentences.interruptions.randomElement(using: &source.dice) ?? "stop",
                .interruption)
        } else {
            say(
                CallerSentences.backchannels.randomElement(using: &source.dice) ?? "mhm",
                .backchannel)
        }
    }

    /// Puts words, or a noise, into the script from now on.
    private func say(_ text: String?, _ kind: Kind) {
        let first = sounds.script.sounds.count
        var at = max(now, sounds.script.endMs)
        let from = at
        if let text {
            for word in text.split(separator: " ") {
                guard word != "|" else {
                    guard kind == .answer, source.dice.chance(persona.pausePercent) else {
                        continue
                    }
                    if source.dice.chance(persona.hesitatesPercent) {
                        at += source.dice.pick(0...120)
                        sounds.script.add("um", at, at + 260)
                        at += 260
                    }
                    at += persona.pause(&source.dice)
                    continue
                }
                let length = min(520, 130 + word.count * source.dice.pick(30...48))
                sounds.script.add(String(word), at, at + length)
                at += length + source.dice.pick(0...40)
            }
        } else {
            sounds.script.noise(fromMs: at, toMs: at + source.dice.pick(60...320))
        }
        utterances.append(
            Utterance(
                kind: kind, fromMs: from, toMs: sounds.script.endMs,
                sounds: first..<sounds.script.sounds.count,
                isOverAgent: isAgentAudible && dialogue.sentences[marker]?.question == nil,
                overTurn: isAgentAudible ? currentTurn : nil))
    }

    private func press(_ call: ClockedCall) {
        while let first = keys.first, now >= first.atMs {
            keys.removeFirst()
            call.conversation?.dtmf(first.key, nowNanos: call.time.nowNanos)
            if keys.isEmpty { keyedMs.append(now) }
        }
    }
}
