import Glibc

/// The process that listens on a TCP port, as far as `/proc` tells.
///
/// Sources: proc_net(5) for the table of sockets, proc_pid_fd(5) for their owners. Of processes of
/// other users nothing is known without privileges.
enum PortHolder {
    /// "process 4711 (streamd serve)", or nil where it cannot be found out. Blocking, for errors only:
    /// it looks at all processes.
    static func describe(port: Int) -> String? {
        var inodes: Set<Substring> = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in text(of: table).split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == listening,
                    let digits = fields[1].split(separator: ":").last,
                    Int(digits, radix: 16) == port
                else { continue }
                inodes.insert(fields[9])
            }
        }
        guard !inodes.isEmpty else { return nil }
        let links = Set(inodes.map { "socket:[\($0)]" })
        for process in entries(of: "/proc") where process.utf8.allSatisfy(isDigit) {
            let folder = "/proc/\(process)/fd"
            for descriptor in entries(of: folder)
            where target(of: "\(folder)/\(descriptor)").map(links.contains) == true {
                let command = text(of: "/proc/\(process)/cmdline").split(separator: "\0")
                    .joined(separator: " ")
                return "process \(process)" + (command.isEmpty ? "" : " (\(command.prefix(200)))")
            }
        }
        return nil
    }

    /// TCP_LISTEN in the kernel's table.
    private static let listening: Substring = "0A"

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < bytesMax {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[0..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A line has 150 bytes; a machine with more sockets than that is told no name.
    private static let bytesMax = 16_777_216

    private static func entries(of folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func target(of link: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(link, $0, text.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: bytes[0..<count], as: UTF8.self) : nil
    }
}
