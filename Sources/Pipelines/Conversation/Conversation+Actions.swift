import Language

// What the turn machine wants, done.

extension Conversation {
    func perform(_ action: TurnAction, at now: UInt64) {
        switch action {
        case .beginUtterance(let sample):
            stages.stt.beginUtterance()
            fedThrough = 0
            feedHistory(from: sample)
        case .continueUtterance(let sample): feedHistory(from: sample)
        case .endUtterance: stages.detector.endUtterance()
        case .requestTranscript(let id): requestTranscript(id, at: now)
        case .cancelTranscript: stages.stt.cancelRequest()
        case .startReply(let turn, let input, let isSpeculative):
            startReply(turn: turn, input: input, isSpeculative: isSpeculative, at: now)
        case .discardReply(let turn): discardReply(turn: turn)
        case .commit(let turn, let speechEnd): commit(turn: turn, speechEnd: speechEnd, at: now)
        case .holdPlayout(let turn):
            playout.hold(at: now)
            observer?.conversation(.playoutHeld(turn: turn))
        case .resumePlayout(let turn):
            observer?.conversation(.playoutResumed(turn: turn))
            playout.resume(at: now)
        case .interrupt(let turn): interrupt(turn: turn, at: now)
        case .cutOff: finishReply(.cutOff, at: now)
        case .merge(let turn): merge(turn: turn, at: now)
        case .sayFiller(let turn): sayFiller(turn: turn, at: now)
        case .apologize(let turn): apologize(turn: turn, at: now)
        case .giveUp: finishReply(.failed, at: now)
        case .sayGoodbye(let turn): sayLast(options.goodbyeText, turn: turn, at: now)
        case .sayFailure(let turn): sayLast(options.failedText, turn: turn, at: now)
        case .end(let ending):
            close(ending, at: now)
            transport.conversationEnded(ending)
        }
    }

    // MARK: - Hearing

    private func feedHistory(from sample: Int64) {
        let from = max(fedThrough, sample - sampleCount(ms: options.preRollMs))
        history.forEachPiece(from: from) { stages.stt.feed($0) }
        fedThrough = history.through
    }

    private func requestTranscript(_ id: Int, at requested: UInt64) {
        stages.stt.requestTranscript { [weak self] result in
            guard let self else { return }
            let now = clock()
            enter(now) {
                switch result {
                case .success(let transcript):
                    transcriptNanos = now
                    observer?.conversation(
                        .transcribed(
                            text: transcript.text, ms: Double(now - requested) / 1e6))
                    machine.transcribed(
                        id, transcript, completeness(of: transcript.text), at: now)
                case .failure(let error):
                    observer?.conversation(.stageFailed(error))
                    machine.transcriptFailed(id, at: now)
                }
            }
        }
    }

    /// What the dialogue makes of the words, or, where it knows nothing, what they tell by themselves.
    private func completeness(of text: String) -> Completeness {
        let judged = stages.dialogue.completeness(of: text)
        guard judged == .unknown, options.judgesWords else { return judged }
        return AnswerJudge.completeness(of: text, expecting: machine.asked)
    }

    /// Only a number whose length is known is complete without `#` or a pause: "1" may become "12".
    func completeness(ofKeys digits: String) -> Completeness {
        let judged = stages.dialogue.completeness(of: digits)
        guard judged == .unknown, options.judgesWords, case .digits = machine.asked else {
            return judged
        }
        return AnswerJudge.completeness(of: digits, expecting: machine.asked)
    }

    // MARK: - Beginning and committing replies

    private func startReply(
        turn: TurnID, input: CallerInput, isSpeculative: Bool, at now: UInt64
    ) {
        if case .silence(let count) = input { observer?.conversation(.callerSilent(count: count)) }
        let begun = ReplyProgress(
            turn: turn, input: input, isSpeculative: isSpeculative, isLocal: false, at: now)
        if case .speech = input { begun.transcriptNanos = transcriptNanos }
        if wastedForTurn.turn == turn { begun.wastedSpeculations = wastedForTurn.count }
        reply = begun
        stages.dialogue.respond(to: input, turn: turn) { [weak self, weak begun] result in
            guard let self, let begun, reply === begun else { return }
            let now = clock()
            enter(now) { take(result, of: begun, at: now) }
        }
    }

    private func discardReply(turn: TurnID) {
        guard let begun = reply, begun.turn == turn, !begun.isCommitted else { return }
        reply = nil
        stages.dialogue.cancel(turn: turn)
        begun.cancelClips()
        for sentence in begun.sentences where !sentence.isShared {
            wastedSpeechBytes += sentence.clip?.byteCount ?? 0
        }
        wastedForTurn = (turn, wastedForTurn.turn == turn ? wastedForTurn.count + 1 : 1)
        observer?.conversation(.speculationWasted(turn: turn))
    }

    private func commit(turn: TurnID, speechEnd: UInt64, at now: UInt64) {
        guard let begun = reply, begun.turn == turn else { return }
        begun.isCommitted = true
        begun.speechEndNanos = speechEnd
        begun.endpointNanos = now
        playout.begin(turn: turn)
        // Before its speech: a reply without any counts as heard at once.
        stages.dialogue.commit(turn: turn)
        guard reply === begun else { return }
        queueSpeech(of: begun, at: now)
    }

    // MARK: - Ending replies

    private func interrupt(turn: TurnID, at now: UInt64) {
        let heard = finishReply(.interrupted, at: now)
        observer?.conversation(.interrupted(turn: turn, heard: heard))
    }

    private func merge(turn: TurnID, at now: UInt64) {
        finishReply(.merged, at: now)
        observer?.conversation(.merged(turn: turn))
    }

    /// Ends the reply under way, tells the dialogue what was heard of it, and records the turn.
    /// - Returns: what was heard.
    @discardableResult
    func finishReply(_ outcome: TurnRecord.Outcome, at now: UInt64) -> String {
        guard let finished = reply else { return "" }
        reply = nil
        guard finished.isCommitted else {
            stages.dialogue.cancel(turn: finished.turn)
            finished.cancelClips()
            return ""
        }
        let heard = outcome == .merged ? "" : heardText(of: finished, at: now)
        playout.cancel(at: now)
        if outcome != .heard { finished.cancelClips() }
        if !finished.isLocal {
            if outcome != .heard, finished.turn > 0 { stages.dialogue.cancel(turn: finished.turn) }
            stages.dialogue.heard(turn: finished.turn, text: heard)
        }
        observer?.turnFinished(finished.record(outcome, heard: heard, at: now))
        let isSaid = !finished.hasFailed && !finished.sentences.contains { $0.clip?.error != nil }
        finished.onFinished?(isSaid ? outcome : .failed)
        return heard
    }

    private func heardText(of reply: ReplyProgress, at now: UInt64) -> String {
        let heard = playout.heard(at: now)
        let segments = playout.segments
        // A filler tells nothing of itself, but what comes before it was heard.
        var sentence = 0
        for segment in segments[..<min(heard.segment, segments.count)] {
            if let index = segment.sentence { sentence = index + 1 }
        }
        var byteCount = 0
        if heard.segment < segments.count, let index = segments[heard.segment].sentence {
            sentence = index
            byteCount = heard.byteCount
        }
        return reply.heardText(before: sentence, byteCount: byteCount)
    }
}
