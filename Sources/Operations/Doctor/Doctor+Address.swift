import Assembly
import Foundation
import Glibc
import Net
import Wire

/// The port that is listened on, and whether the public address leads to it.
extension Doctor {
    package func address() -> [Finding] {
        let port = configuration.server.port
        switch Self.binding(host: configuration.server.host, port: port) {
        case .free: return knock(port)
        case .taken:
            // The daemon may be running already: then it is asked.
            guard isDaemon(localURL) else {
                return [
                    fail(
                        "port", "\(port) is taken by another program",
                        remedy: "stop that program (ss -ltnp shows it), or set server.port"),
                    notAsked("the port is another program's"),
                ]
            }
            return [ok("port", "\(port) is held by streamd, which is running")]
                + reach { self.isDaemon($0) }
        case .refused(let reason):
            return [
                fail(
                    "port", "\(port) on \(configuration.server.host) can't be taken: \(reason)",
                    remedy: "set server.host and server.port to what this machine has"),
                notAsked("nothing can listen"),
            ]
        }
    }

    private func notAsked(_ why: String) -> Finding {
        warn("public address", "not asked: \(why)", remedy: "fix the port first")
    }

    /// Listens for a moment and looks whether the public address leads here.
    private func knock(_ port: Int) -> [Finding] {
        let word = String(UInt64.random(in: UInt64.min...UInt64.max), radix: 36)
        let server: HTTPServer
        do {
            var options = HTTPServerOptions(configuration.server)
            options.port = port
            server = try HTTPServer(group: client.loops, options: options) { _ in
                { request, responder in
                    responder.respond(
                        HTTPResponse(status: 200, contentType: "text/plain", body: word + "\n"))
                }
            }
        } catch {
            return [
                fail(
                    "port", "\(port): \(error)",
                    remedy: "see server.host, server.tlsCertificate and server.tlsKey"),
                notAsked("nothing can listen"),
            ]
        }
        defer { server.close() }
        return [ok("port", "\(port) is free")]
            + reach { url in
                guard case .success(let response) = self.ask(url) else { return false }
                return response.status == 200
                    && response.body.starts(with: Array(word.utf8))
            }
    }

    // MARK: - The public address

    private static let healthPath = "/twilio/health"

    private func reach(_ isHere: (String) -> Bool) -> [Finding] {
        let subject = "public address"
        let url = publicURL
        guard !url.isEmpty else {
            return [
                warn(
                    subject, "none: the Host header of each request is believed",
                    remedy: "set twilio.publicURL, or PUBLIC_URL in the environment")
            ]
        }
        guard isHere(url + Self.healthPath) else { return [unreached(url)] }
        let words = "\(url) leads here; \(url)/twilio/voice is the webhook for calls"
        guard !url.hasPrefix("https://") else { return [ok(subject, words)] }
        // The configuration takes no other address without https.
        return [
            warn(
                subject, "\(url) leads here, from this machine only",
                remedy: "put a proxy or tunnel with a certificate before it, or set "
                    + "server.tlsCertificate")
        ]
    }

    private func unreached(_ url: String) -> Finding {
        let why: String
        switch ask(url + Self.healthPath) {
        case .failure(let error): why = "\(error)"
        case .success(let response): why = "somebody else answers there (\(response.status))"
        }
        return fail(
            "public address", "\(url) does not lead here: \(why)",
            remedy: "see that DNS, firewall, and proxy or tunnel lead it to port "
                + "\(configuration.server.port) of this machine")
    }

    private var localURL: String {
        let scheme = configuration.server.tlsCertificate.isEmpty ? "http" : "https"
        let host = configuration.server.host
        let isAny = host == "0.0.0.0" || host == "::"
        let name = isAny ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name):\(configuration.server.port)\(Self.healthPath)"
    }

    /// True when a streamd answers there.
    private func isDaemon(_ url: String) -> Bool {
        guard case .success(let response) = ask(url), response.status == 200,
            let json = try? JSONValue(parsing: response.body.span)
        else { return false }
        return json["active_calls"]?.intValue != nil && json["version"]?.stringValue != nil
    }

    private func ask(_ url: String) -> Result<HTTPClientResponse, NetError> {
        var request = HTTPClientRequest(url: url)
        request.totalTimeoutMs = Self.answerMs
        request.firstByteTimeoutMs = Self.answerMs
        request.connectTimeoutMs = Self.answerMs
        return client.send(request)
    }

    // MARK: - The port

    package enum Binding: Equatable {
        case free, taken
        case refused(String)
    }

    /// Whether the port could be listened on. The daemon's sockets share their port with one another,
    /// so this one must not: it would take calls from a running daemon. Wraps `bind`.
    package static func binding(host: String, port: Int) -> Binding {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let info = found else {
            return .refused(String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        let address = info.pointee
        let descriptor = socket(address.ai_family, address.ai_socktype, 0)
        guard descriptor >= 0 else { return .refused(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var one: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return .free }
        return errno == EADDRINUSE ? .taken : .refused(String(cString: strerror(errno)))
    }
}
