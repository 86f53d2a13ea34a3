import Glibc

/// Writes the heads of responses into memory that is used again and again. Loop only.
final class HTTPHeadWriter {
    /// What was written since `begin`.
    private(set) var bytes: [UInt8] = []
    private let serverLine: [UInt8]
    private var date: [UInt8] = []
    private var dateSecond = -1

    init(serverName: String) {
        serverLine = serverName.isEmpty ? [] : Array("Server: \(serverName)\r\n".utf8)
        bytes.reserveCapacity(32_768)
    }

    /// How the end of the body is told.
    enum Framing {
        case length(Int)
        case chunked
        /// The connection's end is the body's end.
        case untilClose
        /// The status or method allows no body, and no field tells its length.
        case none
    }

    /// Writes a head, up to and with the empty line.
    func begin(
        _ response: HTTPResponse, framing: Framing, version: HTTPVersion, keepsAlive: Bool
    ) {
        bytes.removeAll(keepingCapacity: true)
        add("HTTP/1.1 ")
        add(response.status)
        add(" ")
        add(HTTPResponse.reason(for: response.status))
        add("\r\n")
        var hasDate = false
        var hasServer = false
        for (name, value) in response.headers {
            if Self.isOurs(name) { continue }
            hasDate = hasDate || HTTPHeaders.same(name, "date")
            hasServer = hasServer || HTTPHeaders.same(name, "server")
            addField(name, value)
        }
        if !hasDate { addDate() }
        if !hasServer { bytes.append(contentsOf: serverLine) }
        switch framing {
        case .length(let count):
            add("Content-Length: ")
            add(count)
            add("\r\n")
        case .chunked: add("Transfer-Encoding: chunked\r\n")
        case .untilClose, .none: break
        }
        if !keepsAlive {
            add("Connection: close\r\n")
        } else if version == .http10 {
            add("Connection: keep-alive\r\n")
        }
        add("\r\n")
    }

    /// Adds a body behind the head.
    func append(_ body: some Collection<UInt8>) {
        bytes.append(contentsOf: body)
    }

    /// Gives back memory after a large response.
    func trim() {
        if bytes.capacity > 262_144 {
            bytes = []
            bytes.reserveCapacity(32_768)
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        HTTPHeaders.same(name, "content-length") || HTTPHeaders.same(name, "transfer-encoding")
            || HTTPHeaders.same(name, "connection")
    }

    private func add(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private func add(_ number: Int) {
        var rest = number
        var divisor = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Line ends inside a value would end the field, and let whoever chose it add fields of their
    /// own: control characters are left out.
    private func addField(_ name: String, _ value: String) {
        for byte in name.utf8 where byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":") {
            bytes.append(byte)
        }
        add(": ")
        for byte in value.utf8 where (byte >= 0x20 && byte != 0x7F) || byte == 0x09 {
            bytes.append(byte)
        }
        add("\r\n")
    }

    private func addDate() {
        let now = time(nil)
        if now != dateSecond {
            dateSecond = now
            date = Array("Date: \(Self.dateText(now))\r\n".utf8)
        }
        bytes.append(contentsOf: date)
    }

    /// The time in the form of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func dateText(_ seconds: Int) -> String {
        var when = seconds
        var parts = tm()
        gmtime_r(&when, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day) \(1900 + parts.tm_year) \(clock) GMT"
    }
}
