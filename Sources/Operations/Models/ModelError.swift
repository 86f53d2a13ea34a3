import Engines

/// Why a model can't be had, in words for the command line.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nobody said where models are to be had, or nonsense.
    case noAddress(String)
    /// A name that no file can have, or a sum that is none.
    case badArgument(String)
    /// The contents are not known beforehand, and nobody said what they should be.
    case unknownSum(name: String)
    /// The server can't be reached, is too slow, or breaks off.
    case network(String)
    /// The server has no such file.
    case notThere(url: String)
    /// What came is not what was wanted.
    case badContents(String)
    /// The folder or the file can't be made.
    case cannotCreate(String)
    /// The disk failed, or is full.
    case disk(String)
    /// Another process is at it.
    case busy(path: String)

    public var description: String {
        switch self {
        case .noAddress(let why), .badArgument(let why), .network(let why), .badContents(let why),
            .cannotCreate(let why), .disk(let why):
            why
        case .unknownSum(let name):
            "the SHA-256 of '\(name)' is not known here; say it with --sha256, or name one of "
                + KnownModel.all.map(\.name).joined(separator: ", ")
        case .notThere(let url): "the server has no \(url); check the name and models.baseURL"
        case .busy(let path): "another pull is writing \(path); wait for it to end"
        }
    }
}
