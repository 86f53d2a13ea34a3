import Store

extension AssistantSettings {
    /// What callers of this assistant are likely to say, most telling first: hints for a recogniser.
    /// - Parameter menu: what is sold; empty where nothing is.
    public func vocabulary(menu: [MenuItem]) -> [String] {
        var words = menu.map(\.name)
        words += menu.flatMap(\.extras).map(\.name)
        words += menu.flatMap(\.sizes).map(\.name)
        words += menu.flatMap(\.aliases)
        switch kind {
        case .restaurant: words += ["delivery", "pickup"] + Self.tableWords
        case .reservations: words += Self.tableWords
        }
        var seen: Set<String> = []
        return words.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    private static let tableWords = [
        "a table for two", "a table for four", "tonight", "tomorrow", "reservation", "half past",
        "noon", "cancel my reservation",
    ]
}
