import Foundation

/// A PostgreSQL cluster for tests and benchmarks, which nobody can reach but by a socket in its
/// temporary folder. Safe from any thread; blocks.
public final class PostgresServer: @unchecked Sendable {
    // The shell is used under the lock only.
    private let shell: ServerShell
    private let lock = NSLock()
    private static let user = "postgres"

    /// The folder of Debian's newest server programs; nil where there are none.
    public static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
            .map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") }
    }()

    /// What to do where ``programs`` is nil.
    public static let remedy = "PostgreSQL is not installed; run scripts/setup"

    /// Makes a cluster and starts it; a second or two.
    /// - Parameter syncs: whether commits wait for the disk. Without, what is committed outlives a
    ///   crash of the server all the same, but not one of the machine.
    public init(syncs: Bool) throws {
        guard let programs = Self.programs else {
            throw ServerShell.Fault(description: Self.remedy)
        }
        shell = try ServerShell(
            name: "postgres", program: programs,
            script: "fsync=\(syncs ? "on" : "off")\n" + Self.script)
    }

    /// initdb refuses to be root, and Debian's package brings a user.
    private static let script = """
        as=()
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$folder"
            as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
        fi
        touch "$folder/log"
        cd "$folder"
        "${as[@]}" "$program/initdb" --pgdata "$folder/data" --username postgres --auth trust \
            --encoding UTF8 --locale C --no-sync >>"$folder/log" 2>&1
        begin() {
            "${as[@]}" "$program/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= \
                -c fsync=$fsync -c max_connections=200 >>"$folder/log" 2>&1 &
            server=$!
            until "$program/pg_isready" --quiet --host "$folder" --username postgres; do
                kill -0 "$server"
                sleep 0.05
            done
        }
        crash() {
            kill -QUIT "$server"
            wait "$server" 2>/dev/null || true
        }
        """

    /// Ends the server in the middle of whatever it does.
    public func crash() throws { try lock.withLock { try shell.crash() } }
    /// Starts it again with the same files.
    public func begin() throws { try lock.withLock { try shell.begin() } }

    /// Makes a schema that nobody else uses.
    /// - Returns: the address of it.
    public func makeSchema() throws -> String {
        let name = "t_" + UUID().uuidString.replacing("-", with: "").lowercased()
        try run("CREATE SCHEMA \(name)", at: url(options: ""))
        return url(options: "&options=-csearch_path%3D\(name)&application_name=\(name)")
    }

    private func url(options: String) -> String {
        "postgres://\(Self.user)@/postgres?host=\(shell.folder)\(options)"
    }

    /// Runs a script by the server's own client.
    /// - Returns: what it printed, columns apart by `|`.
    @discardableResult
    public func run(_ script: String, at url: String) throws -> String {
        let process = try client(url, ["--command", script])
        let output = process.output.fileHandleForReading.readDataToEndOfFile()
        process.process.waitUntilExit()
        guard process.process.terminationStatus == 0 else {
            throw ServerShell.Fault(description: "psql could not do this: \(script)")
        }
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Runs a script in a transaction and holds what it locked until `release` is called.
    public func hold(_ script: String, at url: String) throws -> Held {
        let process = try client(url, ["--file", "-"])
        try process.input.fileHandleForWriting.write(
            contentsOf: Data("BEGIN; \(script);\n\\echo held\n".utf8))
        while true {
            let data = process.output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw ServerShell.Fault(description: "psql has ended") }
            if String(decoding: data, as: UTF8.self).contains("held") { return Held(process) }
        }
    }

    /// Locks that are held by another program.
    public final class Held {
        private let client: Client
        fileprivate init(_ client: Client) { self.client = client }

        public func release() {
            try? client.input.fileHandleForWriting.close()
            client.process.waitUntilExit()
        }
    }

    fileprivate struct Client {
        var process: Process
        var input: Pipe
        var output: Pipe
    }

    private func client(_ url: String, _ arguments: [String]) throws -> Client {
        let client = Client(process: Process(), input: Pipe(), output: Pipe())
        client.process.executableURL = URL(filePath: (Self.programs ?? "") + "/psql")
        client.process.arguments =
            [
                "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set",
                "ON_ERROR_STOP=1", "--dbname", url,
            ] + arguments
        client.process.standardInput = client.input
        client.process.standardOutput = client.output
        try client.process.run()
        return client
    }
}
