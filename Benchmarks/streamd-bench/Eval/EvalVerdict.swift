import Foundation
import Wire

/// How much of a written conversation came true.
struct EvalVerdict {
    var path: String
    var turnCount: Int
    /// Lines whose answers were as written.
    var turnsHeld: Int
    /// True when the database has what it should, and nothing else.
    var isRecorded: Bool
    var seconds: Double
    private var faults: [String]

    /// - Parameter faults: what the runner found.
    init(path: String, turnCount: Int, faults: [String], seconds: Double) {
        self.path = path
        self.turnCount = turnCount
        self.seconds = seconds
        self.faults = faults
        let places = faults.compactMap { fault -> Substring? in
            fault.hasPrefix("turn ") ? fault.prefix { $0 != "," } : nil
        }
        let others = faults.filter { !$0.hasPrefix("turn ") }
        turnsHeld =
            others.contains { $0.hasPrefix("broke off") } ? 0 : turnCount - Set(places).count
        isRecorded = others.isEmpty
    }

    var isPassed: Bool { faults.isEmpty }

    /// One line, and below it what was not as written.
    var text: String {
        let name = path.split(separator: "/").suffix(2).joined(separator: "/")
        let head = "\(isPassed ? "held" : "NOT ")  \(name)"
        return ([head] + faults.map { "      \($0)" }).joined(separator: "\n")
    }

    var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("passed", .bool(isPassed)),
            .init("turns", .integer(turnCount)), .init("turnsHeld", .integer(turnsHeld)),
            .init("recorded", .bool(isRecorded)), .init("seconds", .number(seconds)),
            .init("faults", .array(faults.map { .string($0) })),
        ])
    }

    /// All of them, by folder and together.
    static func table(_ verdicts: [EvalVerdict], engine: String, model: String) -> String {
        var folders: [String] = []
        for verdict in verdicts where !folders.contains(verdict.folder) {
            folders.append(verdict.folder)
        }
        var rows = [["", "conversations", "passed", "rows right", "answers right", "seconds"]]
        for folder in folders {
            rows.append(row(folder, verdicts.filter { $0.folder == folder }))
        }
        if folders.count > 1 { rows.append(row("all", verdicts)) }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }
        let title = "\(engine)\(model.isEmpty ? "" : " \(model)")"
        return (["", title] + lines).joined(separator: "\n")
    }

    private var folder: String {
        path.split(separator: "/").dropLast().last.map(String.init) ?? "."
    }

    private static func row(_ name: String, _ verdicts: [EvalVerdict]) -> [String] {
        let turns = verdicts.reduce(0) { $0 + $1.turnCount }
        let held = verdicts.reduce(0) { $0 + $1.turnsHeld }
        let seconds = verdicts.reduce(0) { $0 + $1.seconds }
        return [
            name, "\(verdicts.count)", "\(verdicts.count { $0.isPassed })",
            "\(verdicts.count { $0.isRecorded })", "\(held) of \(turns)",
            String(format: "%.1f", seconds),
        ]
    }
}
