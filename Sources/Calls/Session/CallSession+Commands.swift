import DSP
import Pipelines

// What is commanded from outside, done on the call's loop.

extension CallSession {
    /// Listeners of one call.
    public static let tapsMax = 4

    func perform(_ command: CallCommand, _ completion: @escaping CallCommandCompletion) {
        guard let conversation else { return completion(.failure(.ended)) }
        let now = nowNanos
        switch command {
        case .say(let text):
            publish(.commanded(command.name))
            return conversation.say(text, nowNanos: now) { outcome in
                completion(Self.result(outcome))
            }
        case .listen(let tap):
            guard taps.count < Self.tapsMax else {
                return completion(.failure(.tooMany(max: Self.tapsMax)))
            }
            guard tap.samplesPerMs == audio.samplesPerMillisecond else {
                let rates = (tap.samplesPerMs, audio.samplesPerMillisecond)
                return completion(
                    .failure(
                        .invalid(
                            "the tap is for \(rates.0) samples a ms, and the call has \(rates.1)")))
            }
            guard tap.claim() else {
                return completion(.failure(.invalid("the tap was given to a call before")))
            }
            // What is on its way was not copied: silence stands in for it, so that the rest keeps its
            // place in time.
            tap.agentSilent(nanos: conversation.sentAheadNanos(at: now))
            taps.append(tap)
        case .mute, .unmute:
            isMuted = command.isBeginning
            conversation.setMuted(isMuted, nowNanos: now)
        case .hold, .resume: answerNothing(command.isBeginning, because: .hold, conversation, now)
        case .takeOver, .handBack:
            answerNothing(command.isBeginning, because: .takeOver, conversation, now)
        case .hangUp:
            publish(.commanded(command.name))
            conversation.finish(.hangUp, nowNanos: now)
            return completion(.success(()))
        case .release:
            publish(.commanded(command.name))
            transportEnded("released", isOrderly: false)
            transport.close(.goingAway)
            return completion(.success(()))
        case .transfer(let number):
            publish(.commanded(command.name))
            conversation.finish(.handOver(number: number), nowNanos: now)
            return completion(.success(()))
        }
        publish(.commanded(command.name))
        completion(.success(()))
    }

    private func answerNothing(
        _ isSo: Bool, because reason: ReasonNotToAnswer, _ conversation: Conversation,
        _ now: UInt64
    ) {
        let answered = reasonsNotToAnswer.isEmpty
        if isSo { reasonsNotToAnswer.insert(reason) } else { reasonsNotToAnswer.remove(reason) }
        switch (answered, reasonsNotToAnswer.isEmpty) {
        case (true, false): conversation.suspend(nowNanos: now)
        case (false, true): conversation.resume(nowNanos: now)
        case (true, true), (false, false): break
        }
    }

    private static func result(_ outcome: AnnouncementOutcome) -> Result<Void, CallCommandError> {
        switch outcome {
        case .heard: .success(())
        case .cutOff: .failure(.cutOff)
        case .failed: .failure(.notSpoken)
        case .refused: .failure(.tooMany(max: Conversation.announcementsMax))
        }
    }

    // MARK: - Taps

    /// Copies the caller's frame, with what the agent was heard to say meanwhile.
    func tap(caller speech: UnsafeBufferPointer<UInt8>) {
        eachPiece(of: speech) { samples in
            if isMuted { samples.update(repeating: 0) }
            for tap in taps { tap.callerHeard(UnsafeBufferPointer(samples)) }
        }
        if taps.contains(where: { $0.isOver }) { taps.removeAll { $0.isOver } }
    }

    func tap(agent speech: UnsafeBufferPointer<UInt8>) {
        eachPiece(of: speech) { samples in
            for sample in samples {
                for tap in taps { tap.agentSent(sample) }
            }
        }
    }

    /// The samples of the call's audio, as many at a time as there is room for.
    private func eachPiece(
        of speech: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeMutableBufferPointer<Int16>) -> Void
    ) {
        let byteCountMax = tapScratch.count * audio.bytesPerSample
        var from = 0
        while from < speech.count {
            let end = min(from + byteCountMax, speech.count)
            let count = audio.decode(
                UnsafeBufferPointer(rebasing: speech[from..<end]), into: tapScratch)
            body(UnsafeMutableBufferPointer(rebasing: tapScratch[..<count]))
            from = end
        }
    }
}

extension CallCommand {
    /// True for the one of a pair that begins something.
    fileprivate var isBeginning: Bool {
        switch self {
        case .hold, .mute, .takeOver: true
        case .say, .hangUp, .transfer, .resume, .unmute, .handBack, .release, .listen: false
        }
    }
}
