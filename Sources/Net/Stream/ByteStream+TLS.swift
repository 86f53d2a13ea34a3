extension ByteStream {
    /// Puts TLS on a connected stream. A client's hello goes out at once.
    func startTLS(_ session: TLSSession) {
        precondition(tls == nil, "TLS twice on one stream")
        tls = session
        session.prepare()
        if session.isClient {
            pumpTLS()
        }
    }

    /// Moves what can be moved: handshake, decrypted bytes to `onRead`, answers to the socket.
    func pumpTLS() {
        guard let tls, phase == .open else { return }
        if !tls.isEstablished {
            let step = tls.handshake()
            flushTLS()
            switch step {
            case .done:
                let handshake = onHandshake
                onHandshake = nil
                handshake?(nil)
            case .waiting: return
            case .failed(let error): return fail(error)
            }
        }
        while phase == .open, isReading {
            switch tls.decrypt(into: loop.plainBuffer) {
            case .bytes(let count):
                onRead?(UnsafeRawBufferPointer(rebasing: loop.plainBuffer[0..<count]))
            case .waiting: return answerTLS()
            case .ended:
                flushTLS()
                return didReadEnd()
            case .failed(let error):
                flushTLS()
                return fail(error)
            }
        }
    }

    /// Sends what TLS itself has to say in answer to what was read. A peer that asks for that again
    /// and again, such as for new keys, and takes none of it, is let go.
    private func answerTLS() {
        let before = wireByteCount
        flushTLS()
        guard isWriting else {
            unreadTLSByteCount = 0
            return
        }
        unreadTLSByteCount += wireByteCount &- before
        if unreadTLSByteCount > Self.unreadTLSBytesMax {
            fail(.tls(what: "talking", reason: "the peer wants answers that it does not read"))
        }
    }

    private static let unreadTLSBytesMax: UInt64 = 65_536
}
