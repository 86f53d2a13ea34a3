import Pipelines

/// Something that an operator, a page or a program wants done in a live call.
public enum CallCommand: Sendable {
    /// Says this in the call's voice as soon as nobody is speaking. Done when it was heard.
    case say(String)
    /// Ends the call at once.
    case hangUp
    /// Connects the caller to this number (E.164) at once.
    case transfer(number: String)
    /// Answers nothing until ``resume``; what was being said is cut off.
    case hold
    case resume
    /// Neither recogniser nor taps hear the caller until ``unmute``; keys are not seen either.
    case mute
    case unmute
    /// A person leads the conversation, by ``say(_:)``, until ``handBack``: the assistant answers
    /// nothing. Independent of ``hold``.
    case takeOver
    case handBack
    /// Gives the call up without an ending, as when this node goes away: the carrier may connect it
    /// again, here or elsewhere.
    case release
    /// Copies both directions into the tap from now on, until the call or the tap ends.
    case listen(AudioTap)

    /// The command's name, in messages and events.
    public var name: String {
        switch self {
        case .say: "say"
        case .hangUp: "hang up"
        case .transfer: "transfer"
        case .hold: "hold"
        case .resume: "resume"
        case .mute: "mute"
        case .unmute: "unmute"
        case .takeOver: "take over"
        case .handBack: "hand back"
        case .release: "release"
        case .listen: "listen"
        }
    }
}

/// The reason why a command was not done.
public enum CallCommandError: Error, Equatable, CustomStringConvertible {
    /// The call is over.
    case ended
    /// This kind of call can't do it.
    case unsupported(command: String, path: String)
    /// What was given can't be used: why, and what could.
    case invalid(String)
    /// It was begun, and the caller did not hear all of it.
    case cutOff
    /// The synthesiser failed.
    case notSpoken
    /// So many announcements or taps are there already.
    case tooMany(max: Int)

    public var description: String {
        switch self {
        case .ended: "the call is over"
        case .unsupported(let command, let path):
            "a call held by '\(path)' can't \(command); a call over a stream can"
        case .invalid(let why): why
        case .cutOff: "the caller did not hear all of it"
        case .notSpoken: "it could not be synthesised; see the log for the engine's error"
        case .tooMany(let max): "\(max) are there already; wait until one is done"
        }
    }
}

extension CallCommand {
    /// Longer texts are no announcement.
    public static let sayCharactersMax = 2000

    /// The reason why it can't be meant, whatever the call; nil where there is none.
    var fault: CallCommandError? {
        switch self {
        case .say(let text):
            if text.count > Self.sayCharactersMax {
                return .invalid(
                    "the text has \(text.count) characters; at most \(Self.sayCharactersMax) are said")
            }
            guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
                return .invalid("the text has no words")
            }
            return nil
        case .transfer(let number):
            return TelephoneNumber.callback(number) == nil
                ? .invalid("'\(number.prefix(40))' is not a number in E.164, such as +15552220041")
                : nil
        case .hangUp, .hold, .resume, .mute, .unmute, .takeOver, .handBack, .release,
            .listen:
            return nil
        }
    }
}

/// Told, once, what became of a command. On any thread.
public typealias CallCommandCompletion = @Sendable (Result<Void, CallCommandError>) -> Void
