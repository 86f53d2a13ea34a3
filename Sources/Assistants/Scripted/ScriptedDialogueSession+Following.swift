import Pipelines

// Following a conversation that another engine leads, so as to be able to take it over in any turn.
//
// What the caller says to the other engine goes through the dialogue as if it were said to it: what
// only looks is looked up, what it would say is said to nobody, and what would change something is
// left undone. What the other's tools did comes as a fact, and the other's last words set what the
// caller has been asked.

/// What tools of another engine did in a turn that has not been followed to its end.
struct UnseenActions: Codable {
    var turn: TurnID
    var actions: [DialogueAction]
}

extension CallerInput {
    /// Nothing in it could be followed.
    var isWordless: Bool {
        switch self {
        case .silence, .unintelligible: true
        case .speech, .dtmf: false
        }
    }
}

extension ScriptedDialogueSession {
    func overheard(_ input: CallerInput, turn: TurnID, reply: String) {
        guard !isClosed else { return }
        // Whoever was heard records the turn.
        callerTexts[turn] = nil
        // What the caller is asked by now is the other's to have read back: see `overheard`.
        saidReply = nil
        followUnheard(before: input, turn: turn)
        if reply.isEmpty, !input.isWordless {
            unfollowed = input
        } else {
            follow(input, turn: turn, reply: reply)
        }
    }

    func witnessed(_ actions: [DialogueAction], turn: TurnID) {
        guard !isClosed else { return }
        if let unfollowed {
            // Something was done in that turn, so it was one, although nothing was heard.
            self.unfollowed = nil
            follow(unfollowed, turn: turn, reply: "")
        }
        if isFollowing {
            unseenActions.append(UnseenActions(turn: turn, actions: actions))
        } else {
            learn(actions)
        }
    }

    func takeActions() -> [DialogueAction] {
        defer { actions = [] }
        return actions
    }

    func standing(of turn: TurnID) -> ReplyStanding {
        guard let work, work.turn == turn, work.overheard == nil else { return .working }
        if work.heldCall != nil { return .awaitingCommit }
        guard work.isCommitted else { return .working }
        return work.call.map { $0.isReadOnly ? .working : .acted } ?? .working
    }

    /// A turn is being followed, and waits for what it looks up.
    private var isFollowing: Bool {
        guard let work else { return false }
        return !unfollowedTurns.isEmpty || work.overheard != nil && !work.isFinished
    }

    /// A caller who went on before hearing anything says the same words again and more.
    func followUnheard(before input: CallerInput, turn: TurnID) {
        guard let earlier = unfollowed else { return }
        unfollowed = nil
        if case .speech(let next) = input, case .speech(let last) = earlier,
            next.text.hasPrefix(last.text)
        {
            return
        }
        follow(earlier, turn: turn - 1, reply: "")
    }

    func follow(_ input: CallerInput, turn: TurnID, reply: String) {
        let shadow = makeWork(turn, input, nil)
        shadow.isCommitted = true
        shadow.overheard = reply
        // What was begun here and cannot be undone, or is being looked up, comes first.
        if let work, work.isCommitted, !work.isFinished {
            unfollowedTurns.append(shadow)
        } else {
            start(shadow)
        }
    }

    /// One step of a turn that is followed.
    func follow(_ step: DialogueStep<Dialogue.State, Dialogue.Call>, _ shadow: Work) {
        switch step.next {
        case .call(let call) where call.isReadOnly:
            shadow.state = step.state
            return run(call, for: shadow)
        case .call:
            // It would act now. The other engine has, which is told apart, or had reasons not to.
            break
        case .listen, .hangUp, .handOver: state = step.state
        }
        settle(shadow)
    }

    /// The end of a turn that was followed: what was done in it, and what was said last.
    ///
    /// What was done in later turns waits for them: the words that led to it come before it.
    func settle(_ shadow: Work) {
        shadow.isFinished = true
        let seen = unseenActions.filter { $0.turn <= shadow.turn }
        unseenActions.removeAll { $0.turn <= shadow.turn }
        lastOverheard = shadow.overheard ?? ""
        learn(seen.flatMap(\.actions))
        startDeferred()
    }

    private func learn(_ actions: [DialogueAction]) {
        for action in actions {
            state = dialogue.witnessed(action, in: state, now: now())
            learn(action)
        }
        guard !lastOverheard.isEmpty else { return }
        state = dialogue.heard(lastOverheard, in: state)
        state = dialogue.overheard(lastOverheard, in: state, now: now())
    }
}
