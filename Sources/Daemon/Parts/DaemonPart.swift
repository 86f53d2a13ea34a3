import Configuration

/// A part of the daemon with a life of its own: a store, the server, a way in. The daemon starts its
/// parts in the order of its list, and drains and stops them in the opposite one. Any thread.
protocol DaemonPart: Sendable {
    /// Begins; blocking, for moments. A part that fails is not stopped.
    func start() throws
    /// Takes over the keys that can change while running; what is read afresh each time needs nothing.
    func reload(_ settings: Configuration)
    /// From now on nothing new is taken; what is under way goes on.
    func drain()
    /// What is under way, and worth waiting for.
    var unfinishedCount: Int { get }
    /// Ends; blocking. Called once, also where it was not drained.
    func stop()
}

extension DaemonPart {
    func reload(_ settings: Configuration) {}
    func drain() {}
    var unfinishedCount: Int { 0 }
}
