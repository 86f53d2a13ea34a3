import Foundation
import Language
import Pipelines
import Store

/// Takes orders, answers from the menu, and books tables.
enum RestaurantKind: AssistantKindDefinition {
    static let name = "restaurant"
    static let summary = "take orders too and answer from a menu"
    static let imports: Set<ImportedRecords> = [.menu, .tables]
    static let keys = ReservationsKind.keys + ["menu", "pickupMinutes", "deliveryMinutes"]

    static func greeting(_ settings: AssistantSettings) -> String {
        RestaurantDialogue(settings).greeting
    }

    static func session(_ settings: AssistantSettings, by maker: ScriptedSessionMaker)
        -> any DialogueSession
    { maker.session(RestaurantDialogue(settings)) }

    static func seed(
        _ settings: AssistantSettings, _ store: any RecordStore, _ directories: HospitalLibrary,
        completion: @escaping StoreCompletion<Void>
    ) {
        ReservationsKind.seed(settings, store, directories) { result in
            guard case .success = result else { return completion(result) }
            store.seedMenu(settings.restaurant.menu, assistantID: settings.id) {
                completion($0.map { _ in () })
            }
        }
    }

    static let promptKeys: [any PromptWording.Type] = [
        OrderPromptKey.self, ReservationPromptKey.self, SharedPromptKey.self,
    ]

    static func problems(_ settings: AssistantSettings) -> [String] {
        ReservationsKind.problems(settings) + settings.restaurant.problems()
    }

    static let tools = ToolBox([
        SearchMenu.self, PriceOrder.self, PlaceOrder.self, CheckAvailability.self,
        CreateReservation.self, ChangeReservation.self, CancelReservation.self,
    ])

    static let business = "take orders and reservations and answer questions about the menu"

    static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String] {
        ReservationsKind.duties(settings, today: today) + [
            "Dishes, prices and totals come from the tools, never from you. An order is placed only "
                + "when place_order says so, at the total that price_order gave and the guest agreed "
                + "to. Ask for delivery or pickup, and for the address of a delivery."
        ]
    }

    static func words(_ settings: AssistantSettings, directory: [String]) -> [String] {
        ["delivery", "pickup"] + ReservationsKind.words(settings, directory: directory)
    }

    static func vocabulary(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) {
        store.menu(assistantID: settings.id) { result in
            completion(settings.vocabulary(menu: (try? result.get()) ?? []))
        }
    }
}

extension AssistantKind {
    /// Takes orders, answers from the menu, and books tables.
    public static let restaurant = AssistantKind(RestaurantKind.self)
}
