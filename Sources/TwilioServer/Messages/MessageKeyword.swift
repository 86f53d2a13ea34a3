/// The words by which customers control whether they are sent messages. A message that is one of
/// them and nothing else is not a turn of a conversation.
///
/// Source: Twilio's documentation, "Twilio support for opt-out keywords".
package enum MessageKeyword: Equatable {
    case stop, start, help

    private static let stopWords: Set<String> = [
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke",
    ]
    private static let startWords: Set<String> = ["start", "unstop"]
    private static let helpWords: Set<String> = ["help", "info"]

    /// - Parameters:
    ///   - optOutType: Twilio's own judgement, where its handling of opt-outs is on.
    ///   - hasOptedOut: whether a "yes" means to begin again.
    package init?(_ body: String, optOutType: String, hasOptedOut: Bool) {
        switch optOutType {
        case "STOP": self = .stop
        case "START": self = .start
        case "HELP": self = .help
        default:
            let word = body.filter { $0.isLetter || $0.isNumber || $0.isWhitespace }
                .split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
            if Self.stopWords.contains(word) {
                self = .stop
            } else if Self.startWords.contains(word) || hasOptedOut && word == "yes" {
                self = .start
            } else if Self.helpWords.contains(word) {
                self = .help
            } else {
                return nil
            }
        }
    }

    /// What is answered.
    package func reply(business name: String) -> String {
        switch self {
        case .stop:
            "\(name): you will get no more messages from us. Reply START to get them again."
        case .start: "\(name): welcome back. You will get our messages again."
        case .help:
            "\(name): write what you would like, and we answer at once. Reply STOP to get no more "
                + "messages. Message and data rates may apply."
        }
    }
}
