import Foundation

/// What the operating system says of another process.
struct ServerProcess {
    let pid: Int

    /// Processor time so far, in seconds, of all threads.
    var cpuSeconds: Double? {
        guard let text = read("stat"), let paren = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(paren, offsetBy: 2)...].split(separator: " ")
        // After the name: state is field 3, utime 14, stime 15 (proc(5)).
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Memory in use, in KiB.
    var residentKiB: Int? {
        let line = read("status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first
    }

    private func read(_ name: String) -> String? {
        try? String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
    }
}
