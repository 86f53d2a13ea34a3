import CWslay
import Glibc

/// An event of a ``WebSocketDecoder``. The buffers are valid until the next call of `next`.
package enum WebSocketEvent {
    /// Everything supplied has been used; supply more.
    case needsInput
    /// A whole message, checked to be UTF-8.
    case text(UnsafeRawBufferPointer)
    /// A whole message.
    case binary(UnsafeRawBufferPointer)
    case ping(UnsafeRawBufferPointer)
    case pong(UnsafeRawBufferPointer)
    /// The peer's close frame; 1005 when it had no code. Nothing is decoded after it.
    case close(code: UInt16, reason: UnsafeRawBufferPointer)
    /// The peer broke the protocol; fail the connection with this code. Nothing is decoded after it.
    case failure(code: UInt16, reason: StaticString)
}

/// Turns bytes into messages: RFC 6455's receiving half, without I/O, over wslay's frame parser.
///
/// Supply bytes, then call `next` until it says `needsInput`. A message that lies whole in the
/// input (and in wslay's window of 4,096 bytes) is handed on without being assembled; fragmented or
/// longer ones are put together in one buffer that is reused. After that buffer has grown to the
/// longest message seen, nothing is allocated.
package struct WebSocketDecoder: ~Copyable {
    /// The input that wslay has not fetched yet; on the heap because the C callback needs a fixed
    /// address.
    private struct Input {
        var next: UnsafeRawPointer?
        var count: Int
    }

    /// Small, for the sake of thousands of idle connections: it grows with the first long message.
    private static let assemblyBytesInitial = 512
    private static let controlBytesMax = 125

    private let context: wslay_frame_context_ptr
    private let input: UnsafeMutablePointer<Input>
    private let mustBeMasked: Bool
    private let messageBytesMax: Int

    private var assembly: UnsafeMutableRawPointer
    private var assemblyCapacity: Int
    private var assemblyCount = 0
    /// The kind of message being assembled, nil between messages.
    private var messageOpcode: WebSocketOpcode?
    /// True when the last frame's payload is still incomplete.
    private var isInsideFrame = false
    private var frameBytesLeft: UInt64 = 0
    private var utf8 = WebSocketUTF8Validator()

    private let control: UnsafeMutableRawPointer
    private var controlCount = 0
    private var isFinished = false

    /// A decoder for one connection. `messageBytesMax` limits the payload of a whole message.
    package init(role: WebSocketRole, messageBytesMax: Int) {
        precondition(messageBytesMax > 0)
        input = .allocate(capacity: 1)
        input.initialize(to: Input(next: nil, count: 0))
        var callbacks = wslay_frame_callbacks()
        callbacks.recv_callback = { destination, capacity, _, state in
            guard let destination,
                let input = state?.assumingMemoryBound(to: Input.self),
                let source = input.pointee.next, input.pointee.count > 0
            else { return -1 }
            let taken = min(capacity, input.pointee.count)
            memcpy(destination, source, taken)
            input.pointee.next = source + taken
            input.pointee.count -= taken
            return taken
        }
        var made: wslay_frame_context_ptr?
        let status = wslay_frame_context_init(&made, &callbacks, input)
        guard status == 0, let made else { fatalError("out of memory for a WebSocket decoder") }
        context = made
        mustBeMasked = role == .server
        self.messageBytesMax = messageBytesMax
        assemblyCapacity = min(Self.assemblyBytesInitial, messageBytesMax)
        assembly = .allocate(byteCount: assemblyCapacity, alignment: 8)
        control = .allocate(byteCount: Self.controlBytesMax, alignment: 8)
    }

    deinit {
        wslay_frame_context_free(context)
        input.deallocate()
        assembly.deallocate()
        control.deallocate()
    }

    /// Hands in received bytes, which must stay valid until `next` has returned `needsInput`.
    package mutating func supply(_ bytes: UnsafeRawBufferPointer) {
        precondition(input.pointee.count == 0 || isFinished, "drain the decoder before supplying")
        input.pointee = Input(next: bytes.baseAddress, count: bytes.count)
    }

    /// The next event in what was supplied.
    package mutating func next() -> WebSocketEvent {
        while !isFinished {
            var frame = wslay_frame_iocb()
            let received = wslay_frame_recv(context, &frame)
            if received < 0 {
                guard received == Int(WSLAY_ERR_WANT_READ.rawValue) else {
                    return fail(WebSocketCloseCode.protocolError, "malformed frame header")
                }
                // wslay may stop between two parts of a header with bytes left to fetch.
                if input.pointee.count == 0 { return .needsInput }
                continue
            }
            if let event = take(&frame) { return event }
        }
        return .needsInput
    }

    /// Handles a piece of a frame; an event if that completes one.
    private mutating func take(_ frame: inout wslay_frame_iocb) -> WebSocketEvent? {
        if !isInsideFrame {
            if let failure = begin(frame) { return failure }
            isInsideFrame = true
            frameBytesLeft = frame.payload_length
        }
        frameBytesLeft -= UInt64(frame.data_length)
        let ends = frameBytesLeft == 0
        if ends { isInsideFrame = false }
        let piece = UnsafeRawBufferPointer(start: frame.data, count: frame.data_length)
        if frame.opcode & 0x8 != 0 {
            return takeControl(piece, opcode: frame.opcode, ends: ends)
        }
        return takeData(piece, ends: ends, isFinal: frame.fin != 0)
    }

    /// Checks a frame's header (RFC 6455 §5.2, §5.4, §5.5) before its payload is looked at.
    private mutating func begin(_ frame: wslay_frame_iocb) -> WebSocketEvent? {
        let violation = WebSocketCloseCode.protocolError
        guard frame.rsv == 0 else { return fail(violation, "reserved bits set") }
        guard (frame.mask != 0) == mustBeMasked else {
            return mustBeMasked
                ? fail(violation, "unmasked frame from a client")
                : fail(violation, "masked frame from a server")
        }
        guard let opcode = WebSocketOpcode(rawValue: frame.opcode) else {
            return fail(violation, "unknown opcode")
        }
        switch opcode {
        case .continuation:
            guard messageOpcode != nil else {
                return fail(violation, "continuation of no message")
            }
        case .text, .binary:
            guard messageOpcode == nil else {
                return fail(violation, "new message inside a fragmented one")
            }
            messageOpcode = opcode
            assemblyCount = 0
            utf8 = WebSocketUTF8Validator()
        case .close, .ping, .pong:
            controlCount = 0
            return nil
        }
        guard frame.payload_length <= UInt64(messageBytesMax - assemblyCount) else {
            return fail(WebSocketCloseCode.messageTooBig, "message too big")
        }
        return nil
    }

    private mutating func takeData(
        _ piece: UnsafeRawBufferPointer, ends: Bool, isFinal: Bool
    ) -> WebSocketEvent? {
        let isWhole = ends && isFinal
        if messageOpcode == .text {
            guard utf8.consume(piece), !isWhole || utf8.isComplete else {
                return fail(WebSocketCloseCode.invalidPayload, "text is not UTF-8")
            }
        }
        if !isWhole || assemblyCount > 0 {
            append(piece)
            guard isWhole else { return nil }
        }
        let message =
            assemblyCount > 0
            ? UnsafeRawBufferPointer(start: assembly, count: assemblyCount) : piece
        defer {
            messageOpcode = nil
            assemblyCount = 0
        }
        return messageOpcode == .text ? .text(message) : .binary(message)
    }

    private mutating func takeControl(
        _ piece: UnsafeRawBufferPointer, opcode: UInt8, ends: Bool
    ) -> WebSocketEvent? {
        // wslay has refused control frames above 125 bytes.
        if let source = piece.baseAddress {
            memcpy(control + controlCount, source, piece.count)
            controlCount += piece.count
        }
        guard ends else { return nil }
        let payload = UnsafeRawBufferPointer(start: control, count: controlCount)
        switch WebSocketOpcode(rawValue: opcode) {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default: return takeClose(payload)
        }
    }

    /// RFC 6455 §5.5.1 and §7.4.
    private mutating func takeClose(_ payload: UnsafeRawBufferPointer) -> WebSocketEvent {
        if payload.isEmpty {
            isFinished = true
            return .close(code: WebSocketCloseCode.noStatus, reason: payload)
        }
        guard payload.count >= 2 else {
            return fail(WebSocketCloseCode.protocolError, "close frame of one byte")
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard WebSocketCloseCode.isSendable(code) else {
            return fail(WebSocketCloseCode.protocolError, "close code that may not be sent")
        }
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        var validator = WebSocketUTF8Validator()
        guard validator.consume(reason), validator.isComplete else {
            return fail(WebSocketCloseCode.invalidPayload, "close reason is not UTF-8")
        }
        isFinished = true
        return .close(code: code, reason: reason)
    }

    private mutating func fail(_ code: UInt16, _ reason: StaticString) -> WebSocketEvent {
        isFinished = true
        return .failure(code: code, reason: reason)
    }

    private mutating func append(_ piece: UnsafeRawBufferPointer) {
        guard let source = piece.baseAddress, !piece.isEmpty else { return }
        let needed = assemblyCount + piece.count
        if needed > assemblyCapacity {
            // `begin` keeps `needed` within the limit.
            let capacity = min(max(needed, assemblyCapacity * 2), messageBytesMax)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
            memcpy(larger, assembly, assemblyCount)
            assembly.deallocate()
            assembly = larger
            assemblyCapacity = capacity
        }
        memcpy(assembly + assemblyCount, source, piece.count)
        assemblyCount = needed
    }
}
