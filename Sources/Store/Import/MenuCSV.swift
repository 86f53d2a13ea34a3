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
    private static let columns = [
        "name", "category", "price", "sizes", "extras", "tags", "aliases", "description",
    ]

    /// The items, or every fault of the file, by line.
    public static func read(_ text: String) -> Result<[MenuItem], ImportFaults> {
        do throws(ImportFault) {
            let records = try CSVReader.records(of: text)
            guard let header = records.first else {
                return .failure(ImportFaults([ImportFault(line: 1, "the file is empty")]))
            }
            let places = try columnPlaces(header)
            var items: [MenuItem] = []
            var faults: [ImportFault] = []
            var lines: [String: Int] = [:]
            for record in records.dropFirst() {
                do throws(ImportFault) {
                    let item = try self.item(record, places, width: header.fields.count)
                    if let other = lines[item.name.lowercased()] {
                        throw ImportFault(
                            line: record.line, "\(item.name) is on line \(other) too; keep one")
                    }
                    lines[item.name.lowercased()] = record.line
                    items.append(item)
                } catch { faults.append(error) }
            }
            if records.count == 1 {
                faults.append(ImportFault(line: header.line, "no item follows the header"))
            }
            if items.count > itemsMax {
                faults.append(ImportFault(line: header.line, "more than \(itemsMax) items"))
            }
            return faults.isEmpty ? .success(items) : .failure(ImportFaults(faults))
        } catch { return .failure(ImportFaults([error])) }
    }

    private static func columnPlaces(_ header: CSVReader.Record)
        throws(ImportFault) -> [String: Int]
    {
        var places: [String: Int] = [:]
        for (place, field) in header.fields.enumerated() {
            let name = trimmed(field).lowercased()
            guard columns.contains(name) else {
                throw ImportFault(
                    line: header.line,
                    "'\(name)' is no column of a menu; known: " + columns.joined(separator: ", "))
            }
            guard places.updateValue(place, forKey: name) == nil else {
                throw ImportFault(line: header.line, "the column '\(name)' is there twice")
            }
        }
        for name in ["name", "category"] where places[name] == nil {
            throw ImportFault(line: header.line, "the column '\(name)' is missing")
        }
        guard places["price"] != nil || places["sizes"] != nil else {
            throw ImportFault(line: header.line, "a column 'price' or 'sizes' is missing")
        }
        return places
    }

    private static func item(
        _ record: CSVReader.Record, _ places: [String: Int], width: Int
    ) throws(ImportFault) -> MenuItem {
        guard record.fields.count == width else {
            throw ImportFault(
                line: record.line,
                "has \(record.fields.count) fields, the header \(width); quote fields with commas")
        }
        func field(_ name: String) -> String {
            places[name].map { trimmed(record.fields[$0]) } ?? ""
        }
        let name = field("name")
        guard name.contains(where: \.isLetter), name.count <= 80 else {
            throw ImportFault(line: record.line, "the name must have letters and 80 at most")
        }
        guard !field("category").isEmpty else {
            throw ImportFault(line: record.line, "\(name) has no category")
        }
        let tags = list(field("tags")).map { $0.lowercased() }
        for tag in tags where !knownTags.contains(tag) {
            throw ImportFault(
                line: record.line,
                "'\(tag)' is no dietary tag; known: " + knownTags.joined(separator: ", "))
        }
        return MenuItem(
            name: name, category: field("category"), summary: field("description"),
            tags: try unique(tags, "tag", record.line),
            aliases: try unique(list(field("aliases")), "alias", record.line),
            sizes: try sizes(price: field("price"), field("sizes"), of: name, record.line),
            extras: try priced(field("extras"), "extra", record.line))
    }

    private static func sizes(
        price: String, _ sizes: String, of name: String, _ line: Int
    ) throws(ImportFault) -> [MenuItem.Priced] {
        guard price.isEmpty != sizes.isEmpty else {
            throw ImportFault(line: line, "\(name) needs either a price or sizes")
        }
        guard sizes.isEmpty else { return try priced(sizes, "size", line) }
        return [MenuItem.Priced(name: "", price: try money(price, line))]
    }

    private static func priced(
        _ text: String, _ what: String, _ line: Int
    ) throws(ImportFault) -> [MenuItem.Priced] {
        var result: [MenuItem.Priced] = []
        for entry in list(text) {
            guard let space = entry.lastIndex(of: " ") else {
                throw ImportFault(
                    line: line, "the \(what) '\(entry)' has no price; write \"\(entry) 1.50\"")
            }
            let name = trimmed(String(entry[..<space]))
            let price = try money(String(entry[entry.index(after: space)...]), line)
            result.append(MenuItem.Priced(name: name, price: price))
        }
        _ = try unique(result.map(\.name), what, line)
        return result
    }

    private static func money(_ text: String, _ line: Int) throws(ImportFault) -> Money {
        guard let money = Money(decimal: text) else {
            throw ImportFault(line: line, "'\(text)' is no price; write one like 16.95")
        }
        return money
    }

    private static func unique(_ names: [String], _ what: String, _ line: Int)
        throws(ImportFault) -> [String]
    {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.lowercased()).inserted {
            throw ImportFault(line: line, "the \(what) '\(name)' is there twice")
        }
        return names
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: "|").map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let start = text.drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed())
    }
}

/// Every fault of a file; nothing of it was taken.
public struct ImportFaults: Error, Sendable, Equatable {
    public var faults: [ImportFault]

    public init(_ faults: [ImportFault]) { self.faults = faults }
}
