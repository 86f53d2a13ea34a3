import Configuration
import Realtime

/// The configuration that is in force: an immutable snapshot that a reload replaces as a whole. Any
/// thread; a short lock.
package final class LiveConfiguration: Sendable {
    private let snapshot: Locked<Configuration>

    package init(_ configuration: Configuration) { snapshot = Locked(configuration) }

    package var current: Configuration { snapshot.withLock { $0 } }

    package func replace(by configuration: Configuration) { snapshot.withLock { $0 = configuration } }
}
