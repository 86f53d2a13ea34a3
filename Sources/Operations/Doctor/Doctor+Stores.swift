import Assembly
import Foundation
import Glibc
import Store

/// What is kept, and the room for it.
extension Doctor {
    /// Records, and what calls by `<Gather>` and text messages remember.
    package func stores() -> [Finding] { [database(), state()] }

    private func database() -> Finding {
        let isFile = configuration.store.url.isEmpty
        do {
            let database = try Stores.openDatabase(configuration.store)
            defer { database.close() }
            return ok("database", "\(database.path), schema \(try database.schemaVersion())")
        } catch {
            return fail(
                "database", isFile ? "\(configuration.store.path): \(error)" : "\(error)",
                remedy: isFile
                    ? "see its owner and rights; a damaged file is replaced by its last backup"
                    : "see that the server runs, and what store.url says")
        }
    }

    private func state() -> Finding {
        guard !configuration.state.url.isEmpty else {
            return ok("call state", "in the process: a restart forgets calls by <Gather>")
        }
        do {
            let state = try Stores.openState(configuration.state)
            defer { state.close() }
            let outcome = BlockingResult<[UInt8]?>()
            state.value(for: "doctor", completion: outcome.take)
            _ = try outcome.get()
            return ok("call state", "in Redis, which answers")
        } catch {
            return fail(
                "call state", "\(error)",
                remedy: "see that the server runs, and what state.url says")
        }
    }

    private static let megabytesMin = 100
    private static let megabytesWarned = 500
    private static let probeBytes = 1 << 20

    package func disk() -> [Finding] {
        var folders: [String] = []
        if configuration.store.url.isEmpty, configuration.store.path != ":memory:" {
            folders.append(URL(filePath: configuration.store.path).deletingLastPathComponent().path)
        }
        if !configuration.cache.directory.isEmpty {
            folders.append(configuration.cache.directory)
        }
        return folders.map(disk)
    }

    private func disk(_ folder: String) -> Finding {
        let subject = "disk"
        if let reason = Self.writeProbe(in: folder) {
            return fail(
                subject, "1 MB can't be written in \(folder): \(reason)",
                remedy: "free some space or lift the limit, and give this user the right to write")
        }
        var state = statvfs()
        guard statvfs(folder, &state) == 0 else {
            return warn(
                subject, "the space in \(folder) can't be read", remedy: "look at it with df")
        }
        let megabytes = Int(state.f_bavail) * Int(state.f_frsize) / 1_000_000
        let words = "\(megabytes) MB are left in \(folder)"
        if megabytes < Self.megabytesMin { return fail(subject, words, remedy: "free some") }
        if megabytes < Self.megabytesWarned { return warn(subject, words, remedy: "free some") }
        return ok(subject, words)
    }

    /// Writes, syncs and removes a file, as quotas and limits show only then.
    /// - Returns: why it can't be; nil where it can.
    private static func writeProbe(in folder: String) -> String? {
        let path = folder + "/.streamd-doctor-\(getpid())"
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer {
            close(descriptor)
            unlink(path)
        }
        let bytes = [UInt8](repeating: 0x5A, count: probeBytes)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return String(cString: strerror(errno)) }
            written += count
        }
        return fsync(descriptor) == 0 ? nil : String(cString: strerror(errno))
    }
}
