import Configuration
import Telemetry

/// The machine that picked up an outbound call instead of a person, as far as Twilio could tell.
///
/// Source: Twilio, "Answering Machine Detection", the values of `AnsweredBy`.
enum AnsweringMachine: Sendable, Equatable {
    /// It has said its words and takes a message.
    case listening
    /// It is still saying its words; a message now would not be taken.
    case speaking
    case fax

    /// - Parameter answeredBy: empty where nobody looked. A person, and what is not known, are no
    ///   machine: who may be a person is talked to.
    init?(answeredBy: String) {
        switch answeredBy {
        case "machine_end_beep", "machine_end_silence", "machine_end_other": self = .listening
        case "machine_start": self = .speaking
        case "fax": self = .fax
        default: return nil
        }
    }

    /// What is left to it.
    func message(_ block: AssistantBlock) -> [String] {
        self == .listening && !block.voicemail.isEmpty ? [block.voicemail] : []
    }
}
