import Twilio
import Wire

/// Called by libFuzzer with every input; a trap or a fault is a find.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = UnsafeRawBufferPointer(start: bytes, count: count)
    checkParser(input)
    checkSession(input)
    return 0
}

/// What the parser takes, our strict JSON reader takes too; what it reads, the writers write back.
private func checkParser(_ text: UnsafeRawBufferPointer) {
    let message: StreamMessage
    do throws(StreamMessageError) {
        message = try StreamMessageParser.parse(text)
    } catch {
        precondition((0...text.count).contains(error.offset), "an error outside of the message")
        precondition(!error.description.isEmpty)
        return
    }
    let array = Array(text)
    // The parser leaves UTF-8 to the WebSocket layer and lets surrogates stand alone.
    if String(validating: array, as: UTF8.self) != nil, !array.contains(UInt8(ascii: "\\")) {
        let value = try? JSONValue(parsing: array.span, depthMax: 64)
        precondition(value != nil || hasRepeatedOrHugeValues(array), "taken, and yet no JSON")
    }
    switch message {
    case .media(let media): checkMedia(media)
    case .mark(let view):
        let mark = StreamMark(view)
        let writer = StreamMessageWriter(streamSid: mark.streamSid)
        withRoom(text.count * 6 + 256) { room in
            guard let count = writer.writeMark(name: mark.name, into: room) else {
                preconditionFailure("no room for a mark")
            }
            let again = UnsafeRawBufferPointer(rebasing: room[..<count])
            guard case .mark(let read)? = try? StreamMessageParser.parse(again) else {
                preconditionFailure("a mark that was written cannot be read")
            }
            let copy = StreamMark(read)
            precondition(copy.name == mark.name && copy.streamSid == mark.streamSid)
        }
    case .start(let start):
        let again = TwilioSideWriter(start).start(sequenceNumber: start.sequenceNumber)
        guard case .start(let read)? = again.withUnsafeBytes({ try? StreamMessageParser.parse($0) })
        else { preconditionFailure("a start that was written cannot be read") }
        precondition(read.customParameters == start.customParameters)
        precondition(read.callSid == start.callSid && read.mediaFormat == start.mediaFormat)
    case .connected, .dtmf, .clear, .stop, .unknown: break
    }
}

private func checkMedia(_ media: MediaView) {
    withRoom(media.payload.bytes.count + 256) { room in
        guard let count = try? media.decodePayload(into: room) else { return }
        precondition(count <= media.payload.bytes.count / 4 * 3, "more audio than characters")
        let audio = UnsafeRawBufferPointer(rebasing: room[..<count])
        let writer = StreamMessageWriter(streamSid: media.streamSid?.string ?? "")
        withRoom(writer.mediaByteCount(payloadByteCount: count)) { target in
            precondition(writer.writeMedia(audio, into: target) == target.count)
            guard case .media(let read)? = try? StreamMessageParser.parse(.init(target)) else {
                preconditionFailure("audio that was written cannot be read")
            }
            // Base64 is read strictly, so there is only one way to write these bytes.
            if !media.payload.hasEscapes {
                precondition(read.payload.equals(media.payload.bytes), "other Base64")
            }
        }
    }
}

/// The input's lines as the frames of one stream: the rules hold whatever comes.
private func checkSession(_ input: UnsafeRawBufferPointer) {
    let limits = MediaStreamLimits(payloadBytesMax: 64, chunkGapMax: 9)
    var session = MediaStreamSession(openedAtNanos: 0, limits: limits)
    var hasStarted = false
    var hasEnded = false
    withRoom(limits.payloadBytesMax) { room in
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let frame = UnsafeRawBufferPointer(rebasing: line)
            let event = session.receive(frame, nowNanos: 0, audio: room)
            if hasEnded {
                precondition(event == .ignored(.afterEnd), "something after the end")
            }
            switch event {
            case .started:
                precondition(!hasStarted, "started twice")
                hasStarted = true
            case .audio(let audio):
                precondition(hasStarted && audio.byteCount <= limits.payloadBytesMax)
                precondition(audio.lostChunkCount <= limits.chunkGapMax)
            case .mark(let count):
                precondition(hasStarted && count <= limits.payloadBytesMax)
            case .dtmf: precondition(hasStarted, "a message before start")
            case .violation(let violation):
                precondition(violation.closeReason.utf8.count <= 123, "the reason is too long")
                precondition([1002, 1003, 1007, 1008, 1009].contains(violation.closeCode))
                hasEnded = true
            case .stopped: hasEnded = true
            case .connected, .ignored: break
            }
            precondition(session.hasEnded == hasEnded)
        }
    }
}

/// Our JSON reader may refuse what the grammar allows: numbers out of range, repeated names.
private func hasRepeatedOrHugeValues(_ text: [UInt8]) -> Bool {
    text.contains { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") } || text.count > 64
}

/// Memory of exactly this size, so that the sanitizer sees the first byte beyond it.
private func withRoom(_ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 1)
    defer { room.deallocate() }
    body(room)
}
