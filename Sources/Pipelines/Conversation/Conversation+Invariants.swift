// What is true between two events, of the conversation and what it is made of.

extension Conversation {
    /// The first invariant that does not hold, in words; nil when all do. Between events, on the
    /// call's loop; allocates nothing unless something is broken.
    package func checkInvariants(at now: UInt64) -> String? {
        guard !isClosed else { return nil }
        return machine.checkInvariants() ?? playout.checkInvariants(at: now) ?? brokenReply
    }

    /// Machine, reply and playout speak of the same turn.
    private var brokenReply: String? {
        guard let reply else {
            return playout.turn == nil ? nil : "conversation: playout of no reply"
        }
        if reply.queuedCount > reply.sentences.count {
            return "conversation: more sentences played than said"
        }
        guard reply.isCommitted else {
            if playout.turn != nil { return "conversation: playout beside a speculative reply" }
            return machine.utterance?.isReplying == true && machine.utterance?.turn == reply.turn
                ? nil : "conversation: a speculative reply of no pause"
        }
        if playout.turn != reply.turn { return "conversation: a committed reply is not played" }
        return machine.reply?.turn == reply.turn
            ? nil : "conversation: a committed reply of which the machine knows nothing"
    }

    /// Told to the test, or, in a checked build, the end: a state that cannot be is not gone on from.
    func check(at now: UInt64) {
        if let onBrokenInvariant {
            if let broken = checkInvariants(at: now) ?? playout.checkPeer(at: now) {
                onBrokenInvariant(broken)
            }
            return
        }
        #if STREAMD_CHECKED
            if let broken = checkInvariants(at: now) {
                preconditionFailure("call \(call.callSid): \(broken)")
            }
        #endif
    }
}
