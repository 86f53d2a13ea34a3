import CWslay
import Glibc

/// Turns messages into bytes: RFC 6455's sending half, without I/O, over wslay's frame writer.
///
/// Frames are written one after another into one buffer, from which the connection takes as many
/// bytes as it can send. The buffer is reused and grows only when more is waiting than ever before,
/// so that messages cost no allocation.
package struct WebSocketEncoder: ~Copyable {
    /// The waiting bytes and the masking keys; on the heap because the C callbacks need a fixed
    /// address.
    private struct Outbox {
        var base: UnsafeMutableRawPointer
        var capacity: Int
        var head = 0
        var tail = 0
        var keys: UnsafeMutableRawPointer
        var keysUsed: Int

        /// Makes room for `count` bytes at the tail: first by moving what waits to the front.
        mutating func reserve(_ count: Int) {
            guard capacity - tail < count else { return }
            let waiting = tail - head
            if capacity - waiting >= count, head >= waiting {
                memcpy(base, base + head, waiting)
            } else {
                let larger = max(capacity * 2, waiting + count)
                let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
                memcpy(moved, base + head, waiting)
                base.deallocate()
                base = moved
                capacity = larger
            }
            head = 0
            tail = waiting
        }
    }

    /// A frame's header never exceeds this: 2 bytes, 8 of length, 4 of mask.
    package static let headerBytesMax = 14
    /// Three media messages; an idle connection needs nothing, and there may be thousands of them.
    private static let outboxBytesInitial = 1024
    /// Masking keys must not be predictable (RFC 6455 §10.3); the kernel's random bytes are fetched
    /// in bulk, as many as one call gives, so that a message does not cost a system call.
    private static let keyPoolBytes = 256

    private let context: wslay_frame_context_ptr
    private let outbox: UnsafeMutablePointer<Outbox>
    private let isMasking: Bool

    /// An encoder for one connection.
    package init(role: WebSocketRole) {
        isMasking = role == .client
        outbox = .allocate(capacity: 1)
        outbox.initialize(
            to: Outbox(
                base: .allocate(byteCount: Self.outboxBytesInitial, alignment: 16),
                capacity: Self.outboxBytesInitial,
                keys: .allocate(byteCount: isMasking ? Self.keyPoolBytes : 1, alignment: 4),
                keysUsed: Self.keyPoolBytes))
        var callbacks = wslay_frame_callbacks()
        callbacks.send_callback = { source, count, _, state in
            guard let source, let outbox = state?.assumingMemoryBound(to: Outbox.self) else {
                return -1
            }
            memcpy(outbox.pointee.base + outbox.pointee.tail, source, count)
            outbox.pointee.tail += count
            return count
        }
        callbacks.genmask_callback = { key, count, state in
            guard let key, let outbox = state?.assumingMemoryBound(to: Outbox.self) else {
                return -1
            }
            if outbox.pointee.keysUsed + count > WebSocketEncoder.keyPoolBytes {
                guard getentropy(outbox.pointee.keys, WebSocketEncoder.keyPoolBytes) == 0 else {
                    return -1
                }
                outbox.pointee.keysUsed = 0
            }
            memcpy(key, outbox.pointee.keys + outbox.pointee.keysUsed, count)
            outbox.pointee.keysUsed += count
            return 0
        }
        var made: wslay_frame_context_ptr?
        let status = wslay_frame_context_init(&made, &callbacks, outbox)
        guard status == 0, let made else { fatalError("out of memory for a WebSocket encoder") }
        context = made
    }

    deinit {
        wslay_frame_context_free(context)
        outbox.pointee.base.deallocate()
        outbox.pointee.keys.deallocate()
        outbox.deallocate()
    }

    /// Makes room for so many more bytes, frames' headers included. Allocates when there is none.
    package mutating func reserve(_ byteCount: Int) { outbox.pointee.reserve(byteCount) }

    /// The bytes that wait to be sent; valid until the next mutation.
    package var waiting: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: outbox.pointee.base + outbox.pointee.head,
            count: outbox.pointee.tail - outbox.pointee.head)
    }

    /// How many bytes wait to be sent.
    package var waitingCount: Int { outbox.pointee.tail - outbox.pointee.head }

    /// Takes `count` bytes off the front: they were sent.
    package mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= waitingCount)
        outbox.pointee.head += count
        if outbox.pointee.head == outbox.pointee.tail {
            outbox.pointee.head = 0
            outbox.pointee.tail = 0
        }
    }

    /// Appends one frame. False when the kernel gave no random bytes for the mask; nothing was
    /// appended then. A control frame's payload must not exceed 125 bytes.
    @discardableResult
    package mutating func append(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool = true
    ) -> Bool {
        precondition(opcode.rawValue < 8 || (payload.count <= 125 && isFinal))
        outbox.pointee.reserve(payload.count + Self.headerBytesMax)
        var frame = wslay_frame_iocb()
        frame.fin = isFinal ? 1 : 0
        frame.opcode = opcode.rawValue
        frame.mask = isMasking ? 1 : 0
        frame.payload_length = UInt64(payload.count)
        frame.data = payload.baseAddress?.assumingMemoryBound(to: UInt8.self)
        frame.data_length = payload.count
        // The callbacks take everything, so that one call writes the whole frame.
        return wslay_frame_send(context, &frame) == payload.count
    }

    /// Appends a close frame. 1005 stands for one without a code; the reason is cut to the 123 bytes
    /// that fit, between two characters.
    @discardableResult
    package mutating func appendClose(code: UInt16, reason: String) -> Bool {
        guard code != WebSocketCloseCode.noStatus else {
            return append(.close, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        precondition(WebSocketCloseCode.isSendable(code), "close code \(code) may not be sent")
        var payload: [UInt8] = [UInt8(code >> 8), UInt8(code & 0xFF)]
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar)
            guard let bytes, payload.count + bytes.count <= 125 else { break }
            payload.append(contentsOf: bytes)
        }
        return payload.withUnsafeBytes { append(.close, $0) }
    }
}
