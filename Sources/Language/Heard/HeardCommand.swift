/// A wish of the caller about the conversation itself.
public enum HeardCommand: Sendable, Equatable {
    case cancel, startOver, repeatLast, goodbye, thanks, person, help, wait, greeting
    /// "I'd like to book a table": says what the call is about, and no more.
    case opening
    /// "never mind": what is under way is dropped, not what is booked.
    case dismiss
    /// "that's all"
    case finished

    /// A weak phrase ("sorry", "what") means its command only when nothing else was understood.
    package struct Phrase: Sendable {
        package var command: HeardCommand
        package var isWeak: Bool
    }

    /// All commands in an utterance, with their tokens.
    package static func matches(in utterance: Utterance) -> [Match<Phrase>] {
        table.matches(in: utterance)
    }

    private static func strong(_ command: HeardCommand) -> Phrase {
        Phrase(command: command, isWeak: false)
    }
    private static func weak(_ command: HeardCommand) -> Phrase {
        Phrase(command: command, isWeak: true)
    }

    private static let table = PhraseTable<Phrase>([
        (
            strong(.cancel),
            [
                "cancel", "cancel it", "cancel that", "cancel this", "cancel the reservation",
                "cancel the booking", "cancel my reservation", "cancel my booking",
                "don't book it", "do not book it", "don't want it anymore",
            ]
        ),
        (
            strong(.dismiss),
            [
                "never mind", "nevermind", "forget it", "forget about it", "forget that",
                "scrap that", "drop it", "i changed my mind", "changed my mind", "leave it",
            ]
        ),
        (
            strong(.startOver),
            [
                "start over", "start again", "start from the beginning", "start fresh",
                "from the beginning", "begin again", "let's start over", "restart", "start anew",
            ]
        ),
        (
            strong(.repeatLast),
            [
                "repeat that", "repeat it", "say that again", "say again", "say it again",
                "come again", "what did you say", "what was that", "can you repeat",
                "could you repeat", "please repeat", "repeat please", "i didn't hear",
                "i didn't catch", "didn't catch that", "i did not hear", "one more time",
                "can't hear you", "i didn't get that", "i beg your pardon", "beg your pardon",
                "what's the number again", "what was the number", "the number again",
                "pardon me",
            ]
        ),
        (
            weak(.repeatLast),
            ["sorry", "pardon", "what", "huh", "excuse me", "i'm sorry", "repeat", "again"]
        ),
        (
            strong(.goodbye),
            [
                "goodbye", "good bye", "bye", "bye bye", "see you", "see ya", "see you then",
                "see you soon", "have a good day", "have a nice day", "have a good one",
                "good night", "take care", "talk to you later", "hang up", "cheerio",
            ]
        ),
        (
            strong(.thanks),
            [
                "thanks", "thank you", "thank you very much", "thanks a lot", "many thanks",
                "thanks so much", "thank you so much", "thx", "cheers", "much appreciated",
                "than you",
                "appreciate it", "i appreciate it",
            ]
        ),
        (
            strong(.person),
            [
                "operator", "a human", "a real person", "real person", "a person please",
                "an agent", "speak to someone", "talk to someone", "speak with someone",
                "talk with someone", "speak to a person", "talk to a person", "human being",
                "speak to a human", "talk to a human", "representative", "the manager",
                "a manager", "speak to somebody", "talk to somebody", "someone real",
                "customer service", "speak to the restaurant", "the owner", "live person",
                "live agent", "speak with a person", "speak with a human", "human",
            ]
        ),
        (
            strong(.finished),
            [
                "that's all", "that is all", "thats all", "that's it", "that is it", "thats it",
                "that'll be all", "that will be all", "that would be all", "all set",
                "i'm all set", "i'm good", "we're good", "i'm done", "we're all set",
                "no that's all",
                "no that's it", "that's everything",
            ]
        ),
        (
            strong(.help),
            [
                "help", "what can you do", "what can i say", "what can you help",
                "how does this work",
                "what are my options", "who are you", "who is this", "what is this",
                "are you a robot", "are you a machine", "are you human", "are you a bot",
                "am i talking to a robot",
            ]
        ),
        (
            strong(.wait),
            [
                "hold on", "one moment", "just a moment", "just a second", "one second",
                "a second", "wait", "hang on", "one sec", "give me a second", "give me a moment",
                "just a minute", "one minute", "let me check", "let me think", "let me see",
                "a moment please",
            ]
        ),
        (
            weak(.greeting),
            [
                "hello", "hi", "hey", "good morning", "good afternoon", "good evening",
                "hi there", "hello there", "greetings", "howdy",
            ]
        ),
        (
            weak(.opening),
            [
                "table", "a table", "the table", "reservation", "a reservation", "booking",
                "a booking", "book", "reserve", "make a reservation", "book a table",
                "book the table", "reserve a table",
            ]
        ),
    ])
}
