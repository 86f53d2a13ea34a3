/// The query of an address, made value by value.
public struct QueryText {
    /// Begins with `?` as soon as there is a value.
    public private(set) var text = ""

    public init() {}

    /// Adds a value, escaped; the name stands as it is.
    public mutating func add(_ name: String, _ value: String) {
        text += (text.isEmpty ? "?" : "&") + name + "=" + URLText.escaped(value)
    }
}
