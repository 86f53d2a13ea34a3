import Store

extension AssistantSettings {
    /// What callers of this assistant are likely to say, most telling first: hints for a recogniser.
    /// - Parameters:
    ///   - menu: what is sold; empty where nothing is.
    ///   - directory: names that can be asked for, as ``HospitalIndex/vocabulary`` has them.
    public func vocabulary(menu: [MenuItem] = [], directory: [String] = []) -> [String] {
        var words = menu.map(\.name)
        words += menu.flatMap(\.extras).map(\.name)
        words += menu.flatMap(\.sizes).map(\.name)
        words += menu.flatMap(\.aliases)
        words += kind.definition.words(self, directory: directory)
        var seen: Set<String> = []
        return words.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    /// The same with what the store has now; what it does not give is left out. Any thread.
    public func findVocabulary(
        _ directories: HospitalLibrary, _ store: any RecordStore,
        completion: @escaping @Sendable ([String]) -> Void
    ) { kind.definition.vocabulary(self, directories, store, completion: completion) }

    /// Takes wordings, by the names of the kind's prompts, in place of the standard ones.
    public mutating func replacePrompts(_ wordings: [String: [String]]) {
        for (name, variants) in wordings {
            _ = kind.definition.promptKeys.first {
                $0.replace(name, by: variants, in: &prompts)
            }
        }
    }
}
