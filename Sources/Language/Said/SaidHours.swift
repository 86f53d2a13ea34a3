/// Opening hours as a language model is told of them.
package enum SaidHours {
    private static let specialDaysMax = 12

    /// The week, and the next days that differ from it.
    package static func text(_ hours: OpeningHours, from today: LocalDate) -> String {
        func spans(_ periods: [OpeningHours.Period]) -> String {
            let spans = periods.map { "\($0.opens)-\($0.closes)" }
            return spans.isEmpty ? "closed" : spans.joined(separator: " and ")
        }
        let week = Weekday.allCases.map { "\($0.name) \(spans(hours.weekly[$0, default: []]))" }
        let special = hours.exceptions.filter { $0.key >= today }
            .sorted { $0.key < $1.key }.prefix(specialDaysMax)
        return (week + special.map { "\($0.key) \(spans($0.value))" }).joined(separator: ", ")
    }
}
