import Calls
import DSP
import Net
import Pipelines
import Realtime
import Twilio

/// Twilio's Media Streams as what carries a call: each frame, mark and `clear` is one JSON message on
/// the socket. Lives on the socket's loop.
final class MediaStreamTransport: CallTransport {
    /// Called once, when the other side has refused a message.
    var onUnread: (() -> Void)?
    /// Called when the session wants no more of the socket.
    var onClosing: ((TransportClosing) -> Void)?

    let audio = CallAudio.telephone
    private let socket: WebSocket
    private let writer: StreamMessageWriter
    /// One outbound message is written here before it goes out; kept for the call's life so that
    /// sending allocates nothing.
    private let message: UnsafeMutableRawBufferPointer
    private var isUnread = false

    init(_ socket: WebSocket, streamSid: String, options: ConversationOptions) {
        self.socket = socket
        writer = StreamMessageWriter(streamSid: streamSid)
        let frameByteCountMax = audio.byteCount(ms: options.frameMs)
        let messageByteCount = writer.mediaByteCount(payloadByteCount: frameByteCountMax)
        message = .allocate(
            byteCount: max(messageByteCount, writer.markByteCountMax), alignment: 16)
        // A reply begins with the whole lead at once, and a few marks.
        let burstCount = options.leadMs / options.frameMs + 4
        socket.reserveOutbound(burstCount * (messageByteCount + 14))
    }

    deinit { message.deallocate() }

    func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) {
        send(writer.writeMedia(UnsafeRawBufferPointer(muLaw), into: message))
    }

    func sendMark(_ name: MarkName) {
        let byteCount = withUnsafeTemporaryAllocation(
            byteCount: MarkName.byteCountMax, alignment: 1
        ) { text in
            let length = name.write(into: text)
            return writer.writeMark(
                name: UnsafeRawBufferPointer(rebasing: text[..<length]), into: message)
        }
        send(byteCount)
    }

    func sendClear() { send(writer.writeClear(into: message)) }

    private func send(_ byteCount: Int?) {
        guard let byteCount else { return }
        _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<byteCount]))
        guard socket.refusedSendCount > 0, !isUnread else { return }
        isUnread = true
        onUnread?()
    }

    func cork() { socket.cork() }
    func uncork() { socket.uncork() }

    var refusedMessageCount: Int { Int(socket.refusedSendCount) }

    func close(_ why: TransportClosing) { onClosing?(why) }
}
