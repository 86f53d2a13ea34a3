import CPostgres

/// The address of a PostgreSQL database: `postgres://user:password@host:port/database?key=value`.
struct PostgresAddress: Sendable {
    /// As it was given; libpq reads it, and what it leaves open comes from `PGPASSWORD`, `~/.pgpass`
    /// and the like.
    let url: String
    /// For people, without the password.
    let place: String

    /// A fault in an address.
    struct Fault: Error { var reason: String }

    init(_ url: String) throws(Fault) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw Fault(
                reason: "it begins with postgres://, like postgres://streamd@db.example/streamd")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            let reason = message.map { String(cString: $0) } ?? "it can't be read"
            PQfreemem(message)
            // libpq repeats the address, and with it the password.
            throw Fault(
                reason: reason.replacing(url, with: "the address").filter { $0 != "\n" })
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        // libpq finds this out only when it connects.
        let ports = (values["port"] ?? "").split(separator: ",")
        guard ports.allSatisfy({ UInt16($0) != nil }) else {
            throw Fault(reason: "'\(ports.joined(separator: ","))' is not a port")
        }
        self.url = url
        let host = values["host"] ?? values["hostaddr"] ?? ""
        let name = values["dbname"] ?? values["user"] ?? ""
        let port = values["port"].map { ":" + $0 } ?? ""
        place =
            host.hasPrefix("/")
            ? "postgres:///\(name)?host=\(host)" : "postgres://\(host)\(port)/\(name)"
    }
}
