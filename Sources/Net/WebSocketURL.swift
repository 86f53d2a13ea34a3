/// The parts of a `ws://` or `wss://` address (RFC 6455 §3).
package struct WebSocketURL: Equatable, Sendable {
    /// True for `wss`.
    package let isSecure: Bool
    /// A name or an address; without the brackets of IPv6.
    package let host: String
    package let port: Int
    /// Path and query, beginning with `/`.
    package let target: String
    /// What the `Host` header says: brackets kept, the port only when it is not the scheme's own.
    package let hostHeader: String

    /// Parses an absolute address. `http` and `https` are taken as `ws` and `wss`. Refuses user
    /// names, fragments, spaces and control characters.
    package init(_ url: String) throws(NetError) {
        func malformed(_ reason: String) -> NetError {
            .invalid(what: "WebSocket address \"\(url)\"", reason: reason)
        }
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw malformed("it holds a space or a control character")
        }
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw malformed("it must begin with ws:// or wss://")
        }
        switch url[..<schemeEnd.lowerBound].lowercased() {
        case "ws", "http": isSecure = false
        case "wss", "https": isSecure = true
        default: throw malformed("it must begin with ws:// or wss://")
        }
        let rest = url[schemeEnd.upperBound...]
        guard !rest.contains("#") else { throw malformed("a fragment is not allowed") }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard !authority.contains("@") else {
            throw malformed("a user name is not allowed; send an Authorization header")
        }
        var portText: Substring = ""
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw malformed("\"[\" without \"]\"")
            }
            host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            let after = authority[authority.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw malformed("unexpected text after \"]\"")
            }
            portText = after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = String(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            host = String(authority)
        }
        guard !host.isEmpty else { throw malformed("the host is missing") }
        let ownPort = isSecure ? 443 : 80
        if portText.isEmpty {
            port = ownPort
        } else {
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(portText), (1...65_535).contains(number)
            else { throw malformed("the port must be 1 to 65535") }
            port = number
        }
        let path = rest[authorityEnd...]
        target = path.hasPrefix("/") ? String(path) : "/" + path
        let name = host.contains(":") ? "[\(host)]" : host
        hostHeader = port == ownPort ? name : "\(name):\(port)"
    }
}
