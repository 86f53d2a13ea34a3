import Foundation
import Net
import Testing

/// A Python with independent implementations, where there is one: `STREAMD_TEST_PYTHON`, or
/// Debian's, for which scripts/setup installs `websockets` and `hypercorn`. Elsewhere they are looked
/// for, not required.
enum PythonPeer {
    static let path =
        ProcessInfo.processInfo.environment["STREAMD_TEST_PYTHON"] ?? "/usr/bin/python3"

    static func has(_ module: String) -> Bool {
        guard let process = try? start("import \(module)") else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Runs a program; what it prints goes to `output`.
    static func start(_ program: String, output: Pipe? = nil, folder: String? = nil) throws
        -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [path, "-u", "-c", program]
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = output ?? FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Ends it at once: a server that is asked to (SIGTERM) waits for connections that are kept.
    static func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Reads lines until one holds `text`; nil when the program ends first.
    static func line(with text: String, from pipe: Pipe) -> String? {
        var line: [UInt8] = []
        while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first {
            if byte != 0x0A {
                line.append(byte)
                continue
            }
            let whole = String(decoding: line, as: UTF8.self)
            if whole.contains(text) { return whole }
            line = []
        }
        return nil
    }
}

@Suite(.enabled(if: PythonPeer.has("websockets"))) struct WebSocketInteropTests {
    static let sizes = "[0, 1, 125, 126, 4096, 65535, 65536]"

    @Test func pythonClientTalksToOurServer() throws {
        var limits = WebSocketLimits()
        limits.messageBytesMax = 100_000
        let server = try WebSocketTestServer(limits: limits)
        defer { server.close() }
        let output = Pipe()
        let client = try PythonPeer.start(
            """
            import asyncio, websockets
            async def talk():
                async with websockets.connect("ws://127.0.0.1:\(server.server.port)/echo") as ws:
                    for size in \(Self.sizes):
                        await ws.send("é" * (size // 2))
                        assert await ws.recv() == "é" * (size // 2)
                        await ws.send(b"\\x00\\xff" * (size // 2))
                        assert await ws.recv() == b"\\x00\\xff" * (size // 2)
                    await ws.send(["Hel", "lo ", "κόσμε"])
                    assert await ws.recv() == "Hello κόσμε"
                    await asyncio.wait_for(await ws.ping(), 5)
                    await ws.close(4000, "bye")
                    print("close", ws.close_code, "done")
            asyncio.run(talk())
            """, output: output)
        #expect(PythonPeer.line(with: "done", from: output) == "close 4000 done")
        client.waitUntilExit()
        #expect(client.terminationStatus == 0)
    }

    @Test func ourClientTalksToAPythonServer() throws {
        let output = Pipe()
        let peer = try PythonPeer.start(
            """
            import asyncio, websockets
            async def echo(ws):
                async for message in ws:
                    if message == "leave":
                        await ws.close(4001, "left")
                        break
                    await ws.send(message)
            async def run():
                server = await websockets.serve(echo, "127.0.0.1", 0, max_size=None)
                print("port", server.sockets[0].getsockname()[1])
                await server.wait_closed()
            asyncio.run(run())
            """, output: output)
        defer { PythonPeer.end(peer) }
        let line = try #require(PythonPeer.line(with: "port", from: output))
        let port = try #require(line.split(separator: " ").last)
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let handler = RecordingHandler()
        let messages = [0, 1, 125, 126, 4096, 60_000].map { String(repeating: "a", count: $0) }
        handler.onOpened = { socket in
            for message in messages { socket.send(message) }
            socket.send("leave")
        }
        let loop = group.loops[0]
        loop.execute {
            WebSocket.connect(loop: loop, url: "ws://127.0.0.1:\(port)/", handler: handler)
        }
        #expect(handler.heard.take() == .opened)
        for message in messages { #expect(handler.heard.take() == .text(message)) }
        #expect(handler.heard.take() == .closed(4001, "left"))
    }
}

@Suite(.enabled(if: PythonPeer.has("hypercorn"))) struct HTTPClientInteropTests {
    @Test func requestsShareOneHTTP2Connection() async throws {
        let certificate = try #require(TestCertificate.paths)
        let output = Pipe()
        let peer = try PythonPeer.start(
            """
            import asyncio, socket
            from hypercorn.asyncio import serve
            from hypercorn.config import Config
            async def app(scope, receive, send):
                if scope["type"] == "lifespan": return
                body = b""
                while True:
                    event = await receive()
                    body += event.get("body", b"")
                    if not event.get("more_body"): break
                await asyncio.sleep(0.02)
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": body + b" over " +
                            scope["http_version"].encode()})
            listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen()
            config = Config()
            config.bind = ["fd://%d" % listener.fileno()]
            config.certfile, config.keyfile = "\(certificate.certificate)", "\(certificate.key)"
            print("port", listener.getsockname()[1])
            asyncio.run(serve(app, config))
            """, output: output)
        defer { PythonPeer.end(peer) }
        let line = try #require(PythonPeer.line(with: "port", from: output))
        let port = try #require(line.split(separator: " ").last)
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let client = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                var options = HTTPClientOptions()
                options.proxy = ""
                options.tls.caFile = certificate.certificate
                continuation.resume(with: Result { try HTTPClient(loop: loop, options: options) })
            }
        }
        let url = "https://localhost:\(port)/"
        for attempt in 0..<100 {
            // The Python server needs a moment before it accepts.
            let warmed = await Result { try await client.data(for: HTTPClientRequest(url: url)) }
            if case .success = warmed { break }
            try #require(attempt < 99)
            try await Task.sleep(for: .milliseconds(50))
        }
        let answers = try await withThrowingTaskGroup(of: HTTPClientResponse.self) { tasks in
            for index in 0..<8 {
                tasks.addTask {
                    try await client.data(
                        for: HTTPClientRequest(
                            method: "POST", url: url, body: .bytes(Array("\(index)".utf8))))
                }
            }
            var all: [HTTPClientResponse] = []
            for try await answer in tasks { all.append(answer) }
            return all
        }
        let bodies = Set(answers.map { String(decoding: $0.body, as: UTF8.self) })
        #expect(bodies == Set((0..<8).map { "\($0) over 2" }))
        #expect(answers.allSatisfy { $0.summary.reusedConnection })
    }
}

extension Result where Success: Sendable {
    init(catching body: () async throws(Failure) -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
