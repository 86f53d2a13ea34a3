import Foundation
import Glibc
import Net
import Testing

/// Who may listen on a port.
@Suite struct ServerPortTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("0.0.0.0", "127.0.0.1"),
    ])
    func aPortThatAnotherServerHasIsRefused(first: String, second: String) throws {
        for loops in [1, 2] {
            let server = try TestServer(loops: loops) { $0.host = first }
            let port = server.server.port
            let error = #expect(throws: NetError.self) {
                _ = try TestServer(loops: loops) {
                    $0.host = second
                    $0.port = port
                }
            }
            let text = error?.description ?? ""
            #expect(text.contains("\(second):\(port)") && text.contains("process \(getpid())"))
            // The first has noticed nothing.
            let client = try server.client()
            client.send(get)
            #expect(try client.response().status == 200)
        }
    }

    @Test func theLoopsOfOneServerShareItsPort() throws {
        let loops = Gathered<String>()
        let server = try TestServer(loops: 4) { loop in
            { _, responder in
                loops.add("\(ObjectIdentifier(loop))")
                responder.respond(HTTPResponse(status: 200))
            }
        }
        // That one loop gets all of them has a chance of one in 4^63.
        let clients = try (0..<64).map { _ in try server.client() }
        for client in clients {
            client.send(get)
            #expect(try client.response().status == 200)
        }
        #expect(Set(loops.all).count > 1)
    }

    /// Connections that the server closed linger for a minute on its port.
    @Test func aServerThatWasStoppedCanBeStartedAgainAtOnce() throws {
        var port = 0
        var clients: [RawClient] = []
        for _ in 0..<5 {
            let server = try TestServer(loops: 2) { $0.port = port }
            port = server.server.port
            let client = try server.client()
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            #expect(try client.response().status == 200)
            #expect(client.isEnded())
            let open = try server.client()
            open.send(get)
            #expect(try open.response().status == 200)
            clients.append(open)
        }
    }
}
