import Net

/// The event loops: what lives on one ends before they do.
struct LoopsPart: DaemonPart {
    let loops: EventLoopGroup

    /// They run from the moment they were made.
    func start() {}
    func stop() { loops.shutdown() }
}
