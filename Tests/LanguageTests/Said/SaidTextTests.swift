import Language
import Testing

/// What a model writes, and what a voice is given of it.
@Suite struct SaidTextTests {
    static let cases: [(String, String)] = [
        // Prices.
        ("It is $12.50.", "It is 12 dollars and 50 cents."),
        ("That's $1, or €9,", "That's 1 dollar, or 9 euros,"),
        ("(£3.05)", "(3 pounds and 5 pence)"), ("$0.50!", "50 cents!"),
        ("$1,250.00", "1,250 dollars"), ("12,50 or 9.99 euros", "12,50 or 9 euros and 99 cents"),
        ("costs 7€ or 7.5€", "costs 7 euros or 7 euros and 50 cents"),
        ("version 12.50 is out", "version 12.50 is out"), ("$x and $", "$x and $"),
        // Times and days.
        ("at 19:30, please", "at 7:30 PM, please"), ("from 11:00-22:30", "from 11 AM to 10:30 PM"),
        ("at 7:30 PM or 8:00 p.m.", "at 7:30 PM or 8 PM."),
        ("7pm? 8 a.m., then", "7 PM? 8 AM, then"),
        ("at 12:00 and 00:00", "at noon and midnight"), ("at 7:05", "at 7:05"),
        ("at 7:00", "at 7 o'clock"), ("at 09:00", "at 9 AM"), ("a 16:9 screen", "a 16:9 screen"),
        ("on 2026-11-27", "on the 27th of November"),
        ("2026-11-21T19:00", "the 21st of November at 7 PM"), ("25:00", "25:00"),
        // Numbers.
        ("Call (555) 123-4567.", "Call 5 5 5, 1 2 3, 4 5 6 7."),
        ("Call +1 555 123 4567 today", "Call plus 1, 5 5 5, 1 2 3, 4 5 6 7 today"),
        ("Call 555-123-4567!", "Call 5 5 5, 1 2 3, 4 5 6 7!"),
        ("Your number is 482051.", "Your number is 4 8 2, 0 5 1."),
        ("Your number is 48205117", "Your number is 4 8 2 0, 5 1 1 7"),
        ("Your order number is 1047.", "Your order number is 1 0 4 7."),
        ("Your number is 4 8 2, 0 5 1.", "Your number is 4 8 2, 0 5 1."),
        ("since 1998, for 250 guests", "since 1998, for 250 guests"),
        ("ready in 10-15 minutes", "ready in 10 to 15 minutes"), ("10% off", "10 percent off"),
        ("2x Margherita & 1 × Cola", "2 Margherita and 1 Cola"), ("No. 5", "number 5"),
        // Addresses.
        ("info_2@concya.com", "info underscore 2 at concya dot com"),
        ("see https://www.concya.com/menu/.", "see www dot concya dot com slash menu."),
        ("see [our menu](https://x.com/a_b) now", "see our menu now"),
        // Marks.
        ("**Very** _good_ `soup` 🍲, really", "Very good soup, really"), ("# Menu", "Menu"),
        ("- Soup", "Soup"), ("e.g. soup", "for example soup"), ("20 °C", "20 °C"), ("👍🏽", ""),
        ("“Good” (very)…", "“Good” (very)…"), ("  two\n lines ", "two lines"),
    ]

    @Test(arguments: cases)
    func itIsWrittenAsItIsSpoken(text: String, spoken: String) {
        #expect(SaidText.speakable(text) == spoken)
    }

    @Test(arguments: cases)
    func whatIsSpokenStaysAsItIs(text: String, spoken: String) {
        #expect(SaidText.speakable(spoken) == spoken)
    }

    @Test(arguments: [
        ("**Yes**: $12.50 at 19:30 👍", "Yes: $12.50 at 19:30"), ("# Order #1047", "Order #1047"),
        ("a_b@x.com, https://x.com/_a_", "a_b@x.com, https://x.com/_a_"),
        ("_very_  good", "very good"),
        ("[menu](https://x.com)", "[menu](https://x.com)"), ("🍲", ""),
    ])
    func whatIsWrittenKeepsItsNumbers(text: String, written: String) {
        #expect(SaidText.written(text) == written)
    }

    @Test(arguments: [
        ("Das kostet $5, **gerne** um 19:30.", "Das kostet $5, gerne um 19:30."),
        ("Nummer 482051", "Nummer 4 8 2, 0 5 1"),
        ("Rufen Sie +49 30 123456 an", "Rufen Sie 4 9, 3 0, 1 2 3, 4 5 6 an"),
    ])
    func otherLanguagesGetNoEnglishWords(text: String, spoken: String) {
        #expect(SaidText.speakable(text, language: "de-DE") == spoken)
    }
}
