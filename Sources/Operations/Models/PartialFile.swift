import Foundation
import Wire

/// A file on its way: written beside its place, moved there when it is whole and right, and gone on
/// with where it was left. One process at a time, held by a lock on the file.
package final class PartialFile {
    package let path: String
    private let target: String
    private let descriptor: Int32
    private var digest: SHA256
    private(set) var byteCount = 0

    /// Opens what is there, or makes it, and reads it for its sum. Blocking.
    /// - Parameter target: where it goes in the end.
    package init(target: String) throws(ModelError) {
        self.target = target
        path = target + ".part"
        let folder = URL(filePath: target).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreate("the folder \(folder) can't be made: \(error.localizedDescription)")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .cannotCreate("\(path) can't be written: \(Self.reason)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isStill(descriptor, at: path) else {
            close(descriptor)
            throw .busy(path: path)
        }
        guard let digest = SHA256() else {
            close(descriptor)
            throw .disk("no SHA-256 can be reckoned; is OpenSSL whole?")
        }
        self.descriptor = descriptor
        self.digest = digest
        try readWhatIsThere()
    }

    deinit { close(descriptor) }

    private static var reason: String { String(cString: strerror(errno)) }

    /// Whoever held the lock may have put the file into its place in between: it is not ours to write.
    private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
        var (opened, there) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && stat(path, &there) == 0
            && opened.st_ino == there.st_ino && opened.st_dev == there.st_dev
    }

    private func readWhatIsThere() throws(ModelError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw .disk("\(path) can't be read: \(Self.reason)") }
            if count == 0 { return }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            byteCount += count
        }
    }

    /// Adds bytes at the end. Blocking.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(ModelError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .disk(
                    "\(path) can't be written: \(Self.reason); free some space and pull again")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        digest.update(bytes)
        byteCount += bytes.count
    }

    /// Begins anew.
    package func truncate() throws(ModelError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0,
            let digest = SHA256()
        else { throw .disk("\(path) can't be emptied: \(Self.reason)") }
        self.digest = digest
        byteCount = 0
    }

    /// Puts the file into its place if it is what it should be; otherwise removes it, since going on
    /// with it would lead nowhere.
    package func finish(sha256: String) throws(ModelError) {
        let found = digest.finish()
        guard found == sha256 else {
            unlink(path)
            throw .badContents(
                "what came has the SHA-256 \(found), not \(sha256); it was thrown away")
        }
        guard isModel() else {
            unlink(path)
            throw .badContents("what came is not a ggml model of Whisper; it was thrown away")
        }
        guard fsync(descriptor) == 0, rename(path, target) == 0 else {
            throw .disk("\(path) can't be moved to \(target): \(Self.reason)")
        }
    }

    /// Nobody can go on with it.
    package func remove() { unlink(path) }

    /// ggml's files begin with these letters, backwards.
    private func isModel() -> Bool {
        var head = [UInt8](repeating: 0, count: 4)
        return pread(descriptor, &head, 4, 0) == 4 && head.elementsEqual("lmgg".utf8)
    }
}
