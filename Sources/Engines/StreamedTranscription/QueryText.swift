/// The query of an address, value by value.
struct QueryText {
    private(set) var text = ""

    mutating func add(_ name: String, _ value: String) {
        text += (text.isEmpty ? "?" : "&") + name + "=" + URLText.escaped(value)
    }
}
