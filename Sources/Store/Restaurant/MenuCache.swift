/// Menus as they were last read, so that a guest's every message does not read a whole menu anew.
///
/// On the database's worker only. What another program writes (`streamd import menu`) is noticed by
/// the database's count of changes.
final class MenuCache: @unchecked Sendable {
    private var menus: [String: [MenuItem]] = [:]
    private var changeCount: Int64 = -1

    /// The menu of an assistant.
    func items(
        _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) -> [MenuItem] {
        let count = try connection.changeCount()
        if count != changeCount {
            menus = [:]
            changeCount = count
        }
        if let known = menus[assistantID] { return known }
        let read = try Database.menu(assistantID, connection)
        menus[assistantID] = read
        return read
    }

    /// The menu is about to be written by this program.
    func forget(_ assistantID: String) { menus[assistantID] = nil }
}
