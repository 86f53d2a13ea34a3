import Foundation
import Wire

/// Puts the results of the other benchmarks beside the figures that are promised.
enum TableBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("folder", "build/bench", "where the benchmarks' JSON files are"),
        ("html", "", "file for the report"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            let options = try BenchOptions(arguments, known: known)
            let table = Comparison(folder: options["folder"])
            print(table.text)
            try options.write(table.page(folder: options["folder"]))
            return table.lines.contains { $0.verdict == .missed } ? 1 : 0
        } catch {
            print("table: \(error)")
            return 64
        }
    }

    private struct Line {
        var row: FigureRow
        var value: Double?
        var verdict: FigureRow.Verdict
        /// The generator or the machine was the limit, or others were at work.
        var isDoubtful: Bool

        var cells: [String] {
            let measured = value.map { Format.short($0) } ?? "–"
            let unit = value == nil || row.unit.isEmpty ? "" : " " + row.unit
            return [
                row.name, row.targetText, measured + unit,
                verdict.rawValue + (isDoubtful ? ", in doubt" : ""),
            ]
        }
    }

    private struct Comparison {
        let lines: [Line]

        init(folder: String) {
            let names = Set(FigureRow.all.map(\.file))
            let files = names.reduce(into: [String: JSONValue]()) { files, name in
                let bytes = FileManager.default.contents(atPath: "\(folder)/\(name).json")
                files[name] = bytes.flatMap { try? JSONValue(parsing: Array($0).span) }
            }
            lines = FigureRow.all.map { row in
                let json = files[row.file]
                let value = json.flatMap(row.value)
                return Line(
                    row: row, value: value, verdict: row.verdict(value),
                    isDoubtful: value != nil && json.map(Self.isDoubtful) ?? false)
            }
        }

        /// By the rules of ``CallsFigures``, for every benchmark that looked at the machine.
        private static func isDoubtful(_ json: JSONValue) -> Bool {
            if let bottleneck = json["generator"]?["bottleneck"]?.stringValue, bottleneck != "none"
            {
                return true
            }
            return json.number(at: "machine.othersCores") ?? 0 > CallsFigures.othersCoresMax
                || json.number(at: "machine.stolenFraction") ?? 0 > CallsFigures.stolenFractionMax
        }

        private static let head = ["figure", "target", "measured", "verdict"]

        var text: String {
            let rows = [head] + lines.map(\.cells)
            let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { $0.padding($1) }.joined(separator: "  ")
            }.joined(separator: "\n") + "\n\(summary)"
        }

        private var head: [String] { Self.head }

        private var summary: String {
            let reached = lines.count { $0.verdict == .reached }
            let missed = lines.count { $0.verdict == .missed }
            let doubt =
                lines.contains(where: \.isDoubtful)
                ? "; in doubt: the generator was late or the machine not quiet" : ""
            return "\(reached) reached, \(missed) missed, "
                + "\(lines.count - reached - missed) not run\(doubt)"
        }

        func page(folder: String) -> ReportPage {
            var page = ReportPage(title: "streamd: promised and measured", lead: summary)
            page.heading("Figures")
            page.table(head: head, rows: lines.map(\.cells))
            page.heading(
                "Files", "Each benchmark's own figures and report are beside this file.")
            let names = FigureRow.all.map(\.file)
            for name in Set(names).sorted()
            where FileManager.default.fileExists(atPath: "\(folder)/\(name).html") {
                page.link("\(name).html")
            }
            page.environment()
            return page
        }
    }
}
