import CUV

extension ByteStream {
    /// Bytes that were taken and not yet given to the kernel.
    public var queuedByteCount: Int {
        corked.count + waiting.count + (isWriting ? uv_stream_get_write_queue_size(uvStream) : 0)
    }

    /// Sends bytes: at once as far as the kernel takes them, the rest when it can.
    ///
    /// All or nothing: false when the queue would go above `outboundBytesMax`, which is counted, or
    /// when the stream is not open. Allocates only while a queue grows to its working size.
    @discardableResult
    public func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard phase == .open else { return false }
        guard !bytes.isEmpty else { return true }
        let queued = queuedByteCount
        guard queued + bytes.count <= outboundBytesMax else {
            refusedWriteCount += 1
            owesWritable = owesWritable || queued > 0
            return false
        }
        writeBeyondLimit(bytes)
        return true
    }

    /// Bytes that a write may have now.
    public var roomByteCount: Int { max(0, outboundBytesMax - queuedByteCount) }

    /// Bytes handed to the kernel since the start, TLS's own included: shows whether a peer still
    /// takes any.
    var sentByteCount: UInt64 {
        let queued = waiting.count + (isWriting ? uv_stream_get_write_queue_size(uvStream) : 0)
        return wireByteCount &- UInt64(queued)
    }

    /// Like `write`, for what is small and must go (a head, the end of a body).
    func writeBeyondLimit(_ bytes: UnsafeRawBufferPointer) {
        guard phase == .open, !bytes.isEmpty else { return }
        if corkDepth > 0 {
            corked.append(bytes)
        } else {
            send(bytes)
        }
    }

    /// Has `onWritable` called when the queue is, or already was, below `lowWaterBytes`.
    public func callWhenWritable() {
        guard phase == .open else { return }
        owesWritable = true
        if corkDepth == 0, queuedByteCount <= lowWaterBytes {
            scheduleCatchUp()
        }
    }

    /// Holds back what is written until `uncork()`, so that several writes are one. Nests.
    public func cork() {
        corkDepth += 1
    }

    /// Ends one `cork()`; the last one sends what was held back.
    public func uncork() {
        precondition(corkDepth > 0, "ByteStream.uncork() without cork()")
        corkDepth -= 1
        if corkDepth == 0, phase == .open {
            flushCorked()
            if owesWritable, !isWriting {
                scheduleCatchUp()
            }
        }
    }

    func flushCorked() {
        guard !corked.isEmpty else { return }
        if tls == nil, !isWriting {
            // The leftover can be written from where it is.
            wireByteCount &+= UInt64(corked.count)
            let taken = tryWrite(corked.bytes)
            if taken >= 0, taken < corked.count {
                if taken == 0 {
                    swap(&corked, &inFlight)
                } else {
                    inFlight.append(UnsafeRawBufferPointer(rebasing: corked.bytes[taken...]))
                }
                startWriting()
            }
        } else {
            send(corked.bytes)
        }
        corked.removeAll()
    }

    private func send(_ bytes: UnsafeRawBufferPointer) {
        if let tls {
            guard tls.encrypt(bytes) else { return fail(tls.failure("encrypting")) }
            flushTLS()
        } else {
            sendWire(bytes)
        }
    }

    /// Hands what TLS has produced to the socket.
    func flushTLS() {
        tls?.takeOutput { sendWire($0) }
    }

    private func sendWire(_ bytes: UnsafeRawBufferPointer) {
        wireByteCount &+= UInt64(bytes.count)
        if isWriting {
            waiting.append(bytes)
            noteLevel()
            return
        }
        let taken = tryWrite(bytes)
        if taken >= 0, taken < bytes.count {
            inFlight.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            startWriting()
        }
    }

    /// What the kernel takes now: a count, or -1 after a failure that has closed the stream.
    private func tryWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard phase != .closed else { return -1 }
        var buffer = uv_buf_init(
            UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: CChar.self)),
            UInt32(bytes.count))
        let code = uv_try_write(uvStream, &buffer, 1)
        if code >= 0 {
            return Int(code)
        }
        if code == UV_EAGAIN.rawValue {
            return 0
        }
        fail("writing to \(remoteAddress)", code: code)
        return -1
    }

    private func startWriting() {
        isWriting = true
        var buffer = uv_buf_init(
            UnsafeMutablePointer(
                mutating: inFlight.bytes.baseAddress?.assumingMemoryBound(to: CChar.self)),
            UInt32(inFlight.count))
        let code = uv_write(writeRequest, uvStream, &buffer, 1) { request, status in
            ByteStream.from(request?.pointee.data)?.didWrite(status)
        }
        if code != 0 {
            isWriting = false
            fail("writing to \(remoteAddress)", code: code)
        }
        noteLevel()
    }

    private func didWrite(_ status: Int32) {
        isWriting = false
        inFlight.removeAll()
        guard phase != .closed else { return }
        guard status == 0 else { return fail("writing to \(remoteAddress)", code: status) }
        if !waiting.isEmpty {
            swap(&waiting, &inFlight)
            startWriting()
        }
        reportWritable()
        finishFlushing()
    }

    func reportWritable() {
        if owesWritable, phase == .open, queuedByteCount <= lowWaterBytes {
            owesWritable = false
            onWritable?()
        }
    }

    private func noteLevel() {
        if !owesWritable, queuedByteCount > lowWaterBytes {
            owesWritable = true
        }
    }
}
