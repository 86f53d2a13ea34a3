import Foundation
import TestSupport
import Testing
import Twilio

@Suite struct StreamMessageWriterTests {
    @Test func ourMessagesComeBack() throws {
        let seed = printedSeed("ourMessagesComeBack")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let sid = randomText(&generator, lengthMax: 40)
            let name = randomText(&generator, lengthMax: 15)
            let audio = randomBytes(&generator, countMax: 700)
            let writer = StreamMessageWriter(streamSid: sid)
            let media = try #require(
                audio.withUnsafeBytes { audio in written { writer.writeMedia(audio, into: $0) } })
            #expect(media.count == writer.mediaByteCount(payloadByteCount: audio.count))
            #expect(parse(media) == .media(.init(streamSid: sid, audio: audio)), "seed \(seed)")
            let mark = try #require(written { writer.writeMark(name: name, into: $0) })
            #expect(mark.count <= writer.markByteCountMax)
            #expect(parse(mark) == .mark(StreamMark(streamSid: sid, name: name)), "seed \(seed)")
            let clear = try #require(written { writer.writeClear(into: $0) })
            #expect(parse(clear) == .clear(sid), "seed \(seed)")
            for message in [media, mark, clear] {
                #expect((try? JSONSerialization.jsonObject(with: Data(message))) != nil)
            }
        }
    }

    @Test func exactTextForPlainNames() throws {
        let writer = StreamMessageWriter(streamSid: "MZ1")
        func text(_ bytes: [UInt8]?) -> String? {
            bytes.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            text(written { writer.writeMark(number: 1234, into: $0) })
                == #"{"event":"mark","streamSid":"MZ1","mark":{"name":"1234"}}"#)
        #expect(
            text(written { writer.writeClear(into: $0) }) == #"{"event":"clear","streamSid":"MZ1"}"#
        )
        #expect(
            text(
                [1, 2, 3].withUnsafeBytes { _ in
                    written {
                        writer.writeMedia(UnsafeRawBufferPointer(start: nil, count: 0), into: $0)
                    }
                }) == #"{"event":"media","streamSid":"MZ1","media":{"payload":""}}"#)
    }

    @Test func aBufferOneByteTooSmallIsRefused() throws {
        let writer = StreamMessageWriter(streamSid: "MZ1")
        let twilio = TwilioSideWriter(StreamStart(streamSid: "MZ1", callSid: "CA1"))
        let audio = [UInt8](repeating: 7, count: 160)
        audio.withUnsafeBytes { audio in
            let writers: [(UnsafeMutableRawBufferPointer) -> Int?] = [
                { writer.writeMedia(audio, into: $0) },
                { writer.writeMark(name: "a\u{1}b", into: $0) },
                { writer.writeMark(number: .max, into: $0) },
                { writer.writeClear(into: $0) },
                {
                    twilio.writeMedia(
                        audio, sequenceNumber: 2, chunk: 1, timestampMs: 20, into: $0)
                },
                { twilio.writeMark(name: "m", sequenceNumber: 2, into: $0) },
            ]
            for write in writers {
                guard let whole = written(4096, write) else {
                    Issue.record("4096 bytes were too few")
                    continue
                }
                #expect(written(whole.count, write) == whole)
                for count in 0..<whole.count { #expect(written(count, write) == nil) }
            }
        }
    }

    @Test func twiliosMessagesComeBack() throws {
        let seed = printedSeed("twiliosMessagesComeBack")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var start = StreamStart(
                streamSid: randomText(&generator, lengthMax: 20),
                callSid: randomText(&generator, lengthMax: 20),
                accountSid: randomText(&generator, lengthMax: 20), sequenceNumber: 17,
                tracks: ["inbound", randomText(&generator, lengthMax: 4)])
            for _ in 0..<3 {
                start.customParameters[randomText(&generator, lengthMax: 8)] =
                    randomText(&generator, lengthMax: 30)
            }
            let writer = TwilioSideWriter(start)
            let audio = randomBytes(&generator, countMax: 400)
            let number = UInt64.random(in: 0...UInt64.max, using: &generator)
            #expect(parse(writer.start(sequenceNumber: 17)) == .start(start), "seed \(seed)")
            #expect(parse(writer.connected()) == .connected(StreamConnected()))
            let media = try #require(
                audio.withUnsafeBytes { audio in
                    written {
                        writer.writeMedia(
                            audio, sequenceNumber: number, chunk: 5, timestampMs: 80, into: $0)
                    }
                })
            let expected = Parsed.Media(
                sequenceNumber: number, streamSid: start.streamSid, chunk: 5, timestampMs: 80,
                audio: audio)
            #expect(parse(media) == .media(expected), "seed \(seed)")
            let name = randomText(&generator, lengthMax: 20)
            let mark = try #require(
                written { writer.writeMark(name: name, sequenceNumber: 3, into: $0) })
            #expect(
                parse(mark)
                    == .mark(StreamMark(streamSid: start.streamSid, name: name, sequenceNumber: 3)))
            #expect(
                parse(writer.dtmf(digit: "#", sequenceNumber: 4))
                    == .dtmf(StreamDTMF(streamSid: start.streamSid, digit: "#", sequenceNumber: 4)))
            #expect(
                parse(writer.stop(sequenceNumber: 9))
                    == .stop(
                        StreamStop(
                            streamSid: start.streamSid, callSid: start.callSid,
                            accountSid: start.accountSid, sequenceNumber: 9)))
        }
    }
}
