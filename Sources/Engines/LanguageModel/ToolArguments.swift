import Wire

/// Why the arguments of a tool's call are not what its schema asks for; said to the model.
package struct ToolArgumentError: Error, Equatable, CustomStringConvertible {
    /// Where, as `items[0].quantity`; empty for the whole.
    package let path: String
    package let reason: String
    package var description: String { path.isEmpty ? reason : "\(path) \(reason)" }
}

/// Holds a model's arguments against the JSON Schema (draft 2020-12) that it was given: `type`,
/// `properties`, `required`, `additionalProperties`, `items`, `minItems`, `enum`, `minimum`,
/// `maximum` and `pattern`, which is what the tools declare.
package enum ToolArguments {
    /// The arguments as a tool takes them: nothing at all stands for no arguments, and a null for one
    /// that may be left out stands for its absence, since models write both.
    /// - Throws: the first thing that is wrong.
    package static func check(
        _ text: String, schema: JSONValue
    ) throws(ToolArgumentError) -> JSONValue {
        let isEmpty = text.allSatisfy(\.isWhitespace)
        guard let value = isEmpty ? .object([]) : JSONValue(text) else {
            throw ToolArgumentError(path: "", reason: "the arguments are not JSON")
        }
        return try check(value, schema, at: "")
    }

    private static func check(
        _ value: JSONValue, _ schema: JSONValue, at path: String
    ) throws(ToolArgumentError) -> JSONValue {
        func wrong(_ reason: String) -> ToolArgumentError {
            ToolArgumentError(path: path, reason: reason)
        }
        if let words = schema["enum"]?.arrayValue, !words.contains(value) {
            let list = words.map { String(decoding: $0.encoded(), as: UTF8.self) }
            throw wrong("must be one of \(list.joined(separator: ", "))")
        }
        switch schema["type"]?.stringValue {
        case "object": return try checkObject(value, schema, at: path)
        case "array": return try checkArray(value, schema, at: path)
        case "integer":
            guard let number = value.intValue else { throw wrong("must be a whole number") }
            try checkRange(Double(number), schema, at: path)
            return .integer(number)
        case "number":
            guard let number = value.doubleValue else { throw wrong("must be a number") }
            try checkRange(number, schema, at: path)
        case "boolean":
            guard value.boolValue != nil else { throw wrong("must be true or false") }
        case "string":
            guard let text = value.stringValue else { throw wrong("must be a string") }
            if let pattern = schema["pattern"]?.stringValue, !matches(text, pattern) {
                throw wrong("must match \(pattern)")
            }
        default: break
        }
        return value
    }

    private static func checkObject(
        _ value: JSONValue, _ schema: JSONValue, at path: String
    ) throws(ToolArgumentError) -> JSONValue {
        guard case .object(let members) = value else {
            throw ToolArgumentError(
                path: path,
                reason: path.isEmpty ? "the arguments are not an object" : "must be an object")
        }
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var kept: [JSONValue.Member] = []
        for member in members where member.value != .null || required.contains(member.name) {
            let place = path.isEmpty ? member.name : "\(path).\(member.name)"
            guard let known = schema["properties"]?[member.name] else {
                if schema["additionalProperties"]?.boolValue == false {
                    throw ToolArgumentError(path: place, reason: "is not known")
                }
                kept.append(member)
                continue
            }
            kept.append(.init(member.name, try check(member.value, known, at: place)))
        }
        for name in required where !kept.contains(where: { $0.name == name }) {
            throw ToolArgumentError(
                path: path.isEmpty ? name : "\(path).\(name)", reason: "is missing")
        }
        return .object(kept)
    }

    private static func checkArray(
        _ value: JSONValue, _ schema: JSONValue, at path: String
    ) throws(ToolArgumentError) -> JSONValue {
        guard let elements = value.arrayValue else {
            throw ToolArgumentError(path: path, reason: "must be an array")
        }
        if let least = schema["minItems"]?.intValue, elements.count < least {
            throw ToolArgumentError(path: path, reason: "must hold \(least) or more")
        }
        guard let items = schema["items"] else { return value }
        var kept: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            kept.append(try check(element, items, at: "\(path)[\(index)]"))
        }
        return .array(kept)
    }

    private static func checkRange(
        _ number: Double, _ schema: JSONValue, at path: String
    ) throws(ToolArgumentError) {
        if let least = schema["minimum"]?.doubleValue, number < least {
            throw ToolArgumentError(path: path, reason: "must be at least \(bound(least))")
        }
        if let most = schema["maximum"]?.doubleValue, number > most {
            throw ToolArgumentError(path: path, reason: "must be at most \(bound(most))")
        }
    }

    private static func bound(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    /// As JSON Schema has it: found anywhere, unless the pattern is anchored. A pattern that can't be
    /// read is ours, and refuses nobody.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern).asciiOnlyDigits() else { return true }
        return text.firstMatch(of: regex) != nil
    }
}
