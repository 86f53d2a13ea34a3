import Foundation

/// What the operating system says of a process (proc(5)). Reading takes some system calls.
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
    var residentKiB: Int? { kibibytes("VmRSS:", in: "status") }

    /// The same with pages that several processes share counted in parts; slower to read.
    var proportionalKiB: Int? { kibibytes("Pss:", in: "smaps_rollup") }

    private func kibibytes(_ name: String, in file: String) -> Int? {
        let line = read(file)?.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").compactMap { Int($0) }.first
    }

    private func read(_ name: String) -> String? {
        guard pid > 0 else { return nil }
        return try? String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
    }
}
