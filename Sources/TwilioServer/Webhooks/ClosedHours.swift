import Assembly
import Assistants
import Foundation
import Language

/// The answer outside the opening hours, by an assistant that does not answer then.
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
        let opening = settings.openingHours.nextOpening(after: local).map {
            "We open \(SaidValues.moment($0, today: local.date, preposition: true))."
        }
        words = ["\(settings.name) is closed right now."] + [opening].compactMap(\.self)
    }
}
