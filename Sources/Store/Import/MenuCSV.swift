/// A menu as a file of comma-separated values.
///
/// The first line names the columns, in any order: `name`, `category` and one of `price` and `sizes`
/// are needed; `extras`, `tags`, `aliases` and `description` may be left out. `sizes` and `extras` are
/// lists like `Small 12.95|Large 16.95`, `tags` and `aliases` lists like `vegetarian|vegan`.
public enum MenuCSV {
    /// Labels that callers can ask for.
    public static let knownTags = [
        "vegetarian", "vegan", "gluten-free", "dairy-free", "nut-free", "halal", "kosher", "spicy",
    ]
    public static let itemsMax = 2000
    private static let layout = CSVTable.Layout(
        what: "a menu", row: "item",
        columns: [
            "name", "category", "price", "sizes", "extras", "tags", "aliases", "description",
        ], needed: ["name", "category"], oneOf: ["price", "sizes"], rowsMax: itemsMax)

    /// The items, or every fault of the file, by line.
    public static func read(_ text: String) -> Result<[MenuItem], ImportFaults> {
        CSVTable.read(text, layout) { row throws(ImportFault) in
            let item = try item(row)
            return CSVTable.Item(value: item, label: item.name)
        }
    }

    /// The file that ``read(_:)`` makes the same items of.
    public static func write(_ items: [MenuItem]) -> String {
        CSVWriter.text(
            header: layout.columns,
            rows: items.map { item in
                let single = item.sizes.count == 1 ? item.sizes.first : nil
                let isPlain = single?.name.isEmpty ?? false
                return [
                    item.name, item.category, isPlain ? single?.price.decimal ?? "" : "",
                    isPlain ? "" : list(item.sizes), list(item.extras),
                    item.tags.joined(separator: "|"), item.aliases.joined(separator: "|"),
                    item.summary,
                ]
            })
    }

    private static func list(_ priced: [MenuItem.Priced]) -> String {
        priced.map { "\($0.name) \($0.price.decimal)" }.joined(separator: "|")
    }

    private static func item(_ row: CSVTable.Row) throws(ImportFault) -> MenuItem {
        let name = row["name"]
        guard name.contains(where: \.isLetter), name.count <= 80 else {
            throw row.fault("the name must have letters and 80 at most")
        }
        guard !row["category"].isEmpty else { throw row.fault("\(name) has no category") }
        let tags = CSVTable.list(row["tags"]).map { $0.lowercased() }
        for tag in tags where !knownTags.contains(tag) {
            throw row.fault(
                "'\(tag)' is not a dietary tag; known: " + knownTags.joined(separator: ", "))
        }
        return MenuItem(
            name: name, category: row["category"], summary: row["description"],
            tags: try row.unique(tags, "tag"), aliases: try row.list("aliases", "alias"),
            sizes: try sizes(row, of: name), extras: try priced(row, "extras", "extra"))
    }

    private static func sizes(
        _ row: CSVTable.Row, of name: String
    ) throws(ImportFault) -> [MenuItem.Priced] {
        guard row["price"].isEmpty != row["sizes"].isEmpty else {
            throw row.fault("\(name) needs either a price or sizes")
        }
        guard row["sizes"].isEmpty else { return try priced(row, "sizes", "size") }
        return [MenuItem.Priced(name: "", price: try money(row["price"], row))]
    }

    private static func priced(
        _ row: CSVTable.Row, _ column: String, _ what: String
    ) throws(ImportFault) -> [MenuItem.Priced] {
        var result: [MenuItem.Priced] = []
        for entry in CSVTable.list(row[column]) {
            guard let space = entry.lastIndex(of: " ") else {
                throw row.fault("the \(what) '\(entry)' has no price; write \"\(entry) 1.50\"")
            }
            let name = CSVTable.trimmed(String(entry[..<space]))
            let price = try money(String(entry[entry.index(after: space)...]), row)
            result.append(MenuItem.Priced(name: name, price: price))
        }
        _ = try row.unique(result.map(\.name), what)
        return result
    }

    private static func money(
        _ text: String, _ row: CSVTable.Row
    ) throws(ImportFault) -> Money {
        guard let money = Money(decimal: text) else {
            throw row.fault("'\(text)' is not a price; write one like 16.95")
        }
        return money
    }
}
