import Assembly
import Configuration
import Engines
import Foundation

/// The models of Whisper in the folder, and those that could be there.
public struct ModelShelf: Sendable {
    public struct Model: Sendable, Equatable {
        /// As `stt: [{model: …}]` names it.
        public var name: String
        public var path: String
        public var byteCount: Int
    }

    /// By name.
    public let models: [Model]
    /// Known ones that are missing.
    public let others: [KnownModel]

    /// Reads the folder; one that is missing is empty.
    public init(_ settings: ModelSettings) {
        let folder = ModelFolder(settings)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.directory)) ?? []
        let models = files.sorted().compactMap { file -> Model? in
            guard file.hasPrefix("ggml-"), file.hasSuffix(".bin") else { return nil }
            let path = folder.path(file)
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return Model(
                name: String(file.dropFirst("ggml-".count).dropLast(".bin".count)), path: path,
                byteCount: (attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
        self.models = models
        others = KnownModel.all.filter { known in !models.contains { $0.name == known.name } }
    }
}
