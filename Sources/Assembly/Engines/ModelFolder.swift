import Configuration
import Foundation

/// Where weights are.
package struct ModelFolder {
    package let directory: String

    package init(_ settings: ModelSettings) {
        let environment = ProcessInfo.processInfo.environment
        func folder(_ name: String, _ rest: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 + rest }
        }
        directory =
            !settings.directory.isEmpty
            ? settings.directory
            : folder("STREAMD_CACHE", "/models")
                ?? folder("XDG_CACHE_HOME", "/streamd/models")
                ?? folder("HOME", "/.cache/streamd/models") ?? "models"
    }

    package func path(_ name: String) -> String { directory + "/" + name }

    /// Silero v6 at 16 kHz, as set-up converts it; docs/vad.md says why not at 8.
    package var voiceActivityWeights: String { path("silero_v6_16k.safetensors") }
}
