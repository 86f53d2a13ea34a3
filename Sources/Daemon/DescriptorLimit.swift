import Glibc
import Telemetry

/// How many files the process may have open, sockets included.
enum DescriptorLimit {
    /// Beside connections: listeners, loops, database, log, model files, outgoing connections.
    private static let reserve = 512

    /// Raises the soft limit (1024 by default) so that `connections` fit, as far as the hard one
    /// allows, and warns where they do not. Any thread; once, at the start.
    static func raise(forConnections connections: Int, _ log: Logger) {
        let room = raise(forConnections: connections)
        guard room < connections else { return }
        log.warning(
            "fewer connections fit than server.connectionsMax; raise the limit of open files "
                + "(ulimit -n, LimitNOFILE)",
            ["fit": .integer(room), "wanted": .integer(connections)])
    }

    /// - Returns: how many connections fit now.
    private static func raise(forConnections connections: Int) -> Int {
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return connections }
        let wanted = rlim_t(connections + reserve)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(wanted, limit.rlim_max)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return limit.rlim_cur >= wanted ? connections : max(0, Int(limit.rlim_cur) - reserve)
    }
}
