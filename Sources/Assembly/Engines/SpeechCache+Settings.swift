import Configuration
import Engines
import Pipelines
import Telemetry

extension SpeechCache {
    /// The cache that the configuration describes. Blocking where it has a folder.
    /// - Parameter speaker: whose sentences are kept: those of the first engine, by engine, model,
    ///   voice, language and rate.
    package convenience init(_ settings: CacheSettings, speaker: EngineSettings) throws {
        guard !settings.directory.isEmpty else {
            self.init(byteCountMax: settings.memoryBytesMax)
            return
        }
        let identity = try speaker.textToSpeech().identity
        let name = [
            speaker.engine, identity.baseURL, identity.model, identity.voice, identity.language,
            "\(identity.rate)",
        ].joined(separator: "|")
        do {
            self.init(
                byteCountMax: settings.memoryBytesMax,
                folder: try SpeechFolder(
                    directory: settings.directory, speaker: name,
                    byteCountMax: settings.diskBytesMax))
        } catch {
            throw DaemonError(
                .cannotCreate,
                "cache.directory, \(settings.directory), can't be used: \(error); name "
                    + "a folder that can be written, or none")
        }
    }

    package var metrics: [MetricFamily] {
        [
            MetricFamily(
                "streamd_speech_cache_hits_total", .counter, "Sentences that were there already.",
                Double(hitCount)),
            MetricFamily(
                "streamd_speech_cache_misses_total", .counter, "Sentences that had to be made.",
                Double(missCount)),
            MetricFamily(
                "streamd_speech_cache_bytes", .gauge, "Synthesised speech kept in memory.",
                Double(byteCount)),
        ]
    }
}
