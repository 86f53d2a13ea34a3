import Foundation
import Glibc
import Net
import Synchronization
import Testing

/// A listening socket of the test's own, with what a stream needs at the other end.
final class RawListener {
    let socket: Int32
    let port: Int

    init(backlog: Int32 = 16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let own = socket
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(own, $0, length)
                _ = getsockname(own, $0, &length)
            }
        }
        listen(socket, backlog)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(socket)
    }

    /// The next connection; small receive buffers make a peer that stalls stall soon.
    func accept(receiveBufferBytes: Int32 = 0) -> Int32 {
        if receiveBufferBytes > 0 {
            var bytes = receiveBufferBytes
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        }
        let peer = Glibc.accept(socket, nil, nil)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return peer
    }
}

/// A stream, and everything that happened to it.
final class WatchedStream: Sendable {
    let loop: EventLoop
    let read = Gathered<[UInt8]>()
    let closures = Gathered<ByteStreamClosure>()
    let writable = Gathered<Int>()
    private let stream: LoopBound<ByteStream>

    init(_ stream: ByteStream, reads: Bool = true) {
        loop = stream.loop
        self.stream = LoopBound(stream, loop: stream.loop)
        stream.onRead = { [read] in read.add(Array($0)) }
        stream.onClosed = { [closures] in closures.add($0) }
        stream.onWritable = { [writable, unowned stream] in writable.add(stream.queuedByteCount) }
        if reads { stream.resumeReading() }
    }

    /// Works on the stream, on its loop.
    func on<Result: Sendable>(_ body: @escaping @Sendable (ByteStream) -> Result) -> Result {
        onLoop(loop) { [stream] in body(stream.value) }
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        on { stream in bytes.withUnsafeBytes { stream.write($0) } }
    }

    var received: [UInt8] { read.all.flatMap { $0 } }
}

/// Connects and waits for the outcome.
func connected(
    _ loop: EventLoop, host: String = "127.0.0.1", port: Int, tls: TLSClientOptions? = nil,
    timeoutMs: Int = 5_000, reads: Bool = true, cancelAtOnce: Bool = false
) throws -> WatchedStream {
    let outcomes = Gathered<Result<WatchedStream, NetError>>()
    loop.execute {
        let connecting = ByteStream.connect(
            loop: loop, host: host, port: port, tls: tls, timeoutMs: timeoutMs
        ) { result in
            outcomes.add(result.map { WatchedStream($0, reads: reads) })
        }
        if cancelAtOnce { connecting.cancel() }
    }
    try #require(outcomes.wait { !$0.isEmpty })
    usleep(1_000)
    try #require(outcomes.all.count == 1)
    return try outcomes.all[0].get()
}

@Suite struct ServerStreamTests {
    private func withLoop(_ body: (EventLoop) throws -> Void) throws {
        let loop = try EventLoop(label: "streams")
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        try body(loop)
    }

    private func readAll(_ peer: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(peer, &chunk, chunk.count, 0)
            if count <= 0 { return all }
            all.append(contentsOf: chunk[0..<count])
        }
    }

    @Test func bytesGoBothWays() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, host: "localhost", port: listener.port)
            let peer = listener.accept()
            #expect(stream.write([1, 2, 3]))
            var buffer = [UInt8](repeating: 0, count: 8)
            #expect(recv(peer, &buffer, 8, 0) == 3)
            #expect(buffer[0..<3] == [1, 2, 3])
            send(peer, [4, 5] as [UInt8], 2, 0)
            #expect(stream.read.wait { $0.flatMap { $0 } == [4, 5] })
            #expect(
                stream.on { "\($0.remoteAddress) \($0.remotePort) \($0.isSecure)" }
                    == "127.0.0.1 \(listener.port) false")
            close(peer)
            #expect(stream.closures.wait { !$0.isEmpty })
            #expect(stream.closures.all == [.peer])
            #expect(!stream.write([1]))
        }
    }

    @Test func theQueueIsBoundedAndSaysWhenItHasRoom() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, port: listener.port)
            let peer = listener.accept(receiveBufferBytes: 4_096)
            let piece = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
            let taken = stream.on { stream in
                stream.outboundBytesMax = 300_000
                stream.lowWaterBytes = 50_000
                var taken = 0
                while piece.withUnsafeBytes({ stream.write($0) }) { taken += 1 }
                return taken
            }
            let queued = stream.on { $0.queuedByteCount }
            #expect(queued > 290_000 && queued <= 300_000)
            #expect(stream.on { $0.refusedWriteCount } == 1)
            #expect(stream.writable.all.isEmpty)
            stream.on { $0.close() }
            let all = readAll(peer)
            #expect(all.count == taken * piece.count)
            #expect(all == (0..<taken).flatMap { _ in piece })
            close(peer)
            #expect(stream.closures.wait { $0 == [.local] })
        }
    }

    @Test func writabilityIsToldOncePerFullQueue() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, port: listener.port)
            let peer = listener.accept(receiveBufferBytes: 4_096)
            let piece = [UInt8](repeating: 9, count: 10_000)
            for round in 1...3 {
                stream.on { stream in
                    stream.outboundBytesMax = 300_000
                    while piece.withUnsafeBytes({ stream.write($0) }) {}
                }
                var chunk = [UInt8](repeating: 0, count: 65_536)
                while stream.writable.all.count < round, recv(peer, &chunk, chunk.count, 0) > 0 {}
                #expect(stream.writable.all.count == round)
                #expect(stream.writable.all.allSatisfy { $0 <= 65_536 })
            }
            // Asked for on an empty queue, it is told as well, but not inside the call.
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while stream.on({ $0.queuedByteCount }) > 0 { recv(peer, &chunk, chunk.count, 0) }
            let told = stream.on { [writable = stream.writable] stream in
                stream.callWhenWritable()
                return writable.all.count
            }
            #expect(told == 3)
            #expect(stream.writable.wait { $0.count == 4 })
            close(peer)
        }
    }

    @Test func corkedWritesAreHeldAndNest() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, port: listener.port)
            let peer = listener.accept()
            let counts = stream.on { stream -> [Int] in
                var counts: [Int] = []
                stream.cork()
                stream.cork()
                for byte in UInt8(0)..<10 {
                    _ = withUnsafeBytes(of: byte) { stream.write($0) }
                }
                counts.append(stream.queuedByteCount)
                stream.uncork()
                counts.append(stream.queuedByteCount)
                stream.uncork()
                counts.append(stream.queuedByteCount)
                return counts
            }
            #expect(counts == [10, 10, 0])
            var buffer = [UInt8](repeating: 0, count: 100)
            #expect(recv(peer, &buffer, 100, 0) == 10)
            #expect(buffer[0..<10] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            // Closing sends what is corked.
            stream.on { stream in
                stream.cork()
                _ = withUnsafeBytes(of: UInt8(7)) { stream.write($0) }
                stream.close()
                stream.uncork()
            }
            #expect(readAll(peer) == [7])
            close(peer)
        }
    }

    @Test func aPausedStreamReadsNothing() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, port: listener.port, reads: false)
            let peer = listener.accept()
            send(peer, "abc", 3, 0)
            usleep(5_000)
            #expect(stream.received.isEmpty)
            stream.on { $0.resumeReading() }
            #expect(stream.read.wait { $0.flatMap { $0 }.count == 3 })
            stream.on { $0.pauseReading() }
            send(peer, "def", 3, 0)
            usleep(5_000)
            #expect(stream.received.count == 3)
            stream.on { $0.resumeReading() }
            #expect(stream.read.wait { $0.flatMap { $0 } == Array("abcdef".utf8) })
            close(peer)
        }
    }

    @Test func closingWaitsForThePeerButNotForEver() throws {
        try withLoop { loop in
            let listener = RawListener()
            let stream = try connected(loop, port: listener.port)
            let peer = listener.accept()
            stream.on {
                $0.closeTimeoutMs = 30
                $0.close()
                $0.close()
            }
            #expect(readAll(peer).isEmpty)
            #expect(stream.closures.wait { $0 == [.local] })
            close(peer)

            let aborted = try connected(loop, port: listener.port)
            let other = listener.accept()
            let closedInside = aborted.on { [closures = aborted.closures] stream in
                stream.abort()
                return closures.all.count
            }
            #expect(closedInside == 0)
            #expect(aborted.closures.wait { $0 == [.local] })
            #expect(readAll(other).isEmpty)
            close(other)
        }
    }

    @Test func theEndOfTheLoopClosesItsStreams() throws {
        let loop = try EventLoop(label: "ending")
        loop.start()
        let listener = RawListener()
        let stream = try connected(loop, port: listener.port)
        let peer = listener.accept()
        loop.stop()
        loop.join()
        #expect(stream.closures.all == [.local])
        #expect(readAll(peer).isEmpty)
        close(peer)
    }

    @Test func connectionsThatCannotBeSayWhy() throws {
        try withLoop { loop in
            let closed = RawListener().port
            #expect(
                throws: NetError.connect(
                    host: "127.0.0.1", port: closed, reason: "connection refused")
            ) { _ = try connected(loop, port: closed) }
            let name = #expect(throws: NetError.self) {
                _ = try connected(loop, host: "a..b", port: 1)
            }
            #expect(name?.description.contains("a..b") == true)
            #expect(throws: NetError.self) { _ = try connected(loop, port: 0) }
            let listener = RawListener()
            #expect(throws: NetError.cancelled) {
                _ = try connected(loop, port: listener.port, cancelAtOnce: true)
            }
            // The kernel takes the connection, nobody answers the hello.
            #expect(
                throws: NetError.timedOut(
                    what: "connecting to 127.0.0.1:\(listener.port)", afterMs: 50)
            ) { _ = try connected(loop, port: listener.port, tls: .init(), timeoutMs: 50) }
        }
    }

    @Test func aThousandStreamsComeAndGo() throws {
        try withLoop { loop in
            let listener = RawListener(backlog: 64)
            for index in 0..<300 {
                let stream = try connected(loop, port: listener.port)
                let peer = listener.accept()
                stream.write([UInt8(truncatingIfNeeded: index)])
                var byte: UInt8 = 0
                #expect(recv(peer, &byte, 1, 0) == 1)
                #expect(byte == UInt8(truncatingIfNeeded: index))
                close(peer)
                #expect(stream.closures.wait { $0.count == 1 })
            }
        }
    }
}
