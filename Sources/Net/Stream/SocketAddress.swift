import CUV
import Glibc

/// An IP address and port, in the system's form and in ours.
struct SocketAddress {
    private(set) var storage = sockaddr_storage()

    /// From text: a numeric IPv4 or IPv6 address (brackets allowed), `nil` for anything else.
    init?(host: String, port: Int) {
        guard (0...65_535).contains(port) else { return nil }
        let text =
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let isKnown = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                uv_ip4_addr(text, Int32(port), $0) == 0
            }
                || storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    uv_ip6_addr(text, Int32(port), $0) == 0
                }
        }
        guard isKnown else { return nil }
    }

    /// From what the system gave; `nil` for other families.
    init?(_ storage: sockaddr_storage) {
        guard storage.ss_family == AF_INET || storage.ss_family == AF_INET6 else { return nil }
        self.storage = storage
    }

    /// From one entry of a resolver's answer.
    init?(_ info: addrinfo) {
        guard let address = info.ai_addr,
            Int(info.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size
        else { return nil }
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(
                from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
        }
        guard storage.ss_family == AF_INET || storage.ss_family == AF_INET6 else { return nil }
    }

    var isIPv6: Bool { storage.ss_family == AF_INET6 }

    var length: socklen_t {
        socklen_t(isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
    }

    var port: Int {
        withUnsafeBytes(of: storage) { bytes in
            // The port is in network order at the same place in both families.
            Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    /// The address in digits; IPv4 inside IPv6 is written as IPv4.
    var host: String {
        let text = withUnsafePointer(to: storage) { storage in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
                name.initialize(repeating: 0)
                if isIPv6 {
                    storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        _ = uv_ip6_name($0, name.baseAddress, name.count)
                    }
                } else {
                    storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        _ = uv_ip4_name($0, name.baseAddress, name.count)
                    }
                }
                return name.baseAddress.map { String(cString: $0) } ?? ""
            }
        }
        return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    }

    /// Calls the body with the address as the system wants it.
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
