import Foundation
import Options

/// A file of environment variables such as `.env`, read by the usual rules.
///
/// One `NAME=value` a line, lines ending in LF, CR LF or CR, a byte-order mark before the first let
/// pass; `export` may stand before the name, blanks around name and value do not count. A value in
/// single quotes is taken as it stands; in double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` mean
/// what they mean in a shell's; without quotes it ends at a `#` that has a blank before it. Lines
/// that are empty or begin with `#` are comments. Of a name given twice the last value counts.
///
/// Errors name file, line and column and never show what stands there: it may be a secret.
package struct EnvironmentFile {
    package private(set) var values: [String: String] = [:]
    private let file: String

    /// Reads a file. A missing one has no variables; one that is there and cannot be read is an error.
    /// Blocking.
    package init(path: String) throws(ConfigurationError) {
        file = path
        guard FileManager.default.fileExists(atPath: path) else { return }
        // Not `contents(atPath:)`, which reads files only: /dev/null is a way to say "none".
        let handle = FileHandle(forReadingAtPath: path)
        guard let handle, let data = try? handle.readToEnd() ?? Data() else {
            throw ConfigurationError(
                file: path,
                message: "is there and can't be read; check its permissions, or take it away")
        }
        guard let text = String(data: data, encoding: .utf8), !data.contains(0) else {
            throw ConfigurationError(file: path, message: "is not UTF-8 text")
        }
        // By scalars: to Swift, CR LF is one character that is neither CR nor LF.
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{feff}" { scalars.removeFirst() }
        var number = 1
        for line in Self.lines(scalars) {
            try read(line, number)
            number += 1
        }
    }

    private static func lines(_ scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var lines: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        var index = 0
        while index < scalars.count {
            if scalars[index] == "\n" || scalars[index] == "\r" {
                lines.append(scalars[start..<index])
                let isPair =
                    scalars[index] == "\r" && index + 1 < scalars.count
                    && scalars[index + 1] == "\n"
                index += isPair ? 2 : 1
                start = index
            } else {
                index += 1
            }
        }
        lines.append(scalars[start...])
        return lines
    }

    private mutating func read(
        _ line: ArraySlice<Unicode.Scalar>, _ number: Int
    ) throws(ConfigurationError) {
        let start = line.startIndex
        func fault(_ index: Int, _ message: String) -> ConfigurationError {
            let place = SourcePlace(line: number, column: index - start + 1)
            return ConfigurationError(file: file, place: place, message: message)
        }
        var rest = line.drop(while: Self.isBlank)
        if rest.isEmpty || rest.first == "#" { return }
        let export = Array("export".unicodeScalars)
        if rest.starts(with: export), let next = rest.dropFirst(export.count).first,
            Self.isBlank(next)
        {
            rest = rest.dropFirst(export.count).drop(while: Self.isBlank)
        }
        guard let equals = rest.firstIndex(of: "="), equals != rest.startIndex else {
            throw fault(start, "is not NAME=value")
        }
        let name = Self.text(Self.trimmed(rest[..<equals]))
        guard Self.isName(name) else {
            throw fault(
                rest.startIndex,
                "the name before '=' may hold letters, digits and _ only, and does "
                    + "not begin with a digit")
        }
        let whole = rest[(equals + 1)...]
        let value = whole.drop(while: Self.isBlank)
        guard let quote = value.first, quote == "\"" || quote == "'" else {
            values[name] = Self.text(Self.trimmed(Self.uncommented(whole)))
            return
        }
        values[name] = try Self.quoted(value, quote, fault)
    }

    /// What stands in quotes, with nothing but a comment behind it.
    private static func quoted(
        _ value: ArraySlice<Unicode.Scalar>, _ quote: Unicode.Scalar,
        _ fault: (Int, String) -> ConfigurationError
    ) throws(ConfigurationError) -> String {
        var text = String.UnicodeScalarView()
        var index = value.startIndex + 1
        while index < value.endIndex, value[index] != quote {
            var scalar = value[index]
            if quote == "\"", scalar == "\\" {
                let next = index + 1 < value.endIndex ? value[index + 1] : "\\"
                guard let meant = escapes[next] else {
                    throw fault(
                        index,
                        "a backslash stands before something that it gives no meaning; write "
                            + "\\\\ for itself, or take single quotes")
                }
                scalar = meant
                index += 1
            }
            text.append(scalar)
            index += 1
        }
        guard index < value.endIndex else {
            throw fault(value.startIndex, "the quote is not closed on its line")
        }
        let behind = value[(index + 1)...].drop(while: isBlank)
        guard behind.isEmpty || behind.first == "#" else {
            throw fault(behind.startIndex, "something follows the closing quote")
        }
        return String(text)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "r": "\r", "t": "\t", "\"": "\"", "\\": "\\", "$": "$",
    ]

    /// What stands before a comment, which begins with a `#` behind a blank.
    /// - Parameter value: all behind the `=`.
    private static func uncommented(
        _ value: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar> {
        for index in value.indices.dropFirst()
        where value[index] == "#" && isBlank(value[index - 1]) {
            return value[..<index]
        }
        return value
    }

    private static func trimmed(
        _ text: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar> {
        let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? text.startIndex
        return text[..<end].drop(while: isBlank)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t"
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
