import Pipelines

// What a call shows of its policy, by what the caller meant.

extension CallReview {
    func measureAnswers(_ outcome: inout CallOutcome) {
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
        for (turn, ms) in dialogue.checked.commitMs where ms > from && ms < to {
            guard case .speech(let transcript) = dialogue.checked.inputs[turn] else { continue }
            return transcript.text
        }
        return nil
    }

    func measureOverlaps(_ outcome: inout CallOutcome) {
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

    func measureStops(_ outcome: inout CallOutcome) {
        var heldMs: Double?
        for (ms, event) in call.events {
            switch event {
            case .playoutHeld: heldMs = ms
            case .playoutResumed:
                if let held = heldMs { outcome.stopMs.append(ms - held) }
                heldMs = nil
            case .interrupted, .merged: heldMs = nil
            default: break
            }
        }
        for (key, bytes) in call.playedByteCounts {
            guard let length = length(of: key) else { continue }
            if bytes * 10 >= length * 18 { outcome.repeatedWords += 1 }
        }
    }

    /// How many coded bytes the word of this key has.
    private func length(of key: String) -> Int? {
        guard let slash = key.firstIndex(of: "/"),
            let sentence = dialogue.sentences[String(key[..<slash])],
            let index = Int(key[key.index(after: slash)...])
        else { return nil }
        let words = sentence.text.split(separator: " ")
        return words.indices.contains(index)
            ? CodedSynthesiser.spokenByteCount(String(words[index])) : nil
    }

    /// Silence of both sides beyond two seconds, between the first sound and the last.
    func measureSilence(_ outcome: inout CallOutcome) {
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

    func measureWaste(_ outcome: inout CallOutcome) {
        outcome.wastedReplies = call.conversation?.counters.wastedSpeculations ?? 0
        for case .respond in dialogue.checked.calls { outcome.speculations += 1 }
        outcome.wastedTranscripts = call.conversation?.counters.wastedTranscripts ?? 0
        outcome.wastedSpeechSeconds =
            Double(call.conversation?.counters.wastedSpeechMs ?? 0) / 1000
    }
}
