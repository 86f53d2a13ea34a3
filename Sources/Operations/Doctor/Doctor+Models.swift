import Assembly
import Configuration
import Engines
import Foundation
import Wire

/// The weights, byte by byte.
extension Doctor {
    package func models() -> [Finding] {
        let folder = ModelFolder(configuration.models)
        let recognisers = configuration.stt.compactMap { try? $0.speechToText() }
        let own = EngineWeights(path: folder.voiceActivityWeights)
        return ([own] + recognisers.flatMap { $0.weights(folder.path) }).map(weights)
    }

    private func weights(_ file: EngineWeights) -> Finding {
        let path = file.path
        let name = URL(filePath: path).lastPathComponent
        let subject = "model"
        guard FileManager.default.fileExists(atPath: path) else {
            return fail(subject, "\(path) is missing", remedy: Self.remedy(of: file))
        }
        let sum: String
        do {
            sum = try Self.sum(of: path)
        } catch {
            return fail(
                subject, "\(path) can't be read: \(error.localizedDescription)",
                remedy: "give this user the right to read it")
        }
        let known = [file.sha256, Self.setUpSums[name]].compactMap(\.self)
        guard !known.isEmpty else {
            return ok(subject, "\(path), SHA-256 \(sum.prefix(12))…, of unknown origin")
        }
        guard known.contains(sum) else {
            return fail(
                subject, "\(path) is damaged: its SHA-256 is \(sum.prefix(12))…",
                remedy: "delete it and " + Self.remedy(of: file))
        }
        return ok(subject, "\(path), SHA-256 as it should be")
    }

    /// Of the weights that scripts/setup makes; scripts/checksums.txt holds them too.
    package static let setUpSums = [
        "ggml-tiny.en.bin": "3d9f4bd837dc4455b4831d3b8ec968b43abd1f9bf4ce559ceccc12ec7f3fe2c7",
        "silero_v6_16k.safetensors":
            "d7fb67a5b4de0414a0178270ee81439b9e3067c883c304aa758c247d50ffd79d",
        "silero_v6_8k.safetensors":
            "a4b906a04bb535ff88f35d7d8c5c0ecc41694692c2af895f645cd7a36073100e",
    ]

    /// How weights are had.
    private static func remedy(of file: EngineWeights) -> String {
        if setUpSums[URL(filePath: file.path).lastPathComponent] != nil {
            return "run scripts/setup"
        }
        guard let name = file.pullName else { return "put the file there, or name another model" }
        return "run streamd model pull \(name)"
    }

    private static let pieceBytes = 1 << 20

    private static func sum(of path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        guard let digest = SHA256() else {
            throw DaemonError(.software, "OpenSSL's SHA-256 does not work")
        }
        while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty {
            piece.withUnsafeBytes { digest.update($0) }
        }
        return digest.finish()
    }
}
