import Realtime
import Twilio

/// What the sanitizer has to find: were it silent here, its silence about calls would say nothing.
enum NegativeControl {
    /// An allocation of our own between the brackets.
    static func allocate() {
        RealtimeRegion.enter()
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
        RealtimeRegion.leave()
        print("allocated at \(memory)")
        memory.deallocate()
    }

    /// The one media message that is known to allocate (see `MediaView.decodePayload`): more than
    /// 1 KB of payload with escapes, as no telephone network sends it.
    static func receiveLongEscapedPayload() {
        var session = MediaStreamSession(openedAtNanos: 0)
        let twilio = TwilioSideWriter(StreamStart(streamSid: "MZ1", callSid: "CA1"))
        let audio = UnsafeMutableRawBufferPointer.allocate(byteCount: 8000, alignment: 16)
        defer { audio.deallocate() }
        twilio.start(sequenceNumber: 1).withUnsafeBytes {
            _ = session.receive($0, nowNanos: 0, audio: audio)
        }
        let payload = String(repeating: #"\/\/\/\/"#, count: 500)
        let text = #"{"event":"media","streamSid":"MZ1","media":{"payload":""# + payload + #""}}"#
        let event = Array(text.utf8).withUnsafeBytes {
            session.receive($0, nowNanos: 0, audio: audio)
        }
        print("received \(event)")
    }
}
