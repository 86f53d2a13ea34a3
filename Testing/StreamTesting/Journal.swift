import Realtime

/// The lines that a test has noted, in order, from any thread.
package final class Journal: Sendable {
    private let lines = Locked<[String]>([])
    /// A copy: the thread sanitizer does not see when the last reference to shared lines is gone.
    package var all: [String] { lines.withLock { $0.map(\.self) } }
    package init() {}

    package func add(_ line: String) { lines.withLock { $0.append(line) } }
    package func count(_ prefix: String) -> Int {
        lines.withLock { $0.count { $0.hasPrefix(prefix) } }
    }

    /// Waits for a line with this beginning, up to ten seconds.
    package func wait(for prefix: String, count: Int = 1) async -> Bool {
        for _ in 0..<2000 {
            if self.count(prefix) >= count { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
