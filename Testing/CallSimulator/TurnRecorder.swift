/// Watches both sides of a call and measures its turns. No I/O, no clock; allocates once per turn.
///
/// Audio that comes while an utterance of the caller is under way belongs, until a `clear`, to what
/// was being said when it began, if anything was; otherwise, and after the `clear`, the agent has
/// cut in. Audio that comes after the end of speech is the answer, unless what was talked over is
/// still coming because no `clear` came: then a pause of `replyGapMs` must lie before it.
public struct TurnRecorder {
    /// The turns so far.
    public private(set) var turns: [CallTurn] = []

    private let clock: SampleClock
    private let replyGapNanos: UInt64
    private var isOldReplyComing = false
    private var lastAudioNanos: UInt64 = 0

    /// - Parameter replyGapMs: no audio for this long ends what the agent was saying.
    public init(clock: SampleClock, turnCountMax: Int, replyGapMs: Int = 400) {
        self.clock = clock
        replyGapNanos = UInt64(replyGapMs) * 1_000_000
        turns.reserveCapacity(turnCountMax)
    }

    /// The caller has begun an utterance.
    /// - Parameter isAgentBusy: whether audio of the agent's is being played or waits.
    public mutating func callerBegan(_ said: CallerScriptRunner.Said, isAgentBusy: Bool) {
        let frame = Int64(SampleClock.frameSampleCount)
        let last = said.speechEndSample - 1
        turns.append(
            CallTurn(
                text: said.text, expectsReply: said.expectsReply, isBargeIn: said.isBargeIn,
                isAfterTimeout: said.isAfterTimeout,
                speechStartNanos: clock.nanos(ofFrame: said.speechStartSample / frame),
                speechEndNanos: clock.nanos(ofFrame: last / frame),
                lastSpeechSample: Int(last % frame)))
        isOldReplyComing = isAgentBusy
    }

    /// Audio of the agent's has come.
    public mutating func agentAudio(byteCount: Int, atNanos nanos: UInt64) {
        defer { lastAudioNanos = nanos }
        guard byteCount > 0, let turn = turns.indices.last else { return }
        if isOldReplyComing {
            if nanos < turns[turn].speechEndNanos || nanos - lastAudioNanos < replyGapNanos {
                turns[turn].lastOldAudioNanos = nanos
                return
            }
            isOldReplyComing = false
        }
        if nanos < turns[turn].speechEndNanos {
            if turns[turn].cutInNanos == nil { turns[turn].cutInNanos = nanos }
            return
        }
        if turns[turn].firstReplyNanos == nil { turns[turn].firstReplyNanos = nanos }
        turns[turn].replyByteCount += Int64(byteCount)
    }

    /// A `clear` has come.
    public mutating func agentCleared(atNanos nanos: UInt64) {
        guard let turn = turns.indices.last, turns[turn].clearNanos == nil,
            turns[turn].firstReplyNanos == nil, nanos >= turns[turn].speechStartNanos
        else { return }
        turns[turn].clearNanos = nanos
        isOldReplyComing = false
    }
}
