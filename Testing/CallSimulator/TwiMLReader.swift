/// The stream that a TwiML answer connects the call to.
public struct TwiMLStreamTarget: Sendable, Equatable {
    public var url: String
    public var parameters: [String: String]

    public init(url: String, parameters: [String: String]) {
        self.url = url
        self.parameters = parameters
    }
}

/// Finds what a simulator needs in TwiML: the first `<Stream>` and its `<Parameter>`s.
///
/// Reads tags, attributes and references (XML 1.0); not comments, CDATA sections or document types,
/// which TwiML answers have no use for.
public enum TwiMLReader {
    /// The first stream; nil when there is none, or when a tag is broken off.
    public static func stream(in twiML: [UInt8]) -> TwiMLStreamTarget? {
        var target: TwiMLStreamTarget?
        var rest = twiML[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[(open + 1)...]
            guard let tag = takeTag(&rest) else { return nil }
            switch tag.name {
            case "Stream":
                guard target == nil else { return target }
                guard let url = tag.attributes["url"] else { return nil }
                target = TwiMLStreamTarget(url: url, parameters: [:])
                if tag.isClosed { return target }
            case "/Stream": return target
            case "Parameter":
                guard let name = tag.attributes["name"] else { continue }
                target?.parameters[name] = tag.attributes["value"] ?? ""
            default: continue
            }
        }
        return nil
    }

    private struct Tag {
        var name = ""
        var attributes: [String: String] = [:]
        var isClosed = false
    }

    private static func takeTag(_ rest: inout ArraySlice<UInt8>) -> Tag? {
        var tag = Tag()
        tag.name = take(&rest) { !isSpace($0) && $0 != UInt8(ascii: ">") }
        if tag.name.hasSuffix("/"), tag.name.utf8.count > 1 {
            tag.name.removeLast()
            tag.isClosed = true
        }
        while true {
            _ = take(&rest, while: isSpace)
            guard let next = rest.first else { return nil }
            if next == UInt8(ascii: ">") {
                rest.removeFirst()
                return tag
            }
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "?") {
                tag.isClosed = true
                rest.removeFirst()
                continue
            }
            let name = take(&rest) { $0 != UInt8(ascii: "=") && !isSpace($0) }
            _ = take(&rest) { isSpace($0) || $0 == UInt8(ascii: "=") }
            guard let quote = rest.first, quote == 0x22 || quote == 0x27 else { return nil }
            rest.removeFirst()
            tag.attributes[name] = unescape(take(&rest) { $0 != quote })
            guard rest.first == quote else { return nil }
            rest.removeFirst()
        }
    }

    private static func take(
        _ rest: inout ArraySlice<UInt8>, while condition: (UInt8) -> Bool
    ) -> String {
        let taken = rest.prefix(while: condition)
        rest = rest.dropFirst(taken.count)
        return String(decoding: taken, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    private static func unescape(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";") else { break }
            let name = rest[rest.index(after: start)..<end]
            switch name {
            case "amp": result += "&"
            case "lt": result += "<"
            case "gt": result += ">"
            case "quot": result += "\""
            case "apos": result += "'"
            default:
                let code =
                    name.hasPrefix("#x")
                    ? UInt32(name.dropFirst(2), radix: 16)
                    : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
                result.unicodeScalars.append(code.flatMap(Unicode.Scalar.init) ?? "\u{fffd}")
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
