/// Customers of a service desk as a file of comma-separated values: `number` and `name`, and `phone`
/// where it is known.
public enum CustomerCSV {
    public static let customersMax = 1_000_000
    /// Digits of a number: fewer are mistaken for others, more cannot be said.
    public static let numberDigits = 3...12
    private static let layout = CSVTable.Layout(
        what: "a list of customers", row: "customer", columns: ["number", "name", "phone"],
        needed: ["number", "name"],
        synonyms: ["customer number": "number", "id": "number", "telephone": "phone"],
        rowsMax: customersMax)

    /// The customers, or every fault of the file, by line.
    public static func read(_ text: String) -> Result<[Customer], ImportFaults> {
        CSVTable.read(text, layout) { row throws(ImportFault) in
            let customer = try customer(row)
            return CSVTable.Item(value: customer, label: "number \(customer.number)")
        }
    }

    /// The file that ``read(_:)`` makes the same customers of.
    public static func write(_ customers: [Customer]) -> String {
        CSVWriter.text(
            header: layout.columns, rows: customers.map { [$0.number, $0.name, $0.phone] })
    }

    private static func customer(_ row: CSVTable.Row) throws(ImportFault) -> Customer {
        let number = row["number"].filter { !" -".contains($0) }
        guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            numberDigits.contains(number.utf8.count)
        else {
            throw row.fault(
                "the number '\(row["number"])' must have from \(numberDigits.lowerBound) to "
                    + "\(numberDigits.upperBound) digits and nothing else, so that it can be keyed")
        }
        let name = row["name"]
        guard name.contains(where: \.isLetter), name.count <= 80 else {
            throw row.fault("the name must have letters and 80 at most")
        }
        guard let phone = PhoneText.digits(row["phone"]) else {
            throw row.fault(
                "'\(row["phone"])' is not a telephone number; write one like +15551234567")
        }
        return Customer(number: number, name: name, phone: phone)
    }
}

/// Telephone numbers as people write them.
public enum PhoneText {
    /// The digits, with a leading "+" where there is one; empty for nothing, nil for what is no
    /// telephone number of 5 to 15 digits.
    public static func digits(_ text: String) -> String? {
        if text.isEmpty { return "" }
        let plain = text.filter { !" -().\u{00A0}/".contains($0) }
        let digits = plain.hasPrefix("+") ? plain.dropFirst() : plain[...]
        guard (5...15).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return plain
    }
}
