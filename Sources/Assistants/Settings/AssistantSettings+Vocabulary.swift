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
        switch kind {
        case .restaurant: words += ["delivery", "pickup"] + Self.tableWords
        case .reservations: words += Self.tableWords
        case .serviceDesk:
            words += Self.deskWords + desk.services.map(\.name)
            words += desk.services.flatMap(\.words)
        case .directory: words += Self.directoryWords + directory
        }
        var seen: Set<String> = []
        return words.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    private static let tableWords = [
        "a table for two", "a table for four", "tonight", "tomorrow", "reservation", "half past",
        "noon", "cancel my reservation",
    ]

    private static let deskWords = [
        "customer number", "I'm a new customer", "basement", "kitchen", "bathroom", "urgent",
        "not urgent", "leaking", "broken", "not working", "first floor", "second floor",
    ]

    private static let directoryWords = ["in the network", "hospitals in", "hospital", "clinic"]
}
