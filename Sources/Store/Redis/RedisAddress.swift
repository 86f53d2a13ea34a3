import Foundation

/// The address of a Redis server: `redis://user:password@host:port/number`, or
/// `unix:///path/of/socket?db=number`.
struct RedisAddress: Sendable, Equatable {
    enum Endpoint: Sendable, Equatable {
        case host(String, port: Int)
        case socket(String)
    }

    let endpoint: Endpoint
    let user: String
    let password: String
    let databaseNumber: Int
    /// For people, without the password.
    let place: String

    /// A fault in an address.
    struct Fault: Error { var reason: String }

    static let standardPort = 6379

    init(_ url: String) throws(Fault) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme else {
            throw Fault(reason: "it begins with redis://, like redis://127.0.0.1:6379/0")
        }
        user = parts.user ?? ""
        password = parts.password ?? ""
        let number: String
        switch scheme {
        case "redis":
            let host = parts.host ?? ""
            guard !host.isEmpty else { throw Fault(reason: "it names no host") }
            let port = parts.port ?? Self.standardPort
            // An address of IPv6 stands in brackets.
            endpoint = .host(
                host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port: port)
            number = String(parts.path.drop { $0 == "/" })
            place = "redis://\(host):\(port)" + (number.isEmpty ? "" : "/\(number)")
        case "unix":
            guard parts.path.utf8.count > 1, parts.host ?? "" == "" else {
                throw Fault(reason: "a socket is written unix:///run/redis/redis.sock")
            }
            endpoint = .socket(parts.path)
            number = parts.queryItems?.first { $0.name == "db" }?.value ?? ""
            place = "unix://\(parts.path)"
        case "rediss":
            throw Fault(reason: "TLS is not spoken to Redis; let a tunnel on this machine do it")
        default: throw Fault(reason: "\(scheme):// is neither redis:// nor unix://")
        }
        guard number.isEmpty || Int(number).map({ (0...1023).contains($0) }) == true else {
            throw Fault(reason: "'\(number)' is not a number of a database")
        }
        databaseNumber = Int(number) ?? 0
    }
}
