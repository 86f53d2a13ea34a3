import CYAML

/// A YAML document as a tree that remembers where each node stands.
package indirect enum YAMLNode {
    case scalar(text: String, isPlain: Bool, SourcePlace)
    case sequence([YAMLNode], SourcePlace)
    case mapping([(key: String, keyPlace: SourcePlace, value: YAMLNode)], SourcePlace)

    package var place: SourcePlace {
        switch self {
        case .scalar(_, _, let place), .sequence(_, let place), .mapping(_, let place): place
        }
    }

    /// What the node is, in the words of an error message.
    package var kindName: String {
        switch self {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a block of keys"
        }
    }
}

/// Reads one YAML document with libyaml. Aliases are followed, with limits that keep a hostile
/// file from growing without bound.
package struct YAMLReader {
    package static let nodeCountMax = 100_000
    package static let depthMax = 32

    package let file: String
    private let faults: ConfigurationFaults
    private var nodeCount = 0

    private init(file: String, faults: ConfigurationFaults) {
        self.file = file
        self.faults = faults
    }

    /// - Returns: the document's root, or nil where the file is empty.
    package static func read(_ text: String, file: String) throws(ConfigurationError) -> YAMLNode? {
        let faults = ConfigurationFaults()
        let root = try read(text, file: file, faults: faults)
        try faults.check()
        return root
    }

    /// - Parameter faults: takes the keys that are left out because they can't be kept.
    /// - Throws: where there is no tree at all.
    package static func read(
        _ text: String, file: String, faults: ConfigurationFaults
    ) throws(ConfigurationError) -> YAMLNode? {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else {
            throw ConfigurationError(file: file, place: nil, message: "out of memory")
        }
        defer { yaml_parser_delete(&parser) }
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer {
            (buffer) throws(ConfigurationError) -> YAMLNode? in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            var document = yaml_document_t()
            guard yaml_parser_load(&parser, &document) == 1 else {
                throw syntaxError(parser, file: file)
            }
            defer { yaml_document_delete(&document) }
            guard let root = yaml_document_get_root_node(&document) else { return nil }
            var reader = YAMLReader(file: file, faults: faults)
            return try reader.node(root, of: &document, depth: 0)
        }
    }

    private static func syntaxError(_ parser: yaml_parser_t, file: String) -> ConfigurationError {
        let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
        // Reader errors (bad UTF-8) carry an offset, scanner and parser errors a mark.
        let place =
            parser.error == YAML_READER_ERROR
            ? nil
            : SourcePlace(
                line: Int(parser.problem_mark.line) + 1, column: Int(parser.problem_mark.column) + 1
            )
        let offset = place == nil ? " at byte \(parser.problem_offset)" : ""
        return ConfigurationError(
            file: file, place: place, message: "the YAML can't be read: \(problem)\(offset)")
    }

    private mutating func node(
        _ pointer: UnsafeMutablePointer<yaml_node_t>, of document: inout yaml_document_t, depth: Int
    ) throws(ConfigurationError) -> YAMLNode {
        let mark = pointer.pointee.start_mark
        let place = SourcePlace(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        nodeCount += 1
        guard nodeCount <= Self.nodeCountMax, depth <= Self.depthMax else {
            throw ConfigurationError(
                file: file, place: place,
                message: "nested deeper than \(Self.depthMax) or larger than \(Self.nodeCountMax) "
                    + "values; an alias may refer to itself")
        }
        switch pointer.pointee.type {
        case YAML_SCALAR_NODE:
            let scalar = pointer.pointee.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            return .scalar(text: text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, place)
        case YAML_SEQUENCE_NODE:
            return try sequence(pointer, of: &document, depth: depth, place: place)
        default:
            return try mapping(pointer, of: &document, depth: depth, place: place)
        }
    }

    private mutating func sequence(
        _ pointer: UnsafeMutablePointer<yaml_node_t>, of document: inout yaml_document_t,
        depth: Int, place: SourcePlace
    ) throws(ConfigurationError) -> YAMLNode {
        var items: [YAMLNode] = []
        let stack = pointer.pointee.data.sequence.items
        var item = stack.start
        while let current = item, current != stack.top {
            if let child = yaml_document_get_node(&document, current.pointee) {
                items.append(try node(child, of: &document, depth: depth + 1))
            }
            item = current + 1
        }
        return .sequence(items, place)
    }

    private mutating func mapping(
        _ pointer: UnsafeMutablePointer<yaml_node_t>, of document: inout yaml_document_t,
        depth: Int, place: SourcePlace
    ) throws(ConfigurationError) -> YAMLNode {
        var entries: [(key: String, keyPlace: SourcePlace, value: YAMLNode)] = []
        var seen: Set<String> = []
        let stack = pointer.pointee.data.mapping.pairs
        var pair = stack.start
        while let current = pair, current != stack.top {
            pair = current + 1
            guard let keyNode = yaml_document_get_node(&document, current.pointee.key),
                let valueNode = yaml_document_get_node(&document, current.pointee.value)
            else { continue }
            let key = try node(keyNode, of: &document, depth: depth + 1)
            guard case .scalar(let name, _, let keyPlace) = key else {
                faults.add(
                    ConfigurationError(
                        file: file, place: key.place,
                        message: "a key must be a word, not \(key.kindName)"))
                continue
            }
            guard seen.insert(name).inserted else {
                faults.add(
                    ConfigurationError(
                        file: file, place: keyPlace, message: "'\(name)' is given twice; keep one"))
                continue
            }
            let value = try node(valueNode, of: &document, depth: depth + 1)
            entries.append((name, keyPlace, value))
        }
        return .mapping(entries, place)
    }
}
