import Assistants
import Store

/// What callers of an assistant are likely to say, for recognisers.
enum Vocabulary {
    /// Words of its kind, its menu or its directory, most telling first; what the store does not
    /// give is left out.
    static func find(
        _ settings: AssistantSettings, _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) {
        switch settings.kind {
        case .reservations, .serviceDesk: completion(settings.vocabulary())
        case .restaurant:
            store.menu(assistantID: settings.id) { result in
                completion(settings.vocabulary(menu: (try? result.get()) ?? []))
            }
        case .directory:
            directories.index(assistantID: settings.id, store: store) {
                let names = (try? $0.get())?.vocabulary ?? []
                completion(settings.vocabulary(directory: names))
            }
        }
    }
}
