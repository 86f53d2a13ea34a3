import CAllocationCounter
import Net
import Testing

/// Answers each message of a burst and counts what its loop's thread allocates meanwhile.
private final class BurstHandler: WebSocketHandler, @unchecked Sendable {
    let counts = Mailbox<UInt64>()
    private let burstCount: Int
    private let reservedBytes: Int
    private var received = 0
    private var before: UInt64 = 0

    init(burstCount: Int, reservedBytes: Int) {
        self.burstCount = burstCount
        self.reservedBytes = reservedBytes
    }

    func webSocketOpened(_ socket: WebSocket) {
        if reservedBytes > 0 { socket.reserveOutbound(reservedBytes) }
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        if received % burstCount == 0 { before = streamd_allocations_of_this_thread() }
        received += 1
        _ = socket.send(text: bytes)
        if received % burstCount == 0 {
            counts.put(streamd_allocations_of_this_thread() - before)
        }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

/// Sends to a peer that does not read until a queue stands, and counts the allocations of that.
private final class StallHandler: WebSocketHandler, @unchecked Sendable {
    static let queuedBytes = 60_000
    let counts = Mailbox<UInt64>()
    private let message = [UInt8](repeating: 0x61, count: 400)

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        let before = streamd_allocations_of_this_thread()
        while socket.queuedByteCount < Self.queuedBytes {
            guard message.withUnsafeBytes({ socket.send(text: $0) }) else { break }
        }
        let count = streamd_allocations_of_this_thread() - before
        socket.send("end")
        counts.put(count)
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

/// What lateness costs in allocations. Everything is counted on the loop's own thread, and what the
/// peer sends and when it reads is decided here, not by how busy the machine is.
@Suite(.enabled(if: streamd_allocations_are_counted()))
struct WebSocketLatenessTests {
    private func serve(
        _ handler: any WebSocketHandler & Sendable, _ body: (RawPeer) throws -> Void
    ) throws {
        let group = try EventLoopGroup(count: 1, label: "late")
        defer { group.shutdown() }
        let server = try HTTPServer(group: group, options: HTTPServerOptions(host: "127.0.0.1")) {
            _ in { _, responder in responder.acceptWebSocket(handler: handler) }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.port, receiveBufferBytes: 8192)
        defer { peer.close() }
        try peer.upgrade()
        try body(peer)
    }

    /// A loop that comes late finds many messages in one read, and their answers wait together:
    /// with room reserved they cost nothing; without, the room grows once and stays.
    @Test(arguments: [0, 16_384])
    func answersToOneReadFitTheReservedRoom(reservedBytes: Int) throws {
        let count = 40
        let text = String(repeating: "a", count: 300)
        let burst = (0..<count).flatMap { _ in Wire.text(text) }
        let handler = BurstHandler(burstCount: count, reservedBytes: reservedBytes)
        try serve(handler) { peer in
            for round in 0..<3 {
                peer.send(burst)
                for _ in 0..<count { #expect(peer.receiveFrame().payload.count == text.utf8.count) }
                let allocations = try #require(handler.counts.take())
                if round == 0, reservedBytes == 0 {
                    #expect((1...5).contains(allocations), "1 kB doubled until 12 kB fit")
                } else {
                    #expect(allocations == 0, "round \(round)")
                }
            }
        }
    }

    /// A peer that reads late fills the kernel's buffers, and then ours: they double until they have
    /// their working size, and keep it.
    @Test func aPeerThatReadsLateCostsNothingTheThirdTime() throws {
        let handler = StallHandler()
        try serve(handler) { peer in
            var allocations: [UInt64] = []
            for _ in 0..<4 {
                peer.send(Wire.text("go"))
                allocations.append(try #require(handler.counts.take()))
                while peer.receiveFrame().payload != Array("end".utf8) {}
            }
            // Two buffers take turns, each from 512 bytes to 64 kB by doubling.
            #expect(allocations[0] + allocations[1] <= 20, "\(allocations)")
            #expect(allocations[0] > 0, "nothing was queued: the test shows nothing")
            #expect(allocations[2...].allSatisfy { $0 == 0 }, "\(allocations)")
        }
    }
}
