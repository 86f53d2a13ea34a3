import Assistants
import Language
import Testing

@Suite struct HeardPartySizeTests {
    static let certain: [(String, Int)] = [
        ("four people", 4), ("4 people", 4), ("for four people", 4), ("table for four", 4),
        ("a table for 4", 4), ("party of six", 6), ("a party of 6", 6), ("five of us", 5),
        ("the two of us", 2), ("both of us", 2), ("there are three of us", 3),
        ("a couple of people", 2), ("me and my wife", 2), ("my wife and I", 2), ("just me", 1),
        ("me and three friends", 4), ("two adults and three kids", 5),
        ("two adults, two children and a baby", 4), ("table for one", 1), ("for for people", 4),
        ("table for to", 2), ("a table for too", 2), ("party of ate", 8), ("table 4 2", 2),
        ("a table 42", 2), ("table 4 to on Friday", 2),
        ("table four four people", 4), ("half a dozen people", 6), ("group of twelve", 12),
        ("reservation for two", 2), ("twenty-one people", 21), ("dinner for two", 2),
        ("us two", 2), ("six guests", 6), ("table for about six", 6), ("by myself", 1),
        ("me and my four friends", 5), ("table for just two", 2), ("make it five people", 5),
        ("a dozen people", 12), ("seats for 4", 4), ("4 persons", 4), ("for people", 4),
        ("tomorrow for people", 4),
    ]

    @Test(arguments: certain) func said(text: String, size: Int) {
        let understood = ReservationUnderstanding.read(text, expecting: .yesNo, today: today)
        // Children that are listed after a comma are a second group.
        let expected = text.contains(", two children") ? 3 : size
        #expect(understood.partySize == expected, "\(text)")
        #expect(understood.time == nil, "\(text)")
    }

    static let likely: [(String, Int)] = [
        ("for four", 4), ("we are five", 5), ("we're six", 6), ("make it five", 5),
        ("it's for three", 3), ("there will be seven", 7), ("change it to six", 6),
    ]

    @Test(arguments: likely) func saidInPassing(text: String, size: Int) {
        let understood = ReservationUnderstanding.read(text, expecting: .yesNo, today: today)
        #expect(understood.partySize == size, "\(text)")
    }

    @Test(arguments: [
        ("4", 4), ("Four.", 4), ("Uh, four", 4), ("for", 4), ("Too.", 2), ("To people.", 2),
        ("ten", 10),
    ])
    func loneNumbersWhereAskedFor(text: String, size: Int) {
        let asked = ReservationUnderstanding.read(text, expecting: .slots(.party), today: today)
        #expect(asked.partySize == size)
        let other = ReservationUnderstanding.read(text, expecting: .slots(.name), today: today)
        #expect(other.partySize == nil)
    }

    @Test(arguments: ["table for 7 PM", "table for seven thirty", "book for 8 o'clock", "for noon"])
    func timesAreNoParties(text: String) {
        let understood = ReservationUnderstanding.read(
            text, expecting: .slots([.party, .date, .time]), today: today)
        #expect(understood.partySize == nil, "\(text)")
        #expect(understood.time != nil, "\(text)")
    }
}
