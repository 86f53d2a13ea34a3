import Foundation

/// Holds JSON values against the schemas of an OpenAPI description: the part of JSON Schema that the
/// description uses; a keyword that is not known here is a complaint, so that none is passed over.
struct SchemaCheck {
    let document: [String: Any]

    private static let known: Set<String> = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "format",
        "anyOf", "$ref", "description",
    ]

    /// What does not fit; empty where all does.
    func complaints(_ value: Any, _ schema: [String: Any], at place: String = "$") -> [String] {
        let unknown = Set(schema.keys).subtracting(Self.known)
        guard unknown.isEmpty else { return ["\(place): unknown keywords \(unknown)"] }
        if let reference = schema["$ref"] as? String {
            guard let target = resolve(reference) else { return ["\(place): no \(reference)"] }
            return complaints(value, target, at: place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let all = choices.map { complaints(value, $0, at: place) }
            return all.contains([]) ? [] : ["\(place): fits none of \(all)"]
        }
        switch schema["type"] as? String {
        case "null": return value is NSNull ? [] : ["\(place): is not null"]
        case "boolean": return Self.isBoolean(value) ? [] : ["\(place): is not a boolean"]
        case "integer":
            guard let number = value as? NSNumber, !Self.isBoolean(value),
                Double(number.int64Value) == number.doubleValue
            else { return ["\(place): is not an integer"] }
            return []
        case "string": return text(value, schema, place)
        case "array":
            guard let list = value as? [Any], let items = schema["items"] as? [String: Any] else {
                return ["\(place): is not an array"]
            }
            return list.enumerated().flatMap { complaints($1, items, at: "\(place)[\($0)]") }
        case "object": return object(value, schema, place)
        default: return ["\(place): the schema has no type"]
        }
    }

    func resolve(_ reference: String) -> [String: Any]? {
        var node: Any? = document
        guard reference.hasPrefix("#/") else { return nil }
        for part in reference.dropFirst(2).split(separator: "/") {
            node = (node as? [String: Any])?[String(part)]
        }
        return node as? [String: Any]
    }

    private func text(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let text = value as? String else { return ["\(place): is not a string"] }
        if let words = schema["enum"] as? [String], !words.contains(text) {
            return ["\(place): '\(text)' is not one of \(words)"]
        }
        if schema["format"] as? String == "date-time",
            (try? Date(text, strategy: .iso8601)) == nil
        {
            return ["\(place): '\(text)' is not a date"]
        }
        return []
    }

    private func object(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let object = value as? [String: Any] else { return ["\(place): is not an object"] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let required = schema["required"] as? [String] ?? []
        var complaints = required.filter { object[$0] == nil }.map { "\(place): has no \($0)" }
        if schema["additionalProperties"] as? Bool == false {
            complaints += object.keys.filter { properties[$0] == nil }
                .map { "\(place): has \($0), which is not described" }
        }
        for (name, property) in properties {
            guard let member = object[name] else { continue }
            complaints += self.complaints(member, property, at: "\(place).\(name)")
        }
        return complaints
    }

    private static func isBoolean(_ value: Any) -> Bool {
        (value as? NSNumber).map { CFGetTypeIDIsBoolean($0) } ?? false
    }

    /// JSON's true and 1 are both numbers to Foundation; their Objective-C types differ.
    private static func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}
