import Configuration
import Foundation
import Realtime
import Store

/// The stores that a configuration names, opened.
package enum Stores {
    package static func openDatabase(_ settings: StoreSettings) throws -> Database {
        if settings.url.isEmpty, settings.path != ":memory:" {
            let folder = URL(filePath: settings.path).deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
            } catch {
                throw DaemonError(
                    .cannotCreate,
                    "the folder of store.path, \(folder.path), can't be made: "
                        + "\(error.localizedDescription); name one that can be written")
            }
        }
        return try Database(DatabaseOptions(path: settings.path, url: settings.url))
    }

    package static func openState(_ settings: StateSettings) throws -> any ExpiringState {
        guard !settings.url.isEmpty else {
            return MemoryState(nowNanos: { MonotonicClock.nowNanos() })
        }
        return try RedisState(url: settings.url, timeoutMs: settings.timeoutMs)
    }
}
