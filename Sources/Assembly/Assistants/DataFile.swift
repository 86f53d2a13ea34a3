import Foundation
import Store

/// Records in files.
package enum DataFile {
    /// Reads a whole file or says everything that is wrong with it. Blocking.
    /// - Parameter what: for messages: "a menu".
    package static func read<Record>(
        _ path: String, as what: String, _ read: (String) -> Result<[Record], ImportFaults>
    ) throws -> [Record] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DaemonError(
                .noInput,
                "\(path): can't be read; name an existing file with \(what) (CSV, see "
                    + "samples/)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw DaemonError(.badData, "\(path): is not UTF-8 text")
        }
        switch read(text) {
        case .success(let records): return records
        case .failure(let faults):
            throw DaemonError(
                .badData,
                faults.faults.map { "\(path):\($0.line): \($0.message)" }
                    .joined(separator: "\n"))
        }
    }
}
