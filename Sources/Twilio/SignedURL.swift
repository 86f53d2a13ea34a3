/// A URL cut at the places where Twilio's spelling of it may differ from ours.
struct SignedURL {
    private var scheme: Substring
    private var userInfo: Substring
    /// Name, or address in its brackets.
    private var host: Substring
    /// Digits, without the colon; nil when there is none.
    private var port: Substring?
    /// Path and query, from the first slash or question mark on.
    private var rest: Substring
    private let whole: String

    init(_ url: String) {
        whole = url
        let afterScheme: Substring
        if let mark = url.range(ofASCII: "://") {
            scheme = url[..<mark.lowerBound]
            afterScheme = url[mark.upperBound...]
        } else {
            scheme = ""
            afterScheme = url[...]
        }
        let end = afterScheme.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" }
        var authority = afterScheme[..<(end ?? afterScheme.endIndex)]
        rest = afterScheme[(end ?? afterScheme.endIndex)...]
        userInfo = ""
        if let at = authority.lastIndex(of: "@") {
            userInfo = authority[...at]
            authority = authority[authority.index(after: at)...]
        }
        host = authority
        port = nil
        if let colon = authority.lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            // The colons of an address in brackets are no port's.
            if !digits.contains("]"), digits.allSatisfy(\.isASCIIDigit) {
                host = authority[..<colon]
                port = digits.isEmpty ? nil : digits
            }
        }
    }

    /// As it is, without its port, and, when it has none, with the standard one of its scheme.
    var portVariants: [String] {
        guard !scheme.isEmpty else { return [whole] }
        let standard = scheme == "https" || scheme == "wss" ? "443" : "80"
        var variants = [whole]
        if port == nil { variants.append(spell(scheme, port: Substring(standard), rest)) }
        variants.append(spell(scheme, port: nil, rest))
        return variants.unique
    }

    /// For each spelling of the scheme and of the path's end, one URL with the port as it is.
    var handshakeVariants: [String] {
        let isSecure = scheme == "wss" || scheme == "https"
        let schemes: [Substring] = isSecure ? ["wss", "https"] : ["ws", "http"]
        let endings: [Substring] =
            rest.hasSuffix("/") ? [rest, rest.dropLast()] : [rest, rest + "/"]
        return schemes.flatMap { scheme in
            endings.map { spell(scheme, port: port, $0) }
        }
    }

    /// The value of a parameter of the query that needs no decoding.
    func queryValue(_ name: String) -> String? {
        guard let mark = rest.firstIndex(of: "?") else { return nil }
        let query = rest[rest.index(after: mark)...].prefix { $0 != "#" }
        for part in query.split(separator: "&") where part.hasPrefix(name + "=") {
            return String(part.dropFirst(name.count + 1))
        }
        return nil
    }

    private func spell(_ scheme: Substring, port: Substring?, _ rest: Substring) -> String {
        "\(scheme)://\(userInfo)\(host)\(port.map { ":\($0)" } ?? "")\(rest)"
    }
}

extension String {
    fileprivate func range(ofASCII mark: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(mark) {
                return start..<index(start, offsetBy: mark.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension [String] {
    /// Without repetitions, in the same order.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
