import Foundation

/// A Redis server for tests, which nobody can reach but by a socket in its temporary folder; it keeps
/// nothing over a crash. Safe from any thread; blocks.
public final class RedisServer: @unchecked Sendable {
    // The shell is used under the lock only.
    private let shell: ServerShell
    private let lock = NSLock()

    /// The program; nil where it is not installed.
    public static let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// What to do where ``program`` is nil.
    public static let remedy = "Redis is not installed; run scripts/setup"

    /// Starts a server.
    /// - Parameter password: asked of every client; empty asks for none.
    public init(password: String = "") throws {
        guard let program = Self.program else {
            throw ServerShell.Fault(description: Self.remedy)
        }
        shell = try ServerShell(
            name: "redis", program: program, script: "password='\(password)'\n" + Self.script)
    }

    // Signals may be blocked in the thread that starts it, and it would never hear of others.
    private static let script = """
        signal=KILL
        begin() {
            "$program" --port 0 --unixsocket "$folder/socket" --dir "$folder" --save '' \
                --appendonly no --requirepass "$password" >>"$folder/log" 2>&1 &
            server=$!
            until [ -S "$folder/socket" ]; do
                kill -0 "$server"
                sleep 0.02
            done
        }
        crash() {
            kill -KILL "$server"
            wait "$server" 2>/dev/null || true
            rm -f "$folder/socket"
        }
        """

    /// Its address, without a password.
    public var url: String { "unix://\(shell.folder)/socket" }

    /// Ends the server in the middle of whatever it does.
    public func crash() throws { try lock.withLock { try shell.crash() } }
    /// Starts it again, empty.
    public func begin() throws { try lock.withLock { try shell.begin() } }
    /// Lets it stand still, connections open, until ``resume()``.
    public func pause() throws { try signal("STOP") }
    public func resume() throws { try signal("CONT") }

    private func signal(_ name: String) throws { try lock.withLock { try shell.signal(name) } }
}
