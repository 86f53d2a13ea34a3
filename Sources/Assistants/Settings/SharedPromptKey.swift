/// The sentences that dialogues of all kinds say: silence, trouble, hand-over, opening hours, farewell.
/// Every one can be replaced by `prompts` of the assistant.
///
/// Words in braces are filled in: `{name}` of the business, `{day}`, `{hours}`.
public enum SharedPromptKey: String, PromptWording {
    case notUnderstood, stillThere, silenceGoodbye, takeYourTime, startOver
    case handOver, noPerson, giveUp
    case openHours, closed
    case welcome, goodbye

    /// Nothing here is agreed to.
    public var isReadBack: Bool { false }

    /// The standard wording.
    public var standard: [String] {
        switch self {
        case .notUnderstood:
            [
                "Sorry, I did not catch that.", "I am sorry, I still did not understand.",
                "Sorry, let us try once more.",
            ]
        case .closed: ["We are closed {day}."]
        case .openHours: ["{day} we are open {hours}."]
        case .startOver: ["All right, let us start again."]
        case .welcome: ["You are welcome."]
        case .goodbye: ["Thank you for calling {name}. Goodbye."]
        case .stillThere: ["Are you still there?", "I cannot hear you."]
        case .silenceGoodbye: ["I cannot hear anything, so I will hang up now. Goodbye."]
        case .handOver: ["One moment, I will put you through."]
        case .giveUp: ["I am sorry that I could not help. Please call again later. Goodbye."]
        case .noPerson: ["I am sorry, there is nobody I can put you through to right now."]
        case .takeYourTime: ["Take your time."]
        }
    }
}
