import Foundation
import Language
import Store

extension AssistantSettings {
    /// The restaurant that a fresh installation answers for: ten tables, thirty-eight seats, open
    /// every day, so that a first try always finds a table.
    public static func sampleRestaurant(
        id: String = "concya", timeZone: TimeZone = TimeZone(secondsFromGMT: 0) ?? .current
    ) -> AssistantSettings {
        let open = OpeningHours.Period(
            opens: LocalTime(wrappingMinutes: 12 * 60), closes: LocalTime(wrappingMinutes: 23 * 60))
        let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [open]) })
        var settings = AssistantSettings(
            id: id, name: "Concya", timeZone: timeZone, openingHours: OpeningHours(weekly: week))
        settings.reservations.tables = sampleTables
        return settings
    }

    /// Four tables for two, four for four, one for six, one for eight; those of the window and the
    /// hall can be joined in pairs.
    public static var sampleTables: [DiningTable] {
        [
            DiningTable(name: "Window 1", seats: 2, joinGroup: "window"),
            DiningTable(name: "Window 2", seats: 2, joinGroup: "window"),
            DiningTable(name: "Bar 1", seats: 2),
            DiningTable(name: "Bar 2", seats: 2),
            DiningTable(name: "Hall 1", seats: 4, joinGroup: "hall"),
            DiningTable(name: "Hall 2", seats: 4, joinGroup: "hall"),
            DiningTable(name: "Hall 3", seats: 4, joinGroup: "hall"),
            DiningTable(name: "Garden 1", seats: 4),
            DiningTable(name: "Garden 2", seats: 6, joinGroup: "garden"),
            DiningTable(name: "Garden 3", seats: 8, joinGroup: "garden"),
        ]
    }
}
