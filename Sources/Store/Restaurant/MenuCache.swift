/// Menus as they were last read, so that a guest's every message does not read a whole menu anew.
///
/// On the database's worker only. What another program writes (`streamd import menu`) is noticed by
/// SQLite's own count of foreign commits, `PRAGMA data_version`.
final class MenuCache: @unchecked Sendable {
    private var menus: [String: [MenuItem]] = [:]
    private var dataVersion: Int64 = -1

    /// The menu of an assistant.
    func items(
        _ assistantID: String, _ connection: SQLiteConnection
    ) throws(StoreError) -> [MenuItem] {
        let version = try connection.rows("PRAGMA data_version") { $0.integer(0) }.first ?? 0
        if version != dataVersion {
            menus = [:]
            dataVersion = version
        }
        if let known = menus[assistantID] { return known }
        let read = try Database.menu(assistantID, connection)
        menus[assistantID] = read
        return read
    }

    /// The menu is about to be written by this program.
    func forget(_ assistantID: String) { menus[assistantID] = nil }
}
