import Foundation
import Language
import Pipelines
import Store

/// Knows customers and takes orders for repairs and service.
enum ServiceDeskKind: AssistantKindDefinition {
    static let name = "serviceDesk"
    static let summary = "take orders for repairs from customers"
    static let imports: Set<ImportedRecords> = [.customers]
    static let keys = ["customers", "customerNumberDigits", "services"]

    static func greeting(_ settings: AssistantSettings) -> String {
        ServiceDeskDialogue(settings).greeting
    }

    static func session(_ settings: AssistantSettings, by maker: ScriptedSessionMaker)
        -> any DialogueSession
    {
        maker.session(
            ServiceDeskDialogue(settings, seesNumber: maker.call.callbackNumber != nil))
    }

    static func seed(
        _ settings: AssistantSettings, _ store: any RecordStore, _ directories: HospitalLibrary,
        completion: @escaping StoreCompletion<Void>
    ) {
        store.seedCustomers(settings.desk.customers, assistantID: settings.id) {
            completion($0.map { _ in () })
        }
    }

    static let promptKeys: [any PromptWording.Type] = [
        ServicePromptKey.self, SharedPromptKey.self,
    ]

    static func problems(_ settings: AssistantSettings) -> [String] {
        guard settings.desk.services.isEmpty else { return [] }
        return ["services: is empty; name a service with its words, or leave it out"]
    }

    static let tools = ToolBox([FindCustomer.self, CreateCustomer.self, CreateTaskOrder.self])

    static let business = "take orders for repairs and service"

    static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String] {
        let services = settings.desk.services.map(\.name).joined(separator: ", ")
        return [
            "First ask for the customer number and look it up with find_customer. Greet a known "
                + "customer by name; offer an unknown one a new record, with name and telephone "
                + "number, by create_customer. Never tell a caller anybody's telephone number.",
            "Then take the kind of work (\(services)), what is wrong, where it is and how urgent it "
                + "is (urgent, normal or low); ask only for what was not said. Read all of it back, "
                + "wait for a yes, and only then call create_task_order.",
            "Never say that a record or an order exists unless a tool has just said so.",
        ]
    }

    static func words(_ settings: AssistantSettings, directory: [String]) -> [String] {
        [
            "customer number", "I'm a new customer", "basement", "kitchen", "bathroom", "urgent",
            "not urgent", "leaking", "broken", "not working", "first floor", "second floor",
        ] + settings.desk.services.map(\.name) + settings.desk.services.flatMap(\.words)
    }

    static func vocabulary(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) { completion(settings.vocabulary()) }
}

extension AssistantKind {
    /// Knows customers and takes orders for repairs and service.
    public static let serviceDesk = AssistantKind(ServiceDeskKind.self)
}
