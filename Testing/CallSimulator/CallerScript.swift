/// What the caller does, one step after the other.
public enum CallerStep: Sendable {
    /// Waits until the agent has spoken and then been silent for `pauseMs`, then says it. When the
    /// agent does not speak within the script's `answerTimeoutMs`, it is said all the same.
    case say(CallerUtterance, pauseMs: Int = 700)
    /// Says it at once, whatever the agent does.
    case sayNow(CallerUtterance)
    /// Waits until the agent has been heard for `afterMs` without a break, then talks over it.
    case bargeIn(CallerUtterance, afterMs: Int)
    /// Waits until the agent has spoken and then been silent for `pauseMs`.
    case waitForAgent(pauseMs: Int = 700)
    case silence(ms: Int)
    /// Presses a key.
    case dtmf(String)
    /// Hangs up. So does the end of the script.
    case hangUp
}

/// A caller: steps, and how patient they are.
public struct CallerScript: Sendable {
    public var steps: [CallerStep]
    /// How long the caller waits for the agent to begin, or to go on, before the next step comes.
    public var answerTimeoutMs: Int
    public var background: CallerBackground
    /// After this long no utterance is begun: the answer to the last one is heard out, and the
    /// caller hangs up. Nil: when the steps are done.
    public var lengthMs: Int?

    public init(
        _ steps: [CallerStep], answerTimeoutMs: Int = 10_000,
        background: CallerBackground = .digitalSilence, lengthMs: Int? = nil
    ) {
        self.steps = steps
        self.answerTimeoutMs = answerTimeoutMs
        self.background = background
        self.lengthMs = lengthMs
    }
}
