import Assistants
import Language
import Testing

@Suite struct HeardAnswerTests {
    @Test(arguments: [
        "yes", "Yeah.", "Yep!", "sure", "That's right.", "correct", "Sounds good", "yes please",
        "That is correct", "okay", "OK.", "Uh-huh.", "mm-hmm", "absolutely", "of course",
        "go ahead",
        "perfect", "no problem", "why not", "yeah that works", "Yes, that's right, thank you.",
        "no, that's right", "that's fine", "book it", "I confirm", "right", "please do", "Mhm.",
    ])
    func yes(text: String) { #expect(HeardAnswer.answer(of: Utterance(text)) == .yes, "\(text)") }

    @Test(arguments: [
        "no", "Nope.", "nah", "not quite", "No, that's wrong.", "that's not right", "incorrect",
        "no thanks", "No thank you.", "I don't think so", "definitely not", "yeah no that's wrong",
        "of course not", "not really", "that isn't right", "Wrong.", "don't", "no way",
        "That doesn't work", "not correct",
    ])
    func no(text: String) { #expect(HeardAnswer.answer(of: Utterance(text)) == .no, "\(text)") }

    @Test(arguments: [
        "John", "seven", "I'm not sure", "maybe", "tomorrow", "the table", "hello", "",
    ])
    func neither(text: String) {
        #expect(HeardAnswer.answer(of: Utterance(text)) == nil, "\(text)")
    }
}

@Suite struct HeardNameTests {
    static let asked: [(String, String)] = [
        ("John", "John"), ("John.", "John"), ("john", "John"),
        ("my name is John Miller", "John Miller"),
        ("My name is John Miller.", "John Miller"), ("it's Sarah", "Sarah"),
        ("under Smith", "Smith"),
        ("Under Smith, please.", "Smith"), ("Uh, Sarah.", "Sarah"), ("Sarah please", "Sarah"),
        ("Put it under Miller", "Miller"), ("the name is O'Brien", "O'Brien"),
        ("This is Anne-Marie Dubois", "Anne-Marie Dubois"), ("I'm José", "José"),
        ("S-M-I-T-H", "Smith"), ("Smith, S-M-I-T-H", "Smith"), ("Smith with a Y", "Smith"),
        ("JOHN MILLER", "John Miller"), ("McDonald", "McDonald"),
        ("John Miller, thanks", "John Miller"),
        ("Yes, it's John", "John"), ("the last name is Garcia", "Garcia"), ("for Miller", "Miller"),
        ("Mr. Miller", "Miller"), ("Will", "Will"), ("April", "April"),
        ("you can put it under Lee", "Lee"),
        ("That would be Karen", "Karen"), ("Okay, Peter.", "Peter"), ("I said John", "John"),
        ("the name John Smith", "John Smith"),
        ("Sarah Connor speaking", "Sarah Connor"),
    ]

    @Test(arguments: asked) func whenAsked(text: String, name: String) {
        let said = ReservationUnderstanding.read(text, expecting: .slots(.name), today: today)
        #expect(said.name == name, "\(text)")
    }

    static let unasked: [(String, String)] = [
        ("a table for four tomorrow at 7, my name is John", "John"),
        ("This is Sarah, I need a table for two tonight", "Sarah"),
        ("Friday at 7 for 4 people under Smith", "Smith"),
        ("Table for two under the name of Maria Lopez tomorrow at eight", "Maria Lopez"),
        ("no, the name is Miller", "Miller"),
    ]

    @Test(arguments: unasked) func whenNotAsked(text: String, name: String) {
        let said = ReservationUnderstanding.read(
            text, expecting: .slots([.party, .date, .time]), today: today)
        #expect(said.name == name, "\(text)")
    }

    @Test(arguments: [
        "I'm looking for a table", "it's for four people", "this is fine", "a table please",
        "I'd like to book a table for Friday", "it's tomorrow", "for dinner", "I'm calling to book",
        "for Christmas Eve", "hello", "what do you mean", "sorry",
    ])
    func noName(text: String) {
        let said = ReservationUnderstanding.read(
            text, expecting: .slots([.party, .date, .time]), today: today)
        #expect(said.name == nil, "\(text)")
    }

    @Test(arguments: [
        "yes", "what did you say?", "cancel", "four people", "um", "I want to speak to someone",
    ])
    func noNameEvenWhenAsked(text: String) {
        let said = ReservationUnderstanding.read(text, expecting: .slots(.name), today: today)
        #expect(said.name == nil, "\(text)")
    }
}

@Suite struct HeardCommandTests {
    static let commands: [(String, HeardCommand)] = [
        ("cancel", .cancel), ("Please cancel that.", .cancel), ("never mind", .dismiss),
        ("forget it", .dismiss), ("start over", .startOver), ("Let's start again", .startOver),
        ("what did you say?", .repeatLast), ("Can you repeat that?", .repeatLast),
        ("say that again please", .repeatLast), ("goodbye", .goodbye), ("Bye bye!", .goodbye),
        ("have a nice day", .goodbye), ("thank you", .thanks), ("Thanks!", .thanks),
        ("I want to speak to someone", .person), ("operator", .person),
        ("can I talk to a real person", .person), ("help", .help), ("what can you do?", .help),
        ("hold on a second", .wait), ("just a moment", .wait), ("that's all", .finished),
        ("I'm good", .finished),
    ]

    @Test(arguments: commands) func command(text: String, command: HeardCommand) {
        let said = ReservationUnderstanding.read(text, expecting: .yesNo, today: today)
        #expect(said.commands.contains(command), "\(text)")
    }

    @Test(arguments: ["sorry?", "Pardon?", "what?", "Huh?"]) func weakRepeat(text: String) {
        let said = ReservationUnderstanding.read(text, expecting: .yesNo, today: today)
        #expect(said.weakCommands == [.repeatLast])
        #expect(said.commands.isEmpty)
    }
}
