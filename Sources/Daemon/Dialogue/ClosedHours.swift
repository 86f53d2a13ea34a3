import Assistants
import Foundation

/// What is said outside the opening hours, by an assistant that does not answer then.
struct ClosedHours {
    static let messageText =
        "Please tell me your name and your message, and we will get back to you."

    /// Nil while the business is open, or where its assistant answers at all hours.
    let words: [String]?

    init(_ assistant: Assistant, now: Date) {
        let settings = assistant.settings
        let clock = BusinessClock(timeZone: settings.timeZone)
        let local = clock.local(at: now)
        guard assistant.block.afterHours != .answer, !settings.openingHours.isOpen(at: local) else {
            words = nil
            return
        }
        guard assistant.block.closedText.isEmpty else {
            words = [assistant.block.closedText]
            return
        }
        words = ["\(settings.name) is closed right now."] + Self.next(settings, local)
    }

    /// When it opens again, within a week.
    private static func next(_ settings: AssistantSettings, _ now: LocalDateTime) -> [String] {
        for days in 0...7 {
            let date = now.date.adding(days: days)
            let opening = settings.openingHours.periods(on: date)
                .map { LocalDateTime(date: date, time: $0.opens) }.first { $0 > now }
            if let opening {
                let moment = SpeakableText.moment(opening, today: now.date, preposition: true)
                return ["We open \(moment)."]
            }
        }
        return []
    }
}
