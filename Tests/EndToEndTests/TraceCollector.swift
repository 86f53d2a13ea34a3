import Foundation
import Net
import Wire

/// A collector of traces in a process of its own: Python's HTTP server, which knows nothing of ours.
final class TraceCollector {
    struct Span {
        var json: JSONValue
        var name: String { json["name"]?.stringValue ?? "" }
        var traceID: String { json["traceId"]?.stringValue ?? "" }
        var spanID: String { json["spanId"]?.stringValue ?? "" }
        var parentID: String { json["parentSpanId"]?.stringValue ?? "" }
        var startNanos: UInt64 { UInt64(json["startTimeUnixNano"]?.stringValue ?? "") ?? 0 }
        var endNanos: UInt64 { UInt64(json["endTimeUnixNano"]?.stringValue ?? "") ?? 0 }

        func attribute(_ name: String) -> JSONValue? {
            json["attributes"]?.arrayValue?.first { $0["key"]?.stringValue == name }?["value"]
        }
    }

    private let process = Process()
    private let output = Pipe()
    let endpoint: String

    /// - Parameters:
    ///   - failures: so many requests are answered with 503 first.
    ///   - status: what the others are answered with.
    init(failures: Int = 0, status: Int = 200) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", Self.program(failures, status)]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var port = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
            port.append(Character(UnicodeScalar(byte)))
        }
        guard Int(port) != nil else { throw PeerFault(what: "the collector did not start") }
        endpoint = "http://127.0.0.1:\(port)"
    }

    deinit { end() }

    /// For good: a process may have been started where SIGTERM is blocked.
    private func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private static func program(_ failures: Int, _ status: Int) -> String {
        """
        import http.server, json, os, threading
        failures = \(failures)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                global failures
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = \(status)
                if failures > 0:
                    failures, status = failures - 1, 503
                if status == 200:
                    kind = self.headers["Content-Type"]
                    print(json.dumps({"path": self.path, "type": kind, "body": body}))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            def log_message(self, *arguments):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port)
        threading.Timer(120, os._exit, [1]).start()
        server.serve_forever()
        """
    }

    /// Ends the collector and hands out what it has taken.
    func stop() throws -> [JSONValue] {
        end()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        return try data.split(separator: 0x0A).map { line in
            let bytes = Array(line)
            return try JSONValue(parsing: bytes.span)
        }
    }

    static func spans(_ requests: [JSONValue]) -> [Span] {
        requests.flatMap { request in
            (request["body"]?["resourceSpans"]?.arrayValue ?? []).flatMap { resource in
                (resource["scopeSpans"]?.arrayValue ?? []).flatMap { scope in
                    (scope["spans"]?.arrayValue ?? []).map { Span(json: $0) }
                }
            }
        }
    }
}
