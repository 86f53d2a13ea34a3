/// Why the daemon could not start, with the mend.
public struct DaemonError: Error, Sendable, CustomStringConvertible {
    public let description: String
}
