/// A place in a call where an engine stands: a list of the configuration.
package enum EngineStage: String, CaseIterable, Sendable {
    /// Speech-to-text engines.
    case stt
    /// Dialogue engines.
    case llm
    /// Text-to-speech engines.
    case tts
}
