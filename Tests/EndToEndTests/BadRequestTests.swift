import Foundation
import Testing

/// HTTP requests that break the rules, each beside a call that must notice nothing.
@Suite struct BadRequestTests {
    static let daemon = Task {
        try await TestDaemon.start {
            $0.server.headerTimeoutMs = 700
            $0.server.headerBytesMax = 2048
            $0.server.bodyBytesMax = 2048
        }
    }

    /// Sends the bytes and reads what comes until the connection ends.
    private func exchange(_ daemon: TestDaemon, _ request: String) async throws -> HTTPAnswer {
        let port = daemon.port
        return try await blocking {
            let peer = try RawPeer(port: port)
            peer.send(request)
            return peer.answer()
        }
    }

    @Test func aSlowClient() async throws {
        let daemon = try await Self.daemon.value
        let port = daemon.port
        let answer = try await withWitness(daemon) {
            try await blocking {
                let peer = try RawPeer(port: port)
                for byte in "GET /healthz HTTP/1.1\r\nHost: slow.example.com\r\n\r\n".utf8 {
                    guard peer.send([byte]) else { break }
                    usleep(60_000)
                }
                return peer.answer()
            }
        }
        // The answer may be lost with the reset that the bytes after it bring about.
        #expect(answer.status == 408 || answer.head.isEmpty)
        #expect(
            await daemon.logs("request refused", "status=408", "the head took longer than 700 ms"))
    }

    @Test func malformedHTTP() async throws {
        let daemon = try await Self.daemon.value
        let answer = try await withWitness(daemon) {
            try await exchange(daemon, "GARBAGE\u{1} \r\n\r\n")
        }
        #expect(answer.status == 400)
        #expect(await daemon.logs("request refused", "status=400"))
    }

    @Test func wrongMethodsAndPaths() async throws {
        let daemon = try await Self.daemon.value
        try await withWitness(daemon) {
            let voice = try await daemon.get("/twilio/voice")
            #expect(voice.status == 405 && voice.head.contains("Allow: POST"))
            let metrics = try await daemon.http("DELETE", "/metrics")
            #expect(metrics.status == 405 && metrics.head.contains("Allow: GET, HEAD"))
            #expect(try await daemon.get("/twilio/voices").status == 404)
            // No handshake, so no stream.
            #expect(try await daemon.get("/twilio/stream").status >= 400)
            let empty = try await daemon.form("/twilio/voice", [("To", "+15551234567")])
            #expect(empty.status == 400 && empty.body.contains("CallSid is missing"))
        }
    }

    @Test func aBodyTooLarge() async throws {
        let daemon = try await Self.daemon.value
        let answer = try await withWitness(daemon) {
            try await exchange(
                daemon,
                "POST /twilio/voice HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        }
        #expect(answer.status == 413)
        #expect(await daemon.logs("request refused", "status=413"))
    }

    @Test func aHeadTooLarge() async throws {
        let daemon = try await Self.daemon.value
        let answer = try await withWitness(daemon) {
            try await exchange(
                daemon,
                "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: "
                    + String(repeating: "x", count: 2100) + "\r\n\r\n")
        }
        #expect(answer.status == 431)
        #expect(await daemon.logs("request refused", "status=431"))
    }

    @Test func aBodyThatIsNoForm() async throws {
        let daemon = try await Self.daemon.value
        let answer = try await withWitness(daemon) {
            try await daemon.http(
                "POST", "/twilio/voice", headers: ["Content-Type: text/plain"], body: "hello")
        }
        #expect((400..<500).contains(answer.status))
        #expect(await daemon.logs("WARNING webhook refused", "path=/twilio/voice"))
    }
}
