import Foundation
import Language
import Pipelines
import Store

/// Tells which hospitals belong to a network.
enum DirectoryKind: AssistantKindDefinition {
    static let name = "directory"
    static let summary = "tell which hospitals are in a network"
    static let imports: Set<ImportedRecords> = [.hospitals]
    static let keys = ["hospitals"]

    static func greeting(_ settings: AssistantSettings) -> String {
        DirectoryDialogue(settings).greeting
    }

    static func session(_ settings: AssistantSettings, by maker: ScriptedSessionMaker)
        -> any DialogueSession
    { maker.session(DirectoryDialogue(settings)) }

    static func seed(
        _ settings: AssistantSettings, _ store: any RecordStore, _ directories: HospitalLibrary,
        completion: @escaping StoreCompletion<Void>
    ) {
        store.seedHospitals(settings.directory.hospitals, assistantID: settings.id) { result in
            if case .failure(let error) = result { return completion(.failure(error)) }
            directories.index(assistantID: settings.id, store: store) { result in
                switch result {
                case .success: completion(.success(()))
                case .failure(.store(let error)): completion(.failure(error))
                case .failure: completion(.success(()))
                }
            }
        }
    }

    static let promptKeys: [any PromptWording.Type] = [
        DirectoryPromptKey.self, SharedPromptKey.self,
    ]

    static func problems(_ settings: AssistantSettings) -> [String] { [] }

    static let tools = ToolBox([ListHospitals.self, CheckHospital.self])

    static let business = "tell callers which hospitals are in the network"

    static func duties(_ settings: AssistantSettings, today: LocalDate) -> [String] {
        [
            "Which hospitals are in the network comes from the tools, never from you. Name three at "
                + "a time and offer to go on. When a name fits several, ask which is meant; when the "
                + "city is missing and matters, ask for it.",
            "Whatever is not about hospitals of the network you cannot help with: say what you can.",
        ]
    }

    static func words(_ settings: AssistantSettings, directory: [String]) -> [String] {
        ["in the network", "hospitals in", "hospital", "clinic"] + directory
    }

    static func vocabulary(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) {
        directories.index(assistantID: settings.id, store: store) { result in
            let names = (try? result.get())?.vocabulary ?? []
            completion(settings.vocabulary(directory: names))
        }
    }
}

extension AssistantKind {
    /// Tells which hospitals belong to a network.
    public static let directory = AssistantKind(DirectoryKind.self)
}
