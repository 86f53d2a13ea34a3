import CUV

/// Watches a descriptor that belongs to somebody else, such as a library with sockets of its own.
/// Loop only.
final class LoopPoll {
    private let loop: EventLoop
    private let handle: UnsafeMutablePointer<uv_poll_t>
    private var body: ((_ isReadable: Bool, _ isWritable: Bool) -> Void)?

    /// Begins without watching. `body` is told what the descriptor is ready for; on an error it is
    /// told both, so that the owner runs into it. Allocates.
    init(
        loop: EventLoop, descriptor: Int32,
        body: @escaping (_ isReadable: Bool, _ isWritable: Bool) -> Void
    ) throws(NetError) {
        precondition(loop.isCurrent, "LoopPoll made off its loop")
        self.loop = loop
        self.body = body
        handle = .allocate(capacity: 1)
        let code = uv_poll_init(loop.uvLoop, handle, descriptor)
        guard code == 0 else {
            handle.deallocate()
            throw .loop(what: "watching descriptor \(descriptor)", reason: uvReason(code))
        }
        // libuv holds the object until the handle is closed.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.add(self)
    }

    /// Watches for what is asked, in place of what was watched before.
    func watch(readable: Bool, writable: Bool) {
        guard body != nil else { return }
        var events: Int32 = 0
        if readable { events |= Int32(UV_READABLE.rawValue) }
        if writable { events |= Int32(UV_WRITABLE.rawValue) }
        guard events != 0 else {
            uv_poll_stop(handle)
            return
        }
        let code = uv_poll_start(handle, events) { handle, status, events in
            guard let data = handle?.pointee.data else { return }
            let poll = Unmanaged<LoopPoll>.fromOpaque(data).takeUnretainedValue()
            let failed = status < 0
            poll.body?(
                failed || events & Int32(UV_READABLE.rawValue) != 0,
                failed || events & Int32(UV_WRITABLE.rawValue) != 0)
        }
        precondition(code == 0, "uv_poll_start refused an open handle")
    }

    /// Stops watching at once; to be called before the descriptor is closed.
    func close() {
        guard body != nil else { return }
        body = nil
        loop.remove(self)
        uv_poll_stop(handle)
        uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) {
            guard let data = $0?.pointee.data else { return }
            let poll = Unmanaged<LoopPoll>.fromOpaque(data).takeRetainedValue()
            poll.handle.deallocate()
        }
    }
}

extension LoopPoll: LoopResource {
    func loopWillStop() {
        close()
    }
}
