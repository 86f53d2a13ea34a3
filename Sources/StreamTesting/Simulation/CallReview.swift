import Pipelines

/// Holds a finished call against what the caller meant and what must always be true.
struct CallReview {
    let call: ClockedCall
    let person: SimulatedPerson
    let mind: SimulatedMind
    let stt: CodedTranscriber
    let simulation: CallSimulation

    /// When each reply was first heard, by the caller's ear.
    private let firstHeardMs: [TurnID: Double]
    /// Whether a turn's words were joined to the next turn's.
    private let mergedTurns: Set<TurnID>
    private let endMs: Double

    init(
        call: ClockedCall, person: SimulatedPerson, mind: SimulatedMind, stt: CodedTranscriber,
        simulation: CallSimulation
    ) {
        self.call = call
        self.person = person
        self.mind = mind
        self.stt = stt
        self.simulation = simulation
        var first: [TurnID: Double] = [:]
        for piece in call.played {
            guard let turn = piece.turn, first[turn] == nil else { continue }
            first[turn] = call.time.ms(of: piece.startNanos)
        }
        firstHeardMs = first
        mergedTurns = Set(call.records.filter { $0.outcome == .merged }.map(\.turn))
        endMs = call.endMs ?? call.time.nowMs
    }

    func outcome() -> CallOutcome {
        var outcome = CallOutcome(seed: simulation.seed)
        outcome.callSeconds = endMs / 1000
        outcome.turns = mind.checked.commitMs.count
        measureAnswers(&outcome)
        measureOverlaps(&outcome)
        measureSilence(&outcome)
        measureWaste(&outcome)
        outcome.problems =
            call.violations + mind.checked.violations + effectProblems() + wordProblems()
            + silenceProblems() + memoryProblems() + clearProblems() + recordProblems()
        return outcome
    }

    // MARK: - Figures

    private func measureAnswers(_ outcome: inout CallOutcome) {
        let heard = firstHeardMs.filter { $0.key > 0 }.values.sorted()
        for (index, said) in person.utterances.enumerated() {
            guard said.kind == .answer || said.kind == .correction || said.kind == .interruption
            else { continue }
            let end = Double(said.toMs)
            if said.kind == .answer {
                outcome.answers += 1
                // A reply that begins while it is being said, by its words or by a pause.
                if heard.contains(where: { $0 > Double(said.fromMs) + 60 && $0 < end - 20 }) {
                    outcome.cutIns += 1
                }
                if let early = earlyTurn(Double(said.fromMs) + 60, end - 20) {
                    outcome.earlyCommits += 1
                    outcome.earlyTexts.append(early)
                }
            }
            let next = person.utterances.dropFirst(index + 1).first.map { Double($0.fromMs) }
            let reply = heard.first { $0 >= end - 20 }
            if let next, next < (reply ?? .infinity) { continue }
            if let reply {
                outcome.responseMs.append(max(0, reply - end))
                if reply - end > 3000 { outcome.missedEnds += 1 }
            } else if endMs - end > 3000, call.ending == nil {
                outcome.missedEnds += 1
            }
        }
    }

    /// The words after which a turn was taken between two times.
    private func earlyTurn(_ from: Double, _ to: Double) -> String? {
        for (turn, ms) in mind.checked.commitMs where ms > from && ms < to {
            guard case .speech(let transcript) = mind.checked.inputs[turn] else { continue }
            return transcript.text
        }
        return nil
    }

    private func measureOverlaps(_ outcome: inout CallOutcome) {
        for said in person.utterances {
            guard let turn = said.overTurn else { continue }
            let from = Double(said.fromMs)
            switch said.kind {
            case .interruption:
                outcome.interruptions += 1
                let isHeardOn = call.played.contains {
                    $0.turn == turn && call.time.ms(of: $0.startNanos) > from + 1000
                }
                if isHeardOn { outcome.missedBargeIns += 1 }
            case .backchannel, .noise:
                guard said.isOverAgent else { continue }
                outcome.soundsOverAgent += 1
                let near = from...(Double(said.toMs) + 1500)
                for (ms, event) in call.events where near.contains(ms) {
                    // What was said afterwards may have been meant.
                    let isOther = person.utterances.contains {
                        $0.fromMs > said.fromMs && Double($0.fromMs) < ms && $0.kind != .noise
                    }
                    guard !isOther else { break }
                    if case .interrupted(turn, _) = event { outcome.falseBargeIns += 1 }
                    if case .playoutResumed(turn) = event { outcome.falseStops += 1 }
                }
            case .answer, .correction: continue
            }
        }
    }

    /// Silence of both sides beyond two seconds, between the first sound and the last.
    private func measureSilence(_ outcome: inout CallOutcome) {
        var spans: [(from: Double, to: Double)] = person.sounds.script.sounds.map {
            (Double($0.fromMs), Double($0.toMs))
        }
        for piece in call.played where piece.word != nil {
            spans.append(
                (call.time.ms(of: piece.startNanos), call.time.ms(of: piece.endNanos)))
        }
        spans.sort { $0.from < $1.from }
        var until = spans.first?.from ?? 0
        for span in spans {
            outcome.deadAirSeconds += max(0, span.from - until - 2000) / 1000
            until = max(until, span.to)
        }
    }

    private func measureWaste(_ outcome: inout CallOutcome) {
        outcome.wastedReplies = call.conversation?.counters.wastedSpeculations ?? 0
        for case .respond in mind.checked.calls { outcome.speculations += 1 }
        outcome.wastedTranscripts = call.conversation?.counters.wastedTranscripts ?? 0
        outcome.wastedSpeechSeconds =
            Double(call.conversation?.counters.wastedSpeechBytes ?? 0) / 8000
    }

    // MARK: - What must be true

    private func effectProblems() -> [String] {
        var problems: [String] = []
        var seen: Set<Int> = []
        for effect in mind.effects {
            if !seen.insert(effect.question).inserted {
                problems.append("effect \(effect.question) happened twice")
            }
            guard let commit = mind.checked.commitMs[effect.turn], commit <= effect.ms else {
                problems.append("effect \(effect.question) before its turn was committed")
                continue
            }
        }
        return problems
    }

    /// Every word is answered, once, unless its turn was merged into the next.
    private func wordProblems() -> [String] {
        var answered: [Int: Int] = [:]
        for (turn, input) in mind.checked.inputs
        where mind.checked.commitMs[turn] != nil && !mergedTurns.contains(turn) {
            guard case .speech(let transcript) = input else { continue }
            for sound in stt.sounds(of: transcript) { answered[sound, default: 0] += 1 }
        }
        var problems: [String] = []
        let words = SpokenWords(backchannels: call.options.turn.backchannels)
        for said in person.utterances {
            for index in said.sounds {
                let sound = person.sounds.script.sounds[index]
                guard let word = sound.word else { continue }
                let count = answered[index] ?? 0
                if count > 1 {
                    problems.append("\(word) at \(sound.fromMs) answered \(count) times")
                }
                guard count == 0, simulation.profile.failurePercent == 0,
                    Double(said.toMs) < endMs - 4000, !isListenerNoise(said, words)
                else { continue }
                problems.append("\(word) at \(sound.fromMs) was not answered")
            }
        }
        return problems
    }

    private func isListenerNoise(
        _ said: SimulatedPerson.Utterance, _ words: SpokenWords
    ) -> Bool {
        let spoken = said.sounds.compactMap { person.sounds.script.sounds[$0].word }
        return said.kind == .backchannel
            || words.isBackchannel(SpokenWords.split(spoken.joined(separator: " ")))
    }

    /// Whoever has said something hears something.
    private func silenceProblems() -> [String] {
        var problems: [String] = []
        for said in person.utterances where said.kind == .answer || said.kind == .interruption {
            let end = Double(said.toMs)
            let limit = end + 12_000
            guard endMs > limit else { continue }
            let isAnswered = call.played.contains {
                let start = call.time.ms(of: $0.startNanos)
                return $0.word != nil && start > end && start < limit
            }
            let wentOn = person.utterances.contains {
                Double($0.fromMs) > end && Double($0.fromMs) < limit && $0.kind != .noise
            }
            if !isAnswered, !wentOn { problems.append("nobody answered what ended at \(end)") }
        }
        return problems
    }

    /// What the dialogue was told was heard had been played, and little more had been.
    private func memoryProblems() -> [String] {
        var problems: [String] = []
        let played = call.playedByteCounts
        for case .heard(let turn, let text) in mind.checked.calls {
            var marker = ""
            var index = 0
            var heardCount = 0
            for word in text.split(separator: " ") {
                if mind.sentences[String(word)] != nil {
                    marker = String(word)
                    index = 0
                }
                let bytes = played["\(marker)/\(index)"] ?? 0
                // Where a word is in a sentence is reckoned from its letters: half of it is heard.
                if bytes < CodedVoice.spokenByteCount(String(word)) / 2 {
                    problems.append("turn \(turn): \(word) remembered, \(bytes) bytes were heard")
                }
                index += 1
                heardCount += 1
            }
            if !mergedTurns.contains(turn), !wasCutOff(turn) {
                let fully = played.count {
                    $0.value >= 2500 && call.sentenceTurns[$0.key] == turn
                }
                if fully > heardCount + 2 {
                    problems.append("turn \(turn): \(fully) words played, \(heardCount) remembered")
                }
            }
        }
        return problems
    }

    private func wasCutOff(_ turn: TurnID) -> Bool {
        call.records.contains { $0.turn == turn && $0.outcome == .cutOff }
    }

    /// At the ear: nothing that was sent before a clear, once the clear has arrived.
    private func clearProblems() -> [String] {
        var problems: [String] = []
        for clear in call.clears {
            let late = call.played.contains {
                $0.sentNanos <= clear.sentNanos && $0.startNanos > clear.arrivalNanos
                    && $0.word != nil
            }
            guard late else { continue }
            problems.append(
                "audio was heard after its clear at \(call.time.ms(of: clear.sentNanos))")
        }
        return problems
    }

    private func recordProblems() -> [String] {
        var problems: [String] = []
        let turns = call.records.map(\.turn)
        if Set(turns).count != turns.count { problems.append("a turn recorded twice") }
        for turn in mind.checked.commitMs.keys where !turns.contains(turn) {
            problems.append("turn \(turn) not recorded")
        }
        for record in call.records {
            if let first = record.firstFrameSentMs, first < record.endpointMs {
                problems.append("turn \(record.turn) audible before its end")
            }
        }
        return problems
    }
}
