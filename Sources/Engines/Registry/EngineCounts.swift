/// An engine that counts what it does, for the page of metrics.
package protocol CountingEngine: Sendable {
    /// The same names in the same order at all times. Any thread.
    var counts: [EngineCount] { get }
}

/// A number that an engine counts.
package struct EngineCount: Sendable {
    /// Of the metric, with its unit: `streamd_whisper_decodes_total`.
    package var name: String
    /// It goes up and down; otherwise it only grows.
    package var isGauge: Bool
    package var help: String
    package var value: Double
}

/// An engine that makes things on first use, which the first caller should not wait for.
package protocol WarmableEngine: Sendable {
    /// Works once. Blocking.
    func warmUp() throws
}
