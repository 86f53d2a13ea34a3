import Assistants
import Calls
import Foundation
import Language
import Store
import Twilio

/// The text of a confirmation. Made of the record alone, so that every try of it says the same.
enum ConfirmationText {
    static func text(of subject: OutboundMessage.Subject, from settings: AssistantSettings)
        -> String
    {
        let clock = BusinessClock(timeZone: settings.timeZone)
        let lines =
            switch subject {
            case .order(let order): Self.lines(order, settings, clock)
            case .reservation(let reservation): Self.lines(reservation, settings)
            }
        return fitted(lines.map { CleanText.clean($0, characterCountMax: 400) })
    }

    private static func lines(
        _ order: Order, _ settings: AssistantSettings, _ clock: BusinessClock
    ) -> [String] {
        var lines = ["\(settings.name): order \(order.number) is confirmed."]
        lines += order.lines.map { line in
            let size = line.size.isEmpty ? "" : line.size.lowercased() + " "
            let extras =
                line.extras.isEmpty
                ? "" : " with " + line.extras.map { $0.name.lowercased() }.joined(separator: ", ")
            return "\(line.quantity)x \(size)\(line.item)\(extras): \(dollars(line.total))"
        }
        lines.append("Total: \(dollars(order.total))")
        let ready = clock.local(at: Date(timeIntervalSince1970: Double(order.readyAt)))
        switch order.service {
        case .delivery:
            lines.append("Delivery to: \(order.address)")
            lines.append("Arrives by \(SaidValues.time(ready.time)).")
        case .pickup: lines.append("Ready for pickup at \(SaidValues.time(ready.time)).")
        }
        return lines
    }

    private static func lines(
        _ reservation: Reservation, _ settings: AssistantSettings
    ) -> [String] {
        let people = reservation.partySize == 1 ? "1 person" : "\(reservation.partySize) people"
        let moment = LocalDateTime(reservation.startsAtLocal).map {
            "\(SaidValues.date($0.date)) at \(SaidValues.time($0.time))"
        }
        return [
            "\(settings.name): your table is booked.",
            "\(people), \(moment ?? reservation.startsAtLocal)", "Name: \(reservation.name)",
            "Confirmation number: \(reservation.confirmationNumber)",
        ]
    }

    private static func dollars(_ money: Money) -> String { "$" + money.decimal }

    /// A long order is told by its ends: what it is, and its total.
    private static func fitted(_ lines: [String]) -> String {
        var lines = lines
        while lines.joined(separator: "\n").utf16.count > TwiML.messageCharactersMax - 2,
            lines.count > 5
        {
            lines.removeAll { $0 == "…" }
            lines.remove(at: lines.count - 4)
            lines.insert("…", at: lines.count - 3)
        }
        return lines.joined(separator: "\n")
    }
}
