import Assembly
import Configuration
import Foundation
import Wire

/// The weights, byte by byte.
extension Doctor {
    package func models() -> [Finding] {
        let folder = ModelFolder(configuration.models)
        var paths = [folder.voiceActivityWeights]
        for settings in configuration.stt where settings.engine == "whisper" {
            paths.append(folder.whisperPath(settings.model))
        }
        return paths.map(weights)
    }

    private func weights(_ path: String) -> Finding {
        let name = URL(filePath: path).lastPathComponent
        let subject = "model"
        guard FileManager.default.fileExists(atPath: path) else {
            return fail(subject, "\(path) is missing", remedy: Self.remedy(of: name))
        }
        let sum: String
        do {
            sum = try Self.sum(of: path)
        } catch {
            return fail(
                subject, "\(path) can't be read: \(error.localizedDescription)",
                remedy: "give this user the right to read it")
        }
        let known = Self.sums(of: name)
        guard !known.isEmpty else {
            return ok(subject, "\(path), SHA-256 \(sum.prefix(12))…, of unknown origin")
        }
        guard known.contains(sum) else {
            return fail(
                subject, "\(path) is damaged: its SHA-256 is \(sum.prefix(12))…",
                remedy: "delete it and " + Self.remedy(of: name))
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

    /// How weights of this name are had.
    private static func remedy(of name: String) -> String {
        let published = KnownModel.all.first { "ggml-\($0.name).bin" == name }
        if setUpSums[name] != nil { return "run scripts/setup" }
        guard let published else { return "put the file there, or name another model" }
        return "run streamd model pull \(published.name)"
    }

    private static func sums(of name: String) -> [String] {
        let published = KnownModel.all.filter { "ggml-\($0.name).bin" == name }.map(\.sha256)
        return published + [setUpSums[name]].compactMap(\.self)
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
