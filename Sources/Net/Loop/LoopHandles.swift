import CStreamD
import CUV
import Glibc

/// The libuv loop and the four handles that every `EventLoop` has.
struct LoopHandles: @unchecked Sendable {
    let loop: UnsafeMutablePointer<uv_loop_t>
    let timerDescriptor: Int32
    private let async: UnsafeMutablePointer<uv_async_t>
    private let prepare: UnsafeMutablePointer<uv_prepare_t>
    private let check: UnsafeMutablePointer<uv_check_t>
    private let timer: UnsafeMutablePointer<uv_poll_t>

    init() throws(NetError) {
        loop = .allocate(capacity: 1)
        async = .allocate(capacity: 1)
        prepare = .allocate(capacity: 1)
        check = .allocate(capacity: 1)
        timer = .allocate(capacity: 1)
        let code = uv_loop_init(loop)
        timerDescriptor = streamd_timerfd_create()
        guard code == 0, timerDescriptor >= 0 else {
            let reason = code == 0 ? String(cString: strerror(errno)) : uvReason(code)
            if code == 0 { uv_loop_close(loop) }
            if timerDescriptor >= 0 { Glibc.close(timerDescriptor) }
            deallocate()
            throw .loop(what: "making the loop", reason: reason)
        }
    }

    /// Starts the handles; `data` is what their callbacks find.
    func start(
        data: UnsafeMutableRawPointer, async asyncCall: @escaping uv_async_cb,
        prepare prepareCall: @escaping uv_prepare_cb, check checkCall: @escaping uv_check_cb,
        timer timerCall: @escaping uv_poll_cb
    ) {
        var codes = [uv_async_init(loop, async, asyncCall)]
        codes.append(uv_prepare_init(loop, prepare))
        codes.append(uv_check_init(loop, check))
        codes.append(uv_poll_init(loop, timer, timerDescriptor))
        async.pointee.data = data
        prepare.pointee.data = data
        check.pointee.data = data
        timer.pointee.data = data
        codes.append(uv_prepare_start(prepare, prepareCall))
        codes.append(uv_check_start(check, checkCall))
        codes.append(uv_poll_start(timer, Int32(UV_READABLE.rawValue), timerCall))
        precondition(codes.allSatisfy { $0 == 0 }, "a fresh libuv loop refused its handles")
        // Only the async handle keeps the loop running.
        uv_unref(UnsafeMutableRawPointer(prepare).assumingMemoryBound(to: uv_handle_t.self))
        uv_unref(UnsafeMutableRawPointer(check).assumingMemoryBound(to: uv_handle_t.self))
        uv_unref(UnsafeMutableRawPointer(timer).assumingMemoryBound(to: uv_handle_t.self))
    }

    /// Ends the wait for events. Any thread, for as long as the loop object lives.
    func wake() {
        uv_async_send(async)
    }

    /// Lets the loop end when nothing else is open.
    func release() {
        uv_unref(UnsafeMutableRawPointer(async).assumingMemoryBound(to: uv_handle_t.self))
    }

    /// Closes every handle that nobody closed, so that the loop can end.
    func closeStrangers() {
        var own = OwnHandles(
            async: UnsafeRawPointer(async), prepare: UnsafeRawPointer(prepare),
            check: UnsafeRawPointer(check), timer: UnsafeRawPointer(timer))
        uv_walk(
            loop,
            { handle, argument in
                guard let handle, let own = argument?.assumingMemoryBound(to: OwnHandles.self)
                else { return }
                if !own.pointee.contains(handle), uv_is_closing(handle) == 0 {
                    uv_close(handle, nil)
                }
            }, &own)
    }

    /// Closes and frees everything. When nobody uses the loop any more.
    func close() {
        for handle in [
            UnsafeMutableRawPointer(async), UnsafeMutableRawPointer(prepare),
            UnsafeMutableRawPointer(check), UnsafeMutableRawPointer(timer),
        ] {
            uv_close(handle.assumingMemoryBound(to: uv_handle_t.self), nil)
        }
        uv_run(loop, UV_RUN_DEFAULT)
        uv_loop_close(loop)
        Glibc.close(timerDescriptor)
        deallocate()
    }

    private func deallocate() {
        loop.deallocate()
        async.deallocate()
        prepare.deallocate()
        check.deallocate()
        timer.deallocate()
    }
}

/// The handles of the loop itself, told apart from those of streams while it closes down.
private struct OwnHandles {
    var async: UnsafeRawPointer
    var prepare: UnsafeRawPointer
    var check: UnsafeRawPointer
    var timer: UnsafeRawPointer

    func contains(_ handle: UnsafeMutablePointer<uv_handle_t>) -> Bool {
        let address = UnsafeRawPointer(handle)
        return address == async || address == prepare || address == check || address == timer
    }
}
