/// Why something that an operator asked for could not be done, with the remedy.
public struct DaemonError: Error, Sendable, CustomStringConvertible {
    /// Whose fault it is, as an exit code of the command line tells it.
    public enum Kind: Sendable, Equatable {
        /// Something was named that is not there, such as an assistant: a mistake in the command.
        case usage
        /// A file's contents are wrong.
        case badData
        /// A file is not there, or can't be read.
        case noInput
        /// A file or folder can't be made.
        case cannotCreate
        /// The configuration asks for what can't be.
        case configuration
        /// A service, a device or a port can't be had.
        case unavailable
        /// A fault of this program.
        case software
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
