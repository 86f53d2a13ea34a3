/// A directory as a file of comma-separated values: `name` and `city`; `address`, and `aliases` as a
/// list like `a|b`, may be left out.
public enum HospitalCSV {
    public static let hospitalsMax = 100_000
    private static let layout = CSVTable.Layout(
        what: "a directory", row: "hospital", columns: ["name", "address", "city", "aliases"],
        needed: ["name", "city"],
        synonyms: ["hospital name": "name", "hospital": "name", "hospital address": "address"],
        rowsMax: hospitalsMax)

    /// The entries, or every fault of the file, by line.
    public static func read(_ text: String) -> Result<[Hospital], ImportFaults> {
        CSVTable.read(text, layout) { row throws(ImportFault) in
            let hospital = try hospital(row)
            // Branches in one city are told apart by their addresses.
            let place = hospital.address.isEmpty ? "" : ", \(hospital.address)"
            return CSVTable.Item(
                value: hospital, label: "\(hospital.name)\(place), \(hospital.city)")
        }
    }

    /// The file that ``read(_:)`` makes the same entries of.
    public static func write(_ hospitals: [Hospital]) -> String {
        CSVWriter.text(
            header: layout.columns,
            rows: hospitals.map {
                [$0.name, $0.address, $0.city, $0.aliases.joined(separator: "|")]
            })
    }

    private static func hospital(_ row: CSVTable.Row) throws(ImportFault) -> Hospital {
        let (name, city) = (row["name"], row["city"])
        guard name.contains(where: \.isLetter), name.count <= 120 else {
            throw row.fault("the name must have letters and 120 characters at most")
        }
        guard city.contains(where: \.isLetter), city.count <= 60 else {
            throw row.fault("\(name) needs a city, of 60 characters at most")
        }
        guard row["address"].count <= 300 else {
            throw row.fault("the address of \(name) is longer than 300 characters")
        }
        return Hospital(
            name: name, address: row["address"], city: city,
            aliases: try row.list("aliases", "alias"))
    }
}
