import CAllocationCounter
import Foundation
import Testing
import Twilio

/// The audio path of this module allocates nothing: counted, not believed.
@Suite struct AllocationTests {
    /// Sanitizers bring an allocator of their own, which is not counted.
    @Test(.enabled(if: streamd_allocations_are_counted()))
    func framesAreReadAndWrittenWithoutAllocation() throws {
        let start = StreamStart(streamSid: "MZ0123456789abcdef0123456789abcdef", callSid: "CA1")
        let twilio = TwilioSideWriter(start)
        let writer = StreamMessageWriter(streamSid: start.streamSid)
        var session = MediaStreamSession(openedAtNanos: 0)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
        defer { room.deallocate() }
        let message = UnsafeMutableRawBufferPointer(rebasing: room[..<4096])
        let audio = UnsafeMutableRawBufferPointer(rebasing: room[4096..<12_288])
        let frame = UnsafeMutableRawBufferPointer(rebasing: room[12_288..<12_448])
        frame.copyBytes(from: (0..<160).map { UInt8($0) })
        twilio.start(sequenceNumber: 1).withUnsafeBytes { text in
            _ = session.receive(text, nowNanos: 0, audio: audio)
        }
        var heardByteCount = 0
        var returnedMarkCount = 0
        let markName = "t123.s45.p6789012"
        var writtenByteCount = 0
        func exchange(_ number: UInt64) {
            let count =
                twilio.writeMedia(
                    UnsafeRawBufferPointer(frame), sequenceNumber: number + 1, chunk: number,
                    timestampMs: number * 20, into: message) ?? 0
            let text = UnsafeRawBufferPointer(rebasing: message[..<count])
            if case .audio(let heard) = session.receive(text, nowNanos: number, audio: audio) {
                heardByteCount += heard.byteCount
            }
            // A name too long for a String without memory of its own comes back.
            let returned =
                twilio.writeMark(name: markName, sequenceNumber: number + 1, into: message) ?? 0
            let mark = UnsafeRawBufferPointer(rebasing: message[..<returned])
            if case .mark(let nameByteCount) = session.receive(mark, nowNanos: 0, audio: audio) {
                returnedMarkCount += nameByteCount == markName.utf8.count ? 1 : 0
                let name = UnsafeRawBufferPointer(rebasing: audio[..<nameByteCount])
                writtenByteCount += writer.writeMark(name: name, into: message) ?? 0
            }
            writtenByteCount += writer.writeMedia(UnsafeRawBufferPointer(frame), into: message) ?? 0
            writtenByteCount += writer.writeMark(number: number, into: message) ?? 0
            writtenByteCount += writer.writeMark(name: "m12345", into: message) ?? 0
            writtenByteCount += writer.writeClear(into: message) ?? 0
        }
        for number in UInt64(1)...10 { exchange(number) }
        let before = streamd_allocations_of_this_thread()
        for number in UInt64(11)...1010 { exchange(number) }
        let allocationCount = streamd_allocations_of_this_thread() - before
        #expect(allocationCount == 0)
        #expect(heardByteCount == 1010 * 160)
        #expect(returnedMarkCount == 1010)
        #expect(writtenByteCount > 1010 * 300)
    }
}
