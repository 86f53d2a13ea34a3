import Assembly

/// Records and engines, which everything else uses: the first to be there, the last to go.
struct BusinessPart: DaemonPart {
    let business: Business

    /// Opened, and loaded, before there was a list of parts.
    func start() {}

    func stop() {
        business.engines.close()
        business.speech.cache.close()
        business.callState.close()
        business.database.close()
    }
}
