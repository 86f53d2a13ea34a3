/// Reads a file of comma-separated values whose first line names the columns, in any order.
enum CSVTable {
    /// The layout of a file of one kind.
    struct Layout: Sendable {
        /// For messages: "a menu".
        var what: String
        /// One row, for messages: "item".
        var row: String
        var columns: [String]
        var needed: [String]
        /// Of these one at least.
        var oneOf: [String] = []
        /// Other names of columns, in lower case.
        var synonyms: [String: String] = [:]
        var rowsMax: Int
    }

    /// One line by the names of its columns.
    struct Row {
        let line: Int
        fileprivate let fields: [String]
        fileprivate let places: [String: Int]

        /// Without the space around it; empty where the file has no such column.
        subscript(column: String) -> String {
            places[column].map { CSVTable.trimmed(fields[$0]) } ?? ""
        }

        func fault(_ message: String) -> ImportFault { ImportFault(line: line, message) }

        /// "a|b" as a list, each once.
        func list(_ column: String, _ what: String) throws(ImportFault) -> [String] {
            try unique(CSVTable.list(self[column]), what)
        }

        func unique(_ names: [String], _ what: String) throws(ImportFault) -> [String] {
            var seen: Set<String> = []
            for name in names where !seen.insert(name.lowercased()).inserted {
                throw fault("the \(what) '\(name)' is there twice")
            }
            return names
        }
    }

    /// The value of a row, and the label that no other row may have.
    struct Item<Value> {
        var value: Value
        var label: String
    }

    /// All rows, or every fault of the file, by line.
    static func read<Value>(
        _ text: String, _ layout: Layout, _ item: (Row) throws(ImportFault) -> Item<Value>
    ) -> Result<[Value], ImportFaults> {
        do throws(ImportFault) {
            let records = try CSVReader.records(of: text)
            guard let header = records.first else {
                return .failure(ImportFaults([ImportFault(line: 1, "the file is empty")]))
            }
            let places = try columnPlaces(header, layout)
            var values: [Value] = []
            var faults: [ImportFault] = []
            var lines: [String: Int] = [:]
            for record in records.dropFirst() {
                do throws(ImportFault) {
                    let item = try item(
                        try row(record, places, width: header.fields.count))
                    let key = item.label.lowercased()
                    if let other = lines[key] {
                        throw ImportFault(
                            line: record.line, "\(item.label) is on line \(other) too; keep one")
                    }
                    lines[key] = record.line
                    values.append(item.value)
                } catch { faults.append(error) }
            }
            if records.count == 1 {
                faults.append(ImportFault(line: header.line, "no \(layout.row) follows the header"))
            }
            if values.count > layout.rowsMax {
                let message = "more than \(layout.rowsMax) \(layout.row)s"
                faults.append(ImportFault(line: header.line, message))
            }
            return faults.isEmpty ? .success(values) : .failure(ImportFaults(faults))
        } catch { return .failure(ImportFaults([error])) }
    }

    private static func columnPlaces(_ header: CSVReader.Record, _ layout: Layout)
        throws(ImportFault) -> [String: Int]
    {
        var places: [String: Int] = [:]
        for (place, field) in header.fields.enumerated() {
            let written = trimmed(field).lowercased()
            let name = layout.synonyms[written] ?? written
            guard layout.columns.contains(name) else {
                throw ImportFault(
                    line: header.line,
                    "'\(name)' is not a column of \(layout.what); known: "
                        + layout.columns.joined(separator: ", "))
            }
            guard places.updateValue(place, forKey: name) == nil else {
                throw ImportFault(line: header.line, "the column '\(name)' is there twice")
            }
        }
        for name in layout.needed where places[name] == nil {
            throw ImportFault(line: header.line, "the column '\(name)' is missing")
        }
        guard layout.oneOf.isEmpty || layout.oneOf.contains(where: { places[$0] != nil }) else {
            let names = layout.oneOf.map { "'\($0)'" }.joined(separator: " or ")
            throw ImportFault(line: header.line, "a column \(names) is missing")
        }
        return places
    }

    private static func row(
        _ record: CSVReader.Record, _ places: [String: Int], width: Int
    ) throws(ImportFault) -> Row {
        guard record.fields.count == width else {
            throw ImportFault(
                line: record.line,
                "has \(record.fields.count) fields, the header \(width); quote fields with commas")
        }
        return Row(line: record.line, fields: record.fields, places: places)
    }

    // MARK: - Texts

    static func list(_ text: String) -> [String] {
        text.split(separator: "|").map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ text: String) -> String {
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
