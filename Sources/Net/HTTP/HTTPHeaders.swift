/// The header fields of an HTTP message: in order, names without regard to case, any number of the
/// same name.
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One field as it was sent or will be sent.
    public typealias Field = (name: String, value: String)

    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// Fields in the order given.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The number of fields.
    public var count: Int { fields.count }

    /// True without fields.
    public var isEmpty: Bool { fields.isEmpty }

    /// The first value of the name. Setting replaces all of that name; setting `nil` removes them.
    public subscript(name: String) -> String? {
        get {
            for field in fields where Self.same(field.name, name) {
                return field.value
            }
            return nil
        }
        set {
            fields.removeAll { Self.same($0.name, name) }
            if let newValue {
                fields.append((name, newValue))
            }
        }
    }

    /// All values of the name, in order.
    public func values(of name: String) -> [String] {
        fields.compactMap { Self.same($0.name, name) ? $0.value : nil }
    }

    /// Adds a field behind the others.
    public mutating func add(name: String, value: String) {
        fields.append((name, value))
    }

    /// True when a field of the name lists the token, as `Connection: keep-alive, Upgrade` does.
    public func contains(name: String, token: String) -> Bool {
        for field in fields where Self.same(field.name, name) {
            for part in field.value.utf8.split(separator: UInt8(ascii: ",")) {
                if Self.same(Self.trimmed(Substring(part)), token) {
                    return true
                }
            }
        }
        return false
    }

    public func makeIterator() -> IndexingIterator<[Field]> {
        fields.makeIterator()
    }

    mutating func removeAll(keepingCapacity: Bool) {
        fields.removeAll(keepingCapacity: keepingCapacity)
    }

    /// Compares names as HTTP does: letters of ASCII without regard to case.
    static func same(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        let left = left.utf8
        let right = right.utf8
        return left.count == right.count
            && zip(left, right).allSatisfy { asciiLowercase($0) == asciiLowercase($1) }
    }

    /// The text without the spaces and tabs around it.
    static func trimmed(_ text: Substring) -> Substring {
        var utf8 = text.utf8
        while let first = utf8.first, first == 0x20 || first == 0x09 { utf8.removeFirst() }
        while let last = utf8.last, last == 0x20 || last == 0x09 { utf8.removeLast() }
        return Substring(utf8)
    }
}

/// Lower case of an ASCII letter; any other byte as it is.
func asciiLowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}
