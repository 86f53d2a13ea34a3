/// Comma-separated values as RFC 4180 has them, lines ended by a line feed.
public enum CSVWriter {
    /// A file of a header and rows; every row has as many fields as the header.
    public static func text(header: [String], rows: [[String]]) -> String {
        var text = ""
        for fields in [header] + rows {
            precondition(fields.count == header.count, "a field for every column")
            // A lone empty field would be a blank line, which readers leave out.
            let line = fields.map(field).joined(separator: ",")
            text += (line.isEmpty ? "\"\"" : line) + "\n"
        }
        return text
    }

    private static func field(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { ![0x2C, 0x22, 0x0A, 0x0D].contains($0) }
        return isPlain
            ? text
            : "\""
                + text.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
    }
}
