import Twilio

/// Where the audio of one message is decoded: one for all streams of a loop, because a message is
/// dealt with before the next one is read. Thousands of streams that say nothing take nothing here.
final class DecodeBuffer {
    /// As large as the protocol's limit; valid as long as this lives.
    let memory: UnsafeMutableRawBufferPointer

    init() {
        memory = .allocate(byteCount: MediaStreamLimits().payloadBytesMax, alignment: 16)
    }

    deinit { memory.deallocate() }
}
