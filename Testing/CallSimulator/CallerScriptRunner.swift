/// What the agent does, as the caller hears it, when a frame is made.
public struct AgentActivity: Sendable, Equatable {
    /// True when the agent is heard now.
    public var isHeard: Bool
    /// How long it has been heard without a break, in samples; 0 while it is not.
    public var heardSampleCount: Int64
    /// The sample after the last one it was heard in; 0 when it never was.
    public var lastHeardSample: Int64

    public init(isHeard: Bool, heardSampleCount: Int64, lastHeardSample: Int64) {
        self.isHeard = isHeard
        self.heardSampleCount = heardSampleCount
        self.lastHeardSample = lastHeardSample
    }
}

/// What a frame carries besides its audio.
public enum CallerAction: Sendable, Equatable {
    case none
    /// The utterance with this number begins with the frame's first sample.
    case beginsUtterance(Int)
    case pressesKey(String)
    case hangsUp
}

/// Makes the caller's audio, frame by frame, as a script says. No I/O, no clock: time is the frame's
/// number. Allocates nothing per frame.
public struct CallerScriptRunner {
    /// An utterance as it was said.
    public struct Said: Sendable {
        public var text: String
        public var expectsReply: Bool
        public var isBargeIn: Bool
        /// True when the caller gave up waiting for the agent before it.
        public var isAfterTimeout: Bool
        /// Samples of the call's clock: the first of the speech, and the one after its last.
        public var speechStartSample: Int64
        public var speechEndSample: Int64
    }

    /// What has been said so far, the utterance under way included.
    public private(set) var said: [Said] = []
    /// True when an utterance is under way.
    public var isSpeaking: Bool { current != nil }

    private struct Current {
        var muLaw: [UInt8]
        var offset = 0
    }

    private let script: CallerScript
    private var step = 0
    /// When the step that is waited for became due.
    private var stepSample: Int64 = 0
    /// Nothing the agent said before this counts as an answer.
    private var listeningSinceSample: Int64 = 0
    private var current: Current?
    private var backgroundOffset = 0

    public init(_ script: CallerScript) {
        self.script = script
        said.reserveCapacity(script.steps.count)
    }

    /// Fills the frame that begins at `sample` and says what else happens with it.
    public mutating func nextFrame(
        at sample: Int64, agent: AgentActivity, into frame: UnsafeMutableRawBufferPointer
    ) -> CallerAction {
        var action = CallerAction.none
        if current == nil { action = takeSteps(at: sample, agent) }
        fill(frame)
        if let speaking = current, speaking.offset >= speaking.muLaw.count {
            current = nil
            stepSample = sample + Int64(frame.count)
        }
        return action
    }

    /// Goes on to the next step if its time has come.
    private mutating func takeSteps(at sample: Int64, _ agent: AgentActivity) -> CallerAction {
        while step < script.steps.count {
            let waited = sample - stepSample
            switch script.steps[step] {
            case .say(let utterance, let pauseMs):
                guard let isLate = isTurn(sample, agent, pauseMs) else { return .none }
                guard !isTimeUp(sample) else { return .hangsUp }
                return begin(utterance, sample, isBargeIn: false, isLate: isLate)
            case .sayNow(let utterance):
                return begin(utterance, sample, isBargeIn: agent.isHeard, isLate: false)
            case .bargeIn where isTimeUp(sample):
                return isTurn(sample, agent, 0) == nil ? .none : .hangsUp
            case .bargeIn(let utterance, let afterMs):
                let isHeard = agent.isHeard && agent.heardSampleCount >= Int64(afterMs) * 8
                let isLate = waited >= Int64(script.answerTimeoutMs) * 8
                guard isHeard || isLate else { return .none }
                return begin(utterance, sample, isBargeIn: isHeard, isLate: !isHeard)
            case .waitForAgent(let pauseMs):
                guard isTurn(sample, agent, pauseMs) != nil else { return .none }
                listeningSinceSample = sample
                nextStep(at: sample)
            case .silence(let ms):
                guard waited >= Int64(ms) * 8 else { return .none }
                nextStep(at: sample)
            case .dtmf(let digit):
                nextStep(at: sample)
                return .pressesKey(digit)
            case .hangUp:
                return .hangsUp
            }
        }
        return .hangsUp
    }

    /// True when it is the caller's turn: false when the agent has spoken and stopped, true when
    /// the caller has given up on it, nil when neither is so.
    private func isTurn(_ sample: Int64, _ agent: AgentActivity, _ pauseMs: Int) -> Bool? {
        if agent.isHeard { return nil }
        if agent.lastHeardSample > listeningSinceSample {
            return sample - agent.lastHeardSample >= Int64(pauseMs) * 8 ? false : nil
        }
        return sample - stepSample >= Int64(script.answerTimeoutMs) * 8 ? true : nil
    }

    private func isTimeUp(_ sample: Int64) -> Bool {
        script.lengthMs.map { sample >= Int64($0) * 8 } ?? false
    }

    private mutating func nextStep(at sample: Int64) {
        step += 1
        stepSample = sample
    }

    private mutating func begin(
        _ utterance: CallerUtterance, _ sample: Int64, isBargeIn: Bool, isLate: Bool
    ) -> CallerAction {
        nextStep(at: sample)
        current = Current(muLaw: utterance.muLaw)
        let end = sample + Int64(utterance.speechEnd)
        // What the agent says over the end of the speech is not an answer to it.
        listeningSinceSample = end
        said.append(
            Said(
                text: utterance.text, expectsReply: utterance.expectsReply, isBargeIn: isBargeIn,
                isAfterTimeout: isLate, speechStartSample: sample + Int64(utterance.speechStart),
                speechEndSample: end))
        return .beginsUtterance(said.count - 1)
    }

    private mutating func fill(_ frame: UnsafeMutableRawBufferPointer) {
        var filled = 0
        if let speaking = current {
            filled = min(frame.count, speaking.muLaw.count - speaking.offset)
            speaking.muLaw.withUnsafeBytes {
                frame.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: $0[speaking.offset..<speaking.offset + filled]))
            }
            current?.offset += filled
        }
        while filled < frame.count {
            let noise = script.background.muLaw
            let count = min(frame.count - filled, noise.count - backgroundOffset)
            noise.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: frame[filled...]).copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: $0[backgroundOffset..<backgroundOffset + count]))
            }
            filled += count
            backgroundOffset = (backgroundOffset + count) % noise.count
        }
    }
}
