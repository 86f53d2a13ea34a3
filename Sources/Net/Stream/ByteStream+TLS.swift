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
            case .waiting:
                flushTLS()
                return
            case .ended:
                flushTLS()
                return didReadEnd()
            case .failed(let error):
                flushTLS()
                return fail(error)
            }
        }
    }
}
