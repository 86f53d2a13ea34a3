import Configuration
import Realtime

/// The configuration that is in force: an immutable snapshot that a reload replaces as a whole. Any
/// thread; a short lock.
final class LiveConfiguration: Sendable {
    private let snapshot: Locked<Configuration>

    init(_ configuration: Configuration) { snapshot = Locked(configuration) }

    var current: Configuration { snapshot.withLock { $0 } }

    func replace(by configuration: Configuration) { snapshot.withLock { $0 = configuration } }
}
