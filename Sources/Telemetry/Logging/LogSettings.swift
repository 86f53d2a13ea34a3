/// `log`: what is told, and how.
public struct LogSettings: Sendable {
    public enum Format: String, CaseIterable, Sendable { case text, json }
    public var level = LogLevel.info
    public var format = Format.text

    public init() {}
}
