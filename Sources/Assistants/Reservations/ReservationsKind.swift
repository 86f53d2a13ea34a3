import Foundation
import Language
import Pipelines
import Store

/// Books tables.
enum ReservationsKind: AssistantKindDefinition {
    static let name = "reservations"
    static let summary = "book tables"
    static let imports: Set<ImportedRecords> = [.tables]
    static let keys = ["tables", "partySizeMax", "reservationMinutes", "confirmBookings"]

    static func greeting(_ settings: AssistantSettings) -> String {
        ReservationDialogue(settings).greeting
    }

    static func session(_ settings: AssistantSettings, by maker: ScriptedSessionMaker)
        -> any DialogueSession
    { maker.session(ReservationDialogue(settings)) }

    static func seed(
        _ settings: AssistantSettings, _ store: any RecordStore, _ directories: HospitalLibrary,
        completion: @escaping StoreCompletion<Void>
    ) {
        store.seedDiningTables(settings.reservations.tables, assistantID: settings.id) {
            completion($0.map { _ in () })
        }
    }

    static let promptKeys: [any PromptWording.Type] = [
        ReservationPromptKey.self, SharedPromptKey.self,
    ]

    static func problems(_ settings: AssistantSettings) -> [String] {
        settings.reservations.problems()
    }

    static let tools = ToolBox([
        CheckAvailability.self, CreateReservation.self, ChangeReservation.self,
        CancelReservation.self,
    ])

    static let business = "take reservations"

    static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String] {
        [
            "Opening hours: \(SaidHours.text(settings.openingHours, from: today)).",
            "Parties of up to \(settings.reservations.partySizeMax) people can be booked.",
            "Never say that a table is free, booked, changed or cancelled unless a tool has just said "
                + "so. Before you book, change or cancel, read everything back and wait for a yes.",
        ]
    }

    static func words(_ settings: AssistantSettings, directory: [String]) -> [String] {
        [
            "a table for two", "a table for four", "tonight", "tomorrow", "reservation",
            "half past", "noon", "cancel my reservation",
        ]
    }

    static func vocabulary(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) { completion(settings.vocabulary()) }
}

extension AssistantKind {
    /// Books tables.
    public static let reservations = AssistantKind(ReservationsKind.self)
}
