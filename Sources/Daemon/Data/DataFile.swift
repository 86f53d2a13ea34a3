import Foundation
import Store

/// Records in files.
enum DataFile {
    /// Reads a whole file or says everything that is wrong with it. Blocking.
    /// - Parameter what: for messages: "a menu".
    static func read<Record>(
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

/// Waits on a thread of its own for the outcome of a store operation; not for loops.
final class BlockingResult<Value: Sendable>: @unchecked Sendable {
    // Written once before the signal, read after it.
    private var result: Result<Value, StoreError>?
    private let done = DispatchSemaphore(value: 0)

    /// Starts an operation and waits for what comes of it.
    static func of(_ operation: (@escaping StoreCompletion<Value>) -> Void) throws -> Value {
        let outcome = BlockingResult<Value>()
        operation(outcome.take)
        return try outcome.get()
    }

    func take(_ result: Result<Value, StoreError>) {
        self.result = result
        done.signal()
    }

    func get() throws -> Value {
        done.wait()
        guard let result else { preconditionFailure("the signal comes after the result") }
        return try result.get()
    }
}
