/// The errors of loading the voice activity network; nothing can afterwards.
public enum VADError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file could not be read; `reason` is the system's.
    case unreadable(path: String, reason: String)
    /// The file is not a safetensors file, or a damaged one.
    case malformed(path: String, reason: String)
    /// The file lacks a tensor, or holds it in another shape: other weights than expected.
    case unexpectedTensor(path: String, name: String, expected: [Int], found: [Int]?)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read the weights \(path): \(reason); run scripts/setup or correct the path"
        case .malformed(let path, let reason):
            "\(path) is not a sound safetensors file: \(reason); delete it and run scripts/setup"
        case .unexpectedTensor(let path, let name, let expected, let found):
            "\(path) holds other weights than those of Silero VAD v6 for 8 kHz: tensor \(name) "
                + "should have the shape \(expected), "
                + (found.map { "has \($0)" } ?? "is missing")
                + "; run scripts/setup to convert the right ones"
        }
    }
}
