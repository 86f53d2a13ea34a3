import Foundation
import Glibc
import Net
import Synchronization
import TestSupport
import Testing

let certificatesFolder = FileManager.default.temporaryDirectory
    .appendingPathComponent("net-tests-\(UUID().uuidString)")

/// Two authorities and their certificates for localhost, made by the openssl command.
final class Certificates: Sendable {
    let folder: URL

    static let shared: Result<Certificates, any Error> = Result { try Certificates() }

    private init() throws {
        folder = certificatesFolder
        atexit { try? FileManager.default.removeItem(at: certificatesFolder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("subjectAltName=DNS:localhost,DNS:*.example.test,IP:127.0.0.1\n".utf8)
            .write(to: folder.appendingPathComponent("names"))
        for name in ["one", "two"] {
            try run(
                """
                req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2
                -subj /CN=authority-\(name) -keyout \(name)-ca.key -out \(name)-ca.pem
                """)
            try run(
                """
                req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=\(name)
                -keyout \(name).key -out \(name).csr
                """)
            try run(
                """
                x509 -req -in \(name).csr -CA \(name)-ca.pem -CAkey \(name)-ca.key
                -CAcreateserial -days 2 -extfile names -out \(name).pem
                """)
        }
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @discardableResult
    func run(_ arguments: String, input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(whereSeparator: \.isWhitespace).map(String.init)
        process.currentDirectoryURL = folder
        let output = Pipe()
        let feed = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = feed
        try process.run()
        feed.fileHandleForWriting.write(Data(input.utf8))
        try feed.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
        return String(decoding: text, as: UTF8.self)
    }

    func options(_ name: String) -> TLSServerOptions {
        TLSServerOptions(
            certificateChainPath: path("\(name).pem"), privateKeyPath: path("\(name).key"))
    }
}

@Suite(.serialized) struct ServerTLSTests {
    private let get = Array("GET /t HTTP/1.1\r\nHost: h\r\n\r\n".utf8)

    private func secureServer(
        _ certificates: Certificates, _ adjust: (inout HTTPServerOptions) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer {
            $0.tls = certificates.options("one")
            adjust(&$0)
        }
    }

    @Test func anotherClientSpeaksWithTheServer() throws {
        let certificates = try Certificates.shared.get()
        let server = try secureServer(certificates)
        let text = try certificates.run(
            """
            s_client -quiet -connect 127.0.0.1:\(server.server.port) -servername localhost
            -CAfile one-ca.pem -verify_return_error -verify_hostname localhost
            """, input: "GET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("\r\n\r\nGET /t  "))
        #expect(server.events.all.isEmpty)
    }

    @Test func ourClientAcceptsWhatItShould() throws {
        let certificates = try Certificates.shared.get()
        let server = try secureServer(certificates)
        let loop = server.group.loops[0]
        let port = server.server.port
        let ours = TLSClientOptions(caFile: certificates.path("one-ca.pem"))
        var named = ours
        named.serverName = "voice.example.test"
        for (host, tls) in [
            ("localhost", ours), ("127.0.0.1", ours), ("127.0.0.1", named),
            ("localhost", TLSClientOptions(verifiesPeer: false)),
        ] {
            let stream = try connected(loop, host: host, port: port, tls: tls)
            #expect(stream.on { $0.isSecure })
            stream.write(get)
            #expect(
                stream.read.wait {
                    String(decoding: $0.flatMap { $0 }, as: UTF8.self).hasSuffix("GET /t  ")
                })
            stream.on { $0.close() }
            #expect(stream.closures.wait { $0 == [.local] })
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.events.all.isEmpty)
    }

    @Test func ourClientRefusesWhatItShould() throws {
        let certificates = try Certificates.shared.get()
        let server = try secureServer(certificates)
        let loop = server.group.loops[0]
        let port = server.server.port
        let other = TLSClientOptions(caFile: certificates.path("two-ca.pem"))
        var misnamed = TLSClientOptions(caFile: certificates.path("one-ca.pem"))
        misnamed.serverName = "other.test"
        var misplaced = misnamed
        misplaced.serverName = "127.0.0.2"
        for (tls, reason) in [
            (other, "unable to get local issuer certificate"), (TLSClientOptions(), "issuer"),
            (misnamed, "hostname mismatch"), (misplaced, "IP address mismatch"),
        ] {
            let error = #expect(throws: NetError.self) {
                _ = try connected(loop, host: "localhost", port: port, tls: tls)
            }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
        #expect(throws: NetError.self) {
            _ = try connected(loop, port: port, tls: .init(caFile: "/does/not/exist.pem"))
        }
        // A server that speaks no TLS.
        let plain = try TestServer()
        #expect(throws: NetError.self) {
            _ = try connected(loop, port: plain.server.port, tls: .init(verifiesPeer: false))
        }
    }

    @Test func largeBodiesGoThroughTLSBothWays() throws {
        let certificates = try Certificates.shared.get()
        let server = try secureServer(certificates) {
            $0.bodyBytesMax = 4_000_000
            $0.outboundBytesMax = 200_000
        }
        let stream = try connected(
            server.group.loops[0], port: server.server.port, tls: .init(verifiesPeer: false))
        let seed: UInt64 = 77
        print("TLS body seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let body = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let head = Array(
            "POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        stream.on { $0.outboundBytesMax = 8_000_000 }
        #expect(stream.write(head))
        #expect(stream.write(body))
        let isComplete = stream.read.wait { $0.reduce(0) { $0 + $1.count } > body.count + 100 }
        #expect(isComplete)
        let received = stream.received
        #expect(received.suffix(body.count) == body[...])
        stream.on { $0.close() }
        #expect(stream.closures.wait { $0 == [.local] })
    }

    /// Decrypted bytes that wait inside TLS come when reading goes on, without a socket event.
    @Test func pausingInsideARecordLosesNothing() throws {
        let certificates = try Certificates.shared.get()
        let server = try TestServer({ $0.tls = certificates.options("one") }) { _ in
            { _, responder in
                responder.respond(
                    HTTPResponse(status: 200, body: [UInt8](repeating: 5, count: 500_000)))
            }
        }
        let stream = try connected(
            server.group.loops[0], port: server.server.port, tls: .init(verifiesPeer: false),
            reads: false)
        stream.on { [read = stream.read] stream in
            stream.onRead = { [unowned stream] in
                read.add(Array($0))
                stream.pauseReading()
            }
        }
        stream.write(get)
        while stream.received.filter({ $0 == 5 }).count < 500_000 {
            let count = stream.read.all.count
            stream.on { $0.resumeReading() }
            try #require(stream.read.wait { $0.count > count })
        }
        stream.on { $0.abort() }
    }

    @Test func plainTextAndSilenceAtATLSPortHarmNobody() throws {
        let certificates = try Certificates.shared.get()
        let server = try secureServer(certificates) { $0.headerTimeoutMs = 100 }
        let plain = try server.client()
        plain.send(get)
        _ = plain.readToEnd()
        #expect(server.events.wait { !$0.isEmpty })
        #expect(server.events.all[0].what.hasPrefix("TLS: handshake"))
        #expect(server.events.all[0].status == nil)
        let silent = try server.client()
        #expect(silent.isEnded())
        let stream = try connected(
            server.group.loops[0], port: server.server.port, tls: .init(verifiesPeer: false))
        stream.write(get)
        #expect(stream.read.wait { !$0.isEmpty })
    }

    @Test func theCertificateCanBeExchanged() throws {
        let certificates = try Certificates.shared.get()
        let chain = certificates.path("live.pem")
        let key = certificates.path("live.key")
        func install(_ name: String) throws {
            for (from, to) in [("\(name).pem", chain), ("\(name).key", key)] {
                try Data(contentsOf: URL(fileURLWithPath: certificates.path(from)))
                    .write(to: URL(fileURLWithPath: to))
            }
        }
        try install("one")
        let server = try TestServer {
            $0.tls = TLSServerOptions(certificateChainPath: chain, privateKeyPath: key)
        }
        let loop = server.group.loops[0]
        func isTrusted(_ authority: String) -> Bool {
            let tls = TLSClientOptions(caFile: certificates.path("\(authority)-ca.pem"))
            return (try? connected(loop, port: server.server.port, tls: tls)) != nil
        }
        #expect(isTrusted("one") && !isTrusted("two"))
        try install("two")
        #expect(isTrusted("one"))
        try server.server.reloadCertificate()
        #expect(isTrusted("two") && !isTrusted("one"))
        // Certificate and key that do not belong together leave everything as it was.
        try Data(contentsOf: URL(fileURLWithPath: certificates.path("one.key")))
            .write(to: URL(fileURLWithPath: key))
        #expect(throws: NetError.self) { try server.server.reloadCertificate() }
        #expect(isTrusted("two"))
    }

    @Test func unusableCertificatesStopTheStart() throws {
        let certificates = try Certificates.shared.get()
        let good = certificates.options("one")
        var missing = good
        missing.certificateChainPath = "/does/not/exist.pem"
        var noKey = good
        noKey.privateKeyPath = certificates.path("one.pem")
        var mismatch = good
        mismatch.privateKeyPath = certificates.path("two.key")
        for options in [missing, noKey, mismatch] {
            let error = #expect(throws: NetError.self) {
                _ = try TestServer { $0.tls = options }
            }
            let names = error.map {
                ["exist.pem", "one.pem", "two.key"].filter($0.description.contains)
            }
            #expect(names?.isEmpty == false, "\(String(describing: error))")
        }
    }
}
