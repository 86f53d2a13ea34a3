import Foundation
import Store

/// Menus in files.
public enum MenuFile {
    /// Reads a whole menu or says everything that is wrong with it. Blocking.
    public static func read(path: String) throws -> [MenuItem] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DaemonError(
                description: "\(path): can't be read; name an existing menu (CSV, see "
                    + "samples/menus)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw DaemonError(description: "\(path): is not UTF-8 text")
        }
        switch MenuCSV.read(text) {
        case .success(let items): return items
        case .failure(let faults):
            throw DaemonError(
                description: faults.faults.map { "\(path):\($0.line): \($0.message)" }
                    .joined(separator: "\n"))
        }
    }

    /// Puts the menu of a file in the place of the one that an assistant has; nothing is written
    /// where the file has a fault. Blocking.
    /// - Returns: the items.
    public static func `import`(
        path: String, assistantID: String, configuration: Configuration
    ) throws -> [MenuItem] {
        guard let block = configuration.assistants.first(where: { $0.id == assistantID }) else {
            throw DaemonError(
                description: "there is no assistant '\(assistantID)'; there are "
                    + configuration.assistants.map(\.id).joined(separator: ", "))
        }
        guard block.kind == "restaurant" else {
            throw DaemonError(
                description: "assistant '\(assistantID)' is of kind \(block.kind) and has no menu")
        }
        let items = try read(path: path)
        let database = try StreamDaemon.openDatabase(configuration.store)
        defer { database.close() }
        try waiting { database.replaceMenu(items, assistantID: assistantID, completion: $0) }
        return items
    }

    private static func waiting(_ operation: (@escaping StoreCompletion<Void>) -> Void) throws {
        let outcome = BlockingResult<Void>()
        operation(outcome.take)
        try outcome.get()
    }
}

/// Waits on a thread of its own for the outcome of a store operation; not for loops.
final class BlockingResult<Value: Sendable>: @unchecked Sendable {
    // Written once before the signal, read after it.
    private var result: Result<Value, StoreError>?
    private let done = DispatchSemaphore(value: 0)

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
