/// Yes or no, in the shapes people give it.
public enum HeardAnswer: Sendable, Equatable {
    case yes, no

    private struct Shape: Sendable {
        /// Nil where somebody says that they can not say.
        var answer: HeardAnswer?
        /// A judgement of what was said ("that's wrong") outweighs an interjection ("yeah").
        var isJudgement: Bool
    }

    /// What an utterance answers to a yes-or-no question; nil when it answers neither.
    ///
    /// Judgements outweigh interjections ("yeah, no, that's wrong"), later ones outweigh earlier.
    /// - Parameter excluded: tokens that mean something else ("good evening").
    public static func answer(of utterance: Utterance, excluding excluded: [Range<Int>] = [])
        -> HeardAnswer?
    {
        let found = matches(in: utterance).filter { match in
            !excluded.contains { $0.overlaps(match.range) }
        }
        let judgement = found.last { $0.value.isJudgement }
        return (judgement ?? found.last)?.value.answer
    }

    /// The tokens that belong to answers.
    public static func ranges(in utterance: Utterance) -> [Range<Int>] {
        matches(in: utterance).map(\.range)
    }

    private static func matches(in utterance: Utterance) -> [Match<Shape>] {
        table.matches(in: utterance)
    }

    private static let table = PhraseTable<Shape>([
        (
            Shape(answer: nil, isJudgement: true),
            [
                "not sure", "i'm not sure", "i am not sure", "i don't know", "i do not know",
                "maybe", "it depends", "i don't remember", "no idea",
            ]
        ),
        (
            Shape(answer: .yes, isJudgement: false),
            [
                "yes", "yeah", "yep", "yup", "yea", "ya", "yah", "sure", "ok", "okay", "okey",
                "alright", "all right", "aye", "uh huh", "uhhuh", "mm hmm", "mmhmm", "mhm",
                "mm hm", "right", "indeed", "yes please", "please do", "fine", "great", "cool",
                "good", "you bet", "roger", "of course", "certainly", "absolutely", "definitely",
                "totally", "exactly", "perfect", "why not", "no problem", "not a problem",
                "please", "i do", "i would", "i am", "it is", "we do", "we would", "yessir",
                "affirmative", "excellent", "wonderful", "lovely", "correct",
            ]
        ),
        (
            Shape(answer: .yes, isJudgement: true),
            [
                "that's right", "that is right", "thats right", "that's correct", "thats correct",
                "that is correct", "it's correct", "it is correct", "this is correct",
                "this is right", "sounds good", "sounds great", "sounds right", "sounds perfect",
                "sounds fine", "sound good", "that sounds good", "that works", "works for me",
                "that'll work", "that will work", "that would work", "that's fine",
                "that is fine", "thats fine", "that'll do", "that will do", "that's perfect",
                "that's great", "that's good", "that'd be great", "that would be great",
                "that would be fine", "that'd be fine", "go ahead", "do it", "book it",
                "let's do it", "let's do that", "i'll take it", "we'll take it", "looks good",
                "all good", "it does", "all correct", "everything is correct",
                "everything's correct", "you got it", "got it", "confirm", "confirmed",
                "i confirm", "that's it exactly", "no that's right", "no that's fine",
                "no that's correct", "nothing to change",
            ]
        ),
        (
            Shape(answer: .no, isJudgement: false),
            [
                "no", "nope", "nah", "nay", "no thanks", "no thank you", "no than you", "negative",
                "not really",
                "uh uh", "no way", "none", "neither", "nothing", "i don't", "i do not",
                "it isn't", "it's not", "i'm not", "never", "not yet", "noo", "nothing else",
                "no sir", "not at all",
            ]
        ),
        (
            Shape(answer: .no, isJudgement: true),
            [
                "not quite", "not correct", "not right", "that's wrong", "that is wrong", "wrong",
                "thats wrong", "that's not right", "that is not right", "that isn't right",
                "thats not right", "it's wrong", "this is wrong", "incorrect", "that's incorrect",
                "that is incorrect", "that's not correct", "that is not correct",
                "that isn't correct", "it's not correct", "it's not right", "don't", "do not",
                "i don't think so", "of course not", "definitely not", "absolutely not",
                "certainly not", "that doesn't work", "that does not work", "doesn't work",
                "that won't work", "won't work", "not that", "that's not it", "not exactly",
                "i didn't say that", "that's not what i said", "no good", "none of those",
                "none of them", "neither of those", "not good", "too early", "too late",
            ]
        ),
    ])
}
