import Foundation

/// A server program in a temporary folder of its own, kept by a shell that ends it and removes the
/// folder when this process ends, however it does. For one thread at a time; blocks.
///
/// The shell is a script with the functions `begin`, which starts the program and waits until it
/// answers, and `crash`, which ends it without any leave; they share `$folder`, `$program`, and
/// `$signal`, by which the program is ended.
final class ServerShell {
    struct Fault: Error, CustomStringConvertible { let description: String }

    let folder: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    private static let frame = """
        set -euo pipefail
        folder=$1
        program=$2
        server=
        signal=INT
        finish() {
            [ -z "$server" ] || { kill -"$signal" "$server" && wait "$server" 2>/dev/null || true; }
            rm -rf "$folder"
        }
        trap finish EXIT
        """
    private static let orders = """

        begin
        echo done
        while read -r word; do
            case $word in
                begin) begin ;;
                crash) crash; server= ;;
                end) exit ;;
                *) kill -"$word" "$server" ;;
            esac
            echo done
        done
        """

    /// - Parameters:
    ///   - name: begins the folder's name.
    ///   - program: what `$program` is.
    init(name: String, program: String, script: String) throws {
        // A socket's path may have 107 bytes.
        folder = "/tmp/streamd-\(name)-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", Self.frame + "\n" + script + Self.orders, "server", folder, program,
        ]
        process.standardInput = input
        process.standardOutput = output
        // A child that holds another's pipe would keep it from hearing that this process has ended.
        for handle in [input.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        try process.run()
        do {
            try waitUntilDone()
        } catch {
            end()
            throw error
        }
    }

    deinit { end() }

    /// Ends the program in the middle of whatever it does.
    func crash() throws { try tell("crash") }
    /// Starts it again with the same files.
    func begin() throws { try tell("begin") }

    /// Sends it a signal, by its name without SIG.
    func signal(_ name: String) throws { try tell(name) }

    private func tell(_ word: String) throws {
        guard send(word) else { throw Fault(description: "a server of the tests has ended") }
        try waitUntilDone()
    }

    /// Writes a line to the shell. Where that has ended, SIGPIPE must not end this process too.
    /// - Returns: whether it took it.
    private func send(_ word: String) -> Bool {
        var brokenPipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&brokenPipe)
        sigaddset(&brokenPipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let line = Array((word + "\n").utf8)
        let isTaken =
            write(input.fileHandleForWriting.fileDescriptor, line, line.count) == line.count
        if !isTaken {
            var atOnce = timespec()
            sigtimedwait(&brokenPipe, nil, &atOnce)
        }
        return isTaken
    }

    private func waitUntilDone() throws {
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.readData(ofLength: 1)
            guard !data.isEmpty else {
                let log = try? String(contentsOfFile: folder + "/log", encoding: .utf8)
                throw Fault(description: "a server of the tests has ended: \(log ?? "no log")")
            }
            line += String(decoding: data, as: UTF8.self)
        }
    }

    private func end() {
        _ = send("end")
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
