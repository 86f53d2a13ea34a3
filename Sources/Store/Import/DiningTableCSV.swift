/// The tables of a restaurant as a file of comma-separated values: `name` and `seats`; two tables of
/// one `group` can be pushed together.
public enum DiningTableCSV {
    public static let tablesMax = 1000
    private static let layout = CSVTable.Layout(
        what: "a list of tables", row: "table", columns: ["name", "seats", "group"],
        needed: ["name", "seats"], rowsMax: tablesMax)

    /// The tables, or every fault of the file, by line.
    public static func read(_ text: String) -> Result<[DiningTable], ImportFaults> {
        CSVTable.read(text, layout) { row throws(ImportFault) in
            let name = row["name"]
            guard !name.isEmpty, name.count <= 80 else {
                throw row.fault("the name must have from 1 to 80 characters")
            }
            guard let seats = Int(row["seats"]), (1...100).contains(seats) else {
                throw row.fault("\(name) needs its seats, a whole number from 1 to 100")
            }
            let group = row["group"]
            let table = DiningTable(
                name: name, seats: seats, joinGroup: group.isEmpty ? nil : group)
            return CSVTable.Item(value: table, label: name)
        }
    }

    /// The file that ``read(_:)`` makes the same tables of.
    public static func write(_ tables: [DiningTable]) -> String {
        CSVWriter.text(
            header: layout.columns,
            rows: tables.map { [$0.name, String($0.seats), $0.joinGroup ?? ""] })
    }
}
