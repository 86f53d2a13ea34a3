/// Finds a day of the week in what a recogniser made of it: "unfryty" for "on Friday", "on Jat or the"
/// for "on Saturday". Only for where a day is asked for and none was understood.
package enum MisheardWeekday {
    private struct Sound: Sendable {
        var weekday: Weekday
        var key: SoundKey
        var keyWithOn: SoundKey
    }

    private static let sounds = Weekday.allCases.map { weekday in
        let key = SoundKey(weekday.name)
        return Sound(weekday: weekday, key: key, keyWithOn: SoundKey("on") + key)
    }
    private static let wordsMax = 3
    /// Behind "on" there is mostly a day.
    private static let floorBehindOn = 0.56
    private static let floor = 0.8
    /// By how much the best day must be better than the next.
    private static let margin = 0.08

    /// - Parameters:
    ///   - isAlone: whether nothing but a day was asked for, so that it may come without its "on".
    ///   - isFree: whether tokens say nothing else.
    package static func match(
        _ utterance: Utterance, today: LocalDate, isAlone: Bool, isFree: (Range<Int>) -> Bool
    ) -> Match<HeardDate>? {
        var best: (score: Double, match: Match<HeardDate>)?
        for start in utterance.tokens.indices {
            let isBehindOn = utterance.word(start - 1) == "on"
            var key = SoundKey()
            var isNews = false
            for end in (start + 1)...(start + wordsMax) where end <= utterance.count {
                let range = start..<end
                guard isFree(range), end - start == 1 || !utterance.hasBreak(after: end - 2) else {
                    break
                }
                let word = utterance.word(end - 1)
                key = key + SoundKey(word)
                if !CommonWords.contains(word) { isNews = true }
                // Words of everyday talk are what they are.
                guard isNews else { continue }
                var found: (weekday: Weekday, score: Double)?
                if isBehindOn { found = day(key, \.key, atLeast: floorBehindOn) }
                if isAlone, found == nil { found = day(key, \.key, atLeast: floor) }
                found = found ?? day(key, \.keyWithOn, atLeast: floor)
                guard let found, found.score > best?.score ?? 0 else { continue }
                best = (found.score, Match(.day(today.next(found.weekday)), range))
            }
        }
        return best?.match
    }

    private static func day(
        _ key: SoundKey, _ path: KeyPath<Sound, SoundKey>, atLeast floor: Double
    ) -> (weekday: Weekday, score: Double)? {
        let scores = sounds.map {
            (weekday: $0.weekday, score: key.similarity(to: $0[keyPath: path]))
        }
        .sorted { $0.score > $1.score }
        guard scores[0].score >= floor, scores[0].score - scores[1].score >= margin else {
            return nil
        }
        return scores[0]
    }
}
