import Realtime

// The reply's sentences on their way through synthesis to playout.

extension Conversation {
    // MARK: - From the dialogue

    func take(
        _ result: Result<ReplyPart, StageError>, of begun: ReplyProgress, at now: UInt64
    ) {
        guard !begun.isEnded else { return }
        switch result {
        case .failure(let error):
            observer?.conversation(.stageFailed(error))
            fail(begun, at: now)
            return
        case .success(let part):
            if begun.firstPartNanos == nil { begun.firstPartNanos = now }
            switch part {
            case .sentence(let text): take(sentence: text, of: begun, at: now)
            case .speech(let clip): take(speech: clip, of: begun, at: now)
            case .hangUp: begun.closing = .hangUp
            case .handOver(let number): begun.closing = .handOver(number: number)
            case .end: begun.isEnded = true
            }
        }
        queueSpeech(of: begun, at: now)
    }

    private func take(sentence text: String, of begun: ReplyProgress, at now: UInt64) {
        guard begun.sentences.count < options.sentencesMax,
            text.contains(where: { $0.isLetter || $0.isNumber })
        else { return }
        noteFirst(text, of: begun, at: now)
        begun.sentences.append(ReplyProgress.Sentence(text: text))
    }

    /// Speech that needs no synthesis; it may still be growing, and so may what is known of its words.
    private func take(speech clip: SpeechClip, of begun: ReplyProgress, at now: UInt64) {
        guard begun.sentences.count < options.sentencesMax else { return clip.cancel() }
        guard clip.audio == options.audio else {
            clip.cancel()
            observer?.conversation(.stageFailed(unfit(clip, stage: "dialogue")))
            return fail(begun, at: now)
        }
        noteFirst(clip.transcript, of: begun, at: now)
        clip.onGrowth(onAudio)
        var sentence = ReplyProgress.Sentence(text: clip.text, clip: clip, requestNanos: now)
        sentence.isSpeech = true
        begun.sentences.append(sentence)
        account(for: begun.sentences.count - 1, of: begun, at: now)
    }

    private func noteFirst(_ text: String, of begun: ReplyProgress, at now: UInt64) {
        guard begun.firstSentenceNanos == nil else { return }
        begun.firstSentenceNanos = now
        observer?.conversation(
            .replied(
                turn: begun.turn, text: text, ms: Double(now - begun.requestNanos) / 1e6,
                isSpeculative: !begun.isCommitted))
    }

    /// Tells the machine of words that became known while they were being spoken.
    private func tellOfWords(_ begun: ReplyProgress) {
        for index in begun.sentences.indices {
            let sentence = begun.sentences[index]
            guard sentence.isSpeech, let told = sentence.toldText else { continue }
            let known = sentence.knownText
            guard known.utf8.count > told.utf8.count else { continue }
            begun.sentences[index].toldText = known
            machine.sentenceWentOn(
                turn: begun.turn, text: known, new: String(known.dropFirst(told.count)),
                heardFrom: playout.playEndNanos)
        }
    }

    /// The dialogue or the synthesis of this reply broke off.
    private func fail(_ begun: ReplyProgress, at now: UInt64) {
        guard !begun.hasFailed else { return }
        begun.hasFailed = true
        begun.isBroken = true
        begun.isEnded = true
        machine.replyFailed(turn: begun.turn, at: now)
    }

    // MARK: - To playout

    /// Starts synthesis of what may be started and hands to playout what was committed.
    func queueSpeech(of begun: ReplyProgress, at now: UInt64) {
        synthesize(begun, at: now)
        guard begun.isCommitted, reply === begun else { return }
        while begun.queuedCount < begun.sentences.count,
            let clip = begun.sentences[begun.queuedCount].clip
        {
            playout.append(
                clip, sentence: begun.queuedCount,
                isNeeded: !begun.sentences[begun.queuedCount].isLocal)
            begun.queuedCount += 1
        }
        if begun.isEnded, !begun.isBroken, begun.queuedCount == begun.sentences.count {
            if let closing = begun.closing { machine.replyCloses(turn: begun.turn, closing) }
            playout.complete()
        }
        playout.pump(at: now)
    }

    private func synthesize(_ begun: ReplyProgress, at now: UInt64) {
        let aheadMax = options.audio.byteCount(ms: options.playoutMs)
        var busy = 0
        var waitingBytes = 0
        for index in begun.sentences.indices {
            if let clip = begun.sentences[index].clip {
                if !clip.isDone { busy += 1 }
                if index >= begun.queuedCount { waitingBytes += clip.byteCount }
                continue
            }
            guard busy < options.synthesesMax, waitingBytes < aheadMax else { return }
            let text = begun.sentences[index].text
            begun.sentences[index].requestNanos = now
            (begun.sentences[index].clip, begun.sentences[index].isShared) = speech(of: text)
            account(for: index, of: begun, at: now)
            busy += begun.sentences[index].clip?.isDone == true ? 0 : 1
        }
    }

    /// The speech of a sentence in the form of this call: kept from before, and then shared, or begun now.
    private func speech(of text: String) -> (clip: SpeechClip, isShared: Bool) {
        let audio = options.audio
        if let kept = stages.cache.clip(for: text, voice: options.voice, audio: audio) {
            return (kept, true)
        }
        let clip = stages.tts.synthesize(
            text, voice: options.voice, audio: audio, onAudio: onAudio)
        guard clip.audio != audio else { return (clip, false) }
        clip.cancel()
        let failed = SpeechClip(text: text, audio: audio, secondsMax: 0)
        failed.fail(unfit(clip, stage: "tts \(stages.tts.name)"))
        return (failed, false)
    }

    /// Why speech in another form than the call's is not played: it would be noise.
    private func unfit(_ clip: SpeechClip, stage: String) -> StageError {
        .failed(
            stage: stage, reason: "it speaks \(clip.audio), and the call carries \(options.audio)")
    }

    /// Looks at what synthesis has done since last time.
    func accountForSpeech(at now: UInt64) {
        guard let begun = reply else { return }
        for index in begun.sentences.indices where !begun.sentences[index].isAccounted {
            account(for: index, of: begun, at: now)
        }
        tellOfWords(begun)
        queueSpeech(of: begun, at: now)
    }

    private func account(for index: Int, of begun: ReplyProgress, at now: UInt64) {
        let sentence = begun.sentences[index]
        guard !sentence.isAccounted, let clip = sentence.clip else { return }
        let isDone = clip.isDone
        if clip.byteCount > 0, sentence.firstByteNanos == nil {
            begun.sentences[index].firstByteNanos = now
            if !sentence.isLocal, begun.firstByteNanos == nil { begun.firstByteNanos = now }
        }
        guard isDone else { return }
        begun.sentences[index].isAccounted = true
        if let error = clip.error {
            observer?.conversation(.stageFailed(error))
            if !sentence.isLocal { fail(begun, at: now) }
            return
        }
        if !sentence.isSpeech { stages.cache.insert(clip, voice: options.voice) }
        let first = begun.sentences[index].firstByteNanos ?? now
        observer?.conversation(
            .synthesized(
                turn: begun.turn, text: sentence.knownText, byteCount: clip.byteCount,
                ms: Double(first - sentence.requestNanos) / 1e6))
    }

    // MARK: - Said without the dialogue

    func localSentence(_ text: String, at now: UInt64) -> ReplyProgress.Sentence {
        var sentence = ReplyProgress.Sentence(text: text, isLocal: true, requestNanos: now)
        (sentence.clip, sentence.isShared) = speech(of: text)
        return sentence
    }

    /// What is said first; nil if the caller is to speak first.
    func greetingSentence(at now: UInt64) -> ReplyProgress.Sentence? {
        guard options.greets else { return nil }
        var sentence: ReplyProgress.Sentence
        if let greeting, greeting.audio == options.audio {
            sentence = ReplyProgress.Sentence(text: greeting.text, clip: greeting)
            sentence.isShared = true
        } else if let text = greeting?.text ?? stages.dialogue.greeting {
            sentence = localSentence(text, at: now)
            sentence.isLocal = false
        } else {
            return nil
        }
        sentence.requestNanos = now
        return sentence
    }

    func sayLast(_ text: String, turn: TurnID, at now: UInt64) {
        begin(turn: turn, sentence: localSentence(text, at: now), isLocal: true, at: now)
    }

    /// A reply of one sentence that no dialogue gave.
    func begin(
        turn: TurnID, sentence: ReplyProgress.Sentence, isLocal: Bool, at now: UInt64,
        onFinished: ((TurnRecord.Outcome) -> Void)? = nil
    ) {
        let begun = ReplyProgress(
            turn: turn, input: nil, isSpeculative: false, isLocal: isLocal, at: now)
        begun.sentences = [sentence]
        begun.isEnded = true
        begun.isCommitted = true
        begun.speechEndNanos = now
        begun.endpointNanos = now
        begun.onFinished = onFinished
        reply = begun
        playout.begin(turn: turn)
        queueSpeech(of: begun, at: now)
    }

    func sayFiller(turn: TurnID, at now: UInt64) {
        guard let begun = reply, begun.turn == turn, begun.isCommitted,
            let clip = localSentence(options.fillerText, at: now).clip
        else { return }
        begun.hasFiller = true
        playout.insertFiller(clip)
        playout.pump(at: now)
    }

    /// Nothing more of this reply: an apology takes the place of what was not begun.
    func apologize(turn: TurnID, at now: UInt64) {
        guard let begun = reply, begun.turn == turn else { return }
        if turn > 0, !begun.isLocal { stages.dialogue.cancel(turn: turn) }
        playout.dropUnbegun()
        let kept = playout.segments.last { $0.sentence != nil }?.sentence ?? -1
        begun.cancelClips(from: kept + 1)
        begun.sentences.removeSubrange((kept + 1)...)
        begun.queuedCount = kept + 1
        begun.hasFailed = true
        begun.isBroken = false
        begun.isEnded = true
        let isLast = machine.reply?.closing == .failed
        begun.sentences.append(
            localSentence(isLast ? options.failedText : options.apologyText, at: now))
        queueSpeech(of: begun, at: now)
    }
}

// Each is told once a reply or sentence, from the sending of a frame.
extension Conversation: PlayoutDelegate {
    package func playoutBecameAudible(turn: TurnID, at now: UInt64) {
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        guard let begun = reply, begun.turn == turn else { return }
        if begun.firstFrameNanos == nil { begun.firstFrameNanos = now }
        machine.replyAudible(turn: turn, at: now)
    }

    package func playoutFirstFrameHeard(turn: TurnID, at now: UInt64) {
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        guard let begun = reply, begun.turn == turn else { return }
        begun.firstHeardNanos = now
    }

    package func playoutBegan(sentence: Int, turn: TurnID, at now: UInt64) {
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        guard let begun = reply, begun.turn == turn else { return }
        let text = begun.sentences[sentence].knownText
        if begun.sentences[sentence].isSpeech { begun.sentences[sentence].toldText = text }
        machine.sentenceStarted(
            turn: turn, text: text, isProtected: options.isNotice(text),
            heardFrom: max(now, playout.playEndNanos))
    }

    package func playoutStarved(turn: TurnID, isUnderrun: Bool, at now: UInt64) {
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        if isUnderrun { observer?.conversation(.underrun(turn: turn)) }
        machine.replyStarved(turn: turn, at: now)
    }

    package func playoutHeardAll(turn: TurnID, at now: UInt64) {
        RealtimeRegion.suspend()
        defer { RealtimeRegion.resume() }
        finishReply(.heard, at: now)
        machine.replyHeard(turn: turn, at: now)
    }
}
