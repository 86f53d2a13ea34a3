import Language
import Pipelines

// What must be true of every call.

extension CallReview {
    func effectProblems() -> [String] {
        var problems: [String] = []
        var seen: Set<Int> = []
        for effect in dialogue.effects {
            if !seen.insert(effect.question).inserted {
                problems.append("effect \(effect.question) happened twice")
            }
            guard let commit = dialogue.checked.commitMs[effect.turn], commit <= effect.ms else {
                problems.append("effect \(effect.question) before its turn was committed")
                continue
            }
        }
        return problems
    }

    /// Every word is answered, once, unless its turn was merged into the next.
    func wordProblems() -> [String] {
        var answered: [Int: Int] = [:]
        for (turn, input) in dialogue.checked.inputs
        where dialogue.checked.commitMs[turn] != nil && !mergedTurns.contains(turn) {
            guard case .speech(let transcript) = input else { continue }
            for sound in stt.sounds(of: transcript) { answered[sound, default: 0] += 1 }
        }
        var problems: [String] = []
        let words = HeardWords(backchannels: call.options.turn.backchannels)
        for said in person.utterances {
            for index in said.sounds {
                let sound = person.sounds.script.sounds[index]
                guard let word = sound.word else { continue }
                let count = answered[index] ?? 0
                if count > 1 {
                    problems.append("\(word) at \(sound.fromMs) answered \(count) times")
                }
                guard count == 0, simulation.profile.failurePercent == 0,
                    Double(said.toMs) < endMs - 4000, !isListenerNoise(said, words),
                    !isSupersededByKeys(said)
                else { continue }
                problems.append("\(word) at \(sound.fromMs) was not answered")
            }
        }
        return problems
    }

    /// True when keys were pressed before what was said had been answered: they take its place.
    private func isSupersededByKeys(_ said: SimulatedPerson.Utterance) -> Bool {
        let key = call.events.first {
            if case .dtmf = $0.event { $0.ms >= Double(said.fromMs) } else { false }
        }
        guard let key else { return false }
        return !dialogue.checked.commitMs.values.contains { $0 > Double(said.toMs) && $0 < key.ms }
    }

    private func isListenerNoise(
        _ said: SimulatedPerson.Utterance, _ words: HeardWords
    ) -> Bool {
        let spoken = said.sounds.compactMap { person.sounds.script.sounds[$0].word }
        return said.kind == .backchannel
            || words.isBackchannel(HeardWords.split(spoken.joined(separator: " ")))
    }

    /// Whoever has said something hears something.
    func silenceProblems() -> [String] {
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
    func memoryProblems() -> [String] {
        var problems: [String] = []
        let played = call.playedByteCounts
        for case .heard(let turn, let text) in dialogue.checked.calls {
            var marker = ""
            var index = 0
            var heardCount = 0
            for word in text.split(separator: " ") {
                if dialogue.sentences[String(word)] != nil {
                    marker = String(word)
                    index = 0
                }
                let bytes = played["\(marker)/\(index)"] ?? 0
                // Where a word is in a sentence is reckoned from its letters: half of it is heard.
                if bytes < CodedSynthesiser.spokenByteCount(String(word)) / 2 {
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

    /// Stops and resumptions lose nothing of a reply that was heard to its end.
    func lossProblems() -> [String] {
        guard simulation.profile.failurePercent == 0 else { return [] }
        let played = call.playedByteCounts
        var problems: [String] = []
        for record in call.records where record.outcome == .heard {
            var marker = ""
            var index = 0
            for word in record.replyText.split(separator: " ") {
                if dialogue.sentences[String(word)] != nil {
                    marker = String(word)
                    index = 0
                }
                let bytes = played["\(marker)/\(index)"] ?? 0
                if bytes < CodedSynthesiser.spokenByteCount(String(word)) * 8 / 10 {
                    problems.append("turn \(record.turn): \(word) lost, \(bytes) bytes played")
                }
                index += 1
            }
        }
        return problems
    }

    private func wasCutOff(_ turn: TurnID) -> Bool {
        call.records.contains { $0.turn == turn && $0.outcome == .cutOff }
    }

    /// At the ear: nothing that was sent before a clear, once the clear has arrived.
    func clearProblems() -> [String] {
        var problems: [String] = []
        for clear in call.clears {
            let late = call.played.contains {
                $0.order < clear.order && $0.startNanos > clear.arrivalNanos && $0.word != nil
            }
            guard late else { continue }
            problems.append(
                "audio was heard after its clear at \(call.time.ms(of: clear.sentNanos))")
        }
        return problems
    }

    func recordProblems() -> [String] {
        var problems: [String] = []
        let turns = call.records.map(\.turn)
        if Set(turns).count != turns.count { problems.append("a turn recorded twice") }
        for turn in dialogue.checked.commitMs.keys where !turns.contains(turn) {
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
