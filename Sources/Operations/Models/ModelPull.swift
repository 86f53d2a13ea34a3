import Assembly
import Configuration
import Engines
import Foundation
import Net
import Realtime
import Wire

/// Fetches a model from a server, checks it, and puts it into the folder of models.
public struct ModelPull: Sendable {
    /// As the configuration names it: `base.en`.
    public let name: String
    public let url: String
    /// Where it goes.
    public let path: String
    /// 64 hexadecimal digits.
    public let sha256: String

    /// A server that sends nothing for this long is given up.
    package static let stallMs = 30_000
    package static let redirectsMax = 5
    /// Larger than any model of Whisper.
    package static let byteCountMax = 16 << 30

    /// - Parameters:
    ///   - sha256: nil for what is known of the name.
    ///   - environment: `STREAMD_MODELS_URL` stands in for `models.baseURL`.
    public init(
        name: String, sha256: String?, settings: ModelSettings, environment: [String: String]
    ) throws(ModelError) {
        guard KnownModel.isName(name) else {
            throw .badArgument("'\(name)' is not a name of a model; write one such as base.en")
        }
        let said = sha256?.lowercased() ?? KnownModel.all.first { $0.name == name }?.sha256
        guard let said else { throw .unknownSum(name: name) }
        guard said.utf8.count == 64, said.allSatisfy(\.isHexDigit) else {
            throw .badArgument("'\(said)' is not a SHA-256: it has 64 hexadecimal digits")
        }
        let own = settings.baseURL
        let base = own.isEmpty ? environment["STREAMD_MODELS_URL"] ?? "" : own
        guard !base.isEmpty else {
            throw .noAddress(
                "nobody said where models are: set models.baseURL, or STREAMD_MODELS_URL in the "
                    + "environment, to the address of a folder with ggml-\(name).bin")
        }
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            throw .noAddress("'\(base)' is not an address of models; write \"https://host/folder\"")
        }
        self.name = name
        self.sha256 = said
        let folder = base.hasSuffix("/") ? String(base.dropLast()) : base
        url = "\(folder)/ggml-\(name).bin"
        path = ModelFolder(settings).path("ggml-\(name).bin")
    }

    /// Fetches it. Blocking.
    /// - Parameter progress: told on another thread how many bytes are there, and of how many, where
    ///   the server says so.
    /// - Returns: the size in bytes.
    public func run(progress: @escaping @Sendable (Int, Int?) -> Void) throws(ModelError) -> Int {
        if let byteCount = rightByteCount() { return byteCount }
        let file = try PartialFile(target: path)
        let loop: EventLoop
        do {
            loop = try EventLoop(label: "pull")
        } catch {
            throw .network("\(error)")
        }
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        let answer = Answer()
        let bound = LoopBound(file, loop: loop)
        loop.execute {
            ModelTransfer(
                url: url, file: bound.value, loop: loop, progress: progress, answer: answer
            ).start()
        }
        try answer.wait().get()
        try file.finish(sha256: sha256)
        return file.byteCount
    }

    /// The size of the file that is there already, where it is the right one. Blocking.
    private func rightByteCount() -> Int? {
        guard let file = FileHandle(forReadingAtPath: path), let digest = SHA256() else {
            return nil
        }
        var byteCount = 0
        while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty {
            piece.withUnsafeBytes { digest.update($0) }
            byteCount += piece.count
        }
        return digest.finish() == sha256 ? byteCount : nil
    }

    /// Passes the outcome from the loop to the thread that waits.
    package final class Answer: Sendable {
        private let stored = Locked<Result<Void, ModelError>?>(nil)
        private let arrived = DispatchSemaphore(value: 0)

        package func give(_ result: Result<Void, ModelError>) {
            stored.withLock { $0 = result }
            arrived.signal()
        }

        package func wait() -> Result<Void, ModelError> {
            arrived.wait()
            return stored.withLock { $0 } ?? .failure(.network("the transfer has no outcome"))
        }
    }
}
