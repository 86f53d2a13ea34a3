import CUV

extension ByteStream {
    /// Begins or goes on with calls of `onRead`, none of them inside this call.
    public func resumeReading() {
        guard phase == .open, !isReading else { return }
        startReading()
        if tls != nil {
            // Decrypted bytes may wait in the TLS session, where no socket event comes for them.
            scheduleCatchUp()
        }
    }

    /// No calls of `onRead` until `resumeReading()`: the peer is slowed down by TCP.
    public func pauseReading() {
        guard isReading, phase == .open else { return }
        isReading = false
        uv_read_stop(uvStream)
    }

    func startReading() {
        isReading = true
        guard !peerEnded else { return }
        let code = uv_read_start(
            uvStream,
            { handle, _, buffer in
                guard let stream = ByteStream.from(handle?.pointee.data) else { return }
                let memory = stream.loop.readBuffer
                buffer?.pointee = uv_buf_init(
                    memory.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(memory.count))
            },
            { handle, count, buffer in
                guard let stream = ByteStream.from(handle?.pointee.data) else { return }
                stream.didRead(count: count, from: UnsafeRawPointer(buffer?.pointee.base))
            })
        if code != 0, code != UV_EALREADY.rawValue {
            fail("reading from \(remoteAddress)", code: code)
        }
    }

    private func didRead(count: Int, from memory: UnsafeRawPointer?) {
        if count > 0 {
            guard phase == .open else { return }
            let bytes = UnsafeRawBufferPointer(start: memory, count: count)
            if let tls {
                tls.receive(bytes)
                pumpTLS()
            } else {
                onRead?(bytes)
            }
        } else if count == Int(UV_EOF.rawValue) {
            didReadEnd()
        } else if count < 0 {
            if phase == .open {
                fail("reading from \(remoteAddress)", code: Int32(count))
            } else {
                finish(.local)
            }
        }
    }

    func didReadEnd() {
        guard !peerEnded else { return }
        peerEnded = true
        let writesOn = phase == .open && onHandshake == nil && (onReadEnd?() ?? false)
        switch phase {
        case .open where !writesOn: finish(.peer)
        case .lingering: finish(.local)
        case .open, .flushing, .closed: break
        }
    }
}
