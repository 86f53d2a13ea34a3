import DSP
import Twilio
import Wire

/// Text of a media message to samples and back: every step by itself, on one frame of 20 ms.
enum CodecComponents {
    private static let frameByteCount = 160
    private static let streamSid = "MZ18ad3ab5a668481ce02b83e7395059f0"

    static func all() -> [MicroComponent] {
        [
            parseMessage(), receiveMessage(), writeMessage(), receiveMark(), decodeBase64(),
            encodeBase64(), decodeMuLaw(), encodeMuLaw(), upsample(), downsample(),
        ]
    }

    static let start = StreamStart(
        streamSid: streamSid, callSid: "CA1e8c1a0c7d3f4b2a9e8d7c6b5a493827")

    /// One of Twilio's media messages.
    static func mediaMessage(chunk: UInt64) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: 1024)
        let count = audio.withUnsafeBytes { audio in
            target.withUnsafeMutableBytes {
                TwilioSideWriter(start).writeMedia(
                    audio, sequenceNumber: chunk + 1, chunk: chunk, timestampMs: chunk * 20,
                    into: $0)
            }
        }
        return Array(target[..<(count ?? 0)])
    }

    /// A frame in which every byte differs from its neighbours.
    static let audio = (0..<frameByteCount).map { UInt8(truncatingIfNeeded: $0 &* 37) }

    /// Lives as long as the process.
    private static func room(_ byteCount: Int = 8192) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0x35)
        return memory
    }

    private static func bytes(_ source: [UInt8]) -> UnsafeRawBufferPointer {
        let memory = room(source.count)
        memory.copyBytes(from: source)
        return UnsafeRawBufferPointer(memory)
    }

    // MARK: Messages

    private static func parseMessage() -> MicroComponent {
        let text = bytes(mediaMessage(chunk: 4711))
        let target = room()
        return MicroComponent(
            name: "media message: parse", unit: "frame", count: 20_000, floor: .copy(text.count)
        ) { count in
            for _ in 0..<count {
                guard case .media(let media)? = try? StreamMessageParser.parse(text) else { return }
                consume((try? media.decodePayload(into: target)) ?? 0)
            }
        }
    }

    /// With the rules of the stream: identifier, track, order.
    private static func receiveMessage() -> MicroComponent {
        // Without a chunk number the same message is good any number of times.
        let numbered = String(decoding: mediaMessage(chunk: 4711), as: UTF8.self)
        let text = bytes(Array(numbered.replacing("\"chunk\":\"4711\",", with: "").utf8))
        let target = room()
        var session = MediaStreamSession(openedAtNanos: 0)
        TwilioSideWriter(start).start(sequenceNumber: 1).withUnsafeBytes {
            _ = session.receive($0, nowNanos: 0, audio: target)
        }
        return MicroComponent(
            name: "media message: receive", unit: "frame", count: 20_000, floor: .copy(text.count)
        ) { count in
            for _ in 0..<count {
                if case .audio(let heard) = session.receive(text, nowNanos: 0, audio: target) {
                    consume(heard.byteCount)
                }
            }
        }
    }

    private static func receiveMark() -> MicroComponent {
        let target = room()
        let count = TwilioSideWriter(start).writeMark(
            name: "t12.s1.p4711", sequenceNumber: 5000, into: target)
        let text = bytes(Array(target[..<(count ?? 0)]))
        var session = MediaStreamSession(openedAtNanos: 0)
        TwilioSideWriter(start).start(sequenceNumber: 1).withUnsafeBytes {
            _ = session.receive($0, nowNanos: 0, audio: target)
        }
        return MicroComponent(
            name: "mark message: receive", unit: "mark", count: 20_000, floor: .copy(text.count)
        ) { count in
            for _ in 0..<count {
                if case .mark(let length) = session.receive(text, nowNanos: 0, audio: target) {
                    consume(length)
                }
            }
        }
    }

    private static func writeMessage() -> MicroComponent {
        let writer = StreamMessageWriter(streamSid: streamSid)
        let source = bytes(audio)
        let target = room()
        return MicroComponent(
            name: "media message: write", unit: "frame", count: 50_000,
            floor: .copy(writer.mediaByteCount(payloadByteCount: frameByteCount))
        ) { count in
            for _ in 0..<count { consume(writer.writeMedia(source, into: target) ?? 0) }
        }
    }

    // MARK: Base64 and µ-law

    private static func decodeBase64() -> MicroComponent {
        let target = room()
        let encoded = Base64.encode(bytes(audio), into: target) ?? 0
        let text = bytes(Array(target[..<encoded]))
        return MicroComponent(
            name: "base64: decode", unit: "frame", count: 50_000, floor: .copy(text.count)
        ) { count in
            for _ in 0..<count { consume((try? Base64.decode(text, into: target)) ?? 0) }
        }
    }

    private static func encodeBase64() -> MicroComponent {
        let source = bytes(audio)
        let target = room()
        return MicroComponent(
            name: "base64: encode", unit: "frame", count: 50_000,
            floor: .copy(Base64.encodedCount(frameByteCount))
        ) { count in
            for _ in 0..<count { consume(Base64.encode(source, into: target) ?? 0) }
        }
    }

    private static func decodeMuLaw() -> MicroComponent {
        let source = bytes(audio).assumingMemoryBound(to: UInt8.self)
        let target = UnsafeMutableBufferPointer(
            rebasing: room().bindMemory(to: Int16.self)[..<frameByteCount])
        return MicroComponent(
            name: "µ-law: decode", unit: "frame", count: 50_000, floor: .copy(2 * frameByteCount)
        ) { count in
            for index in 0..<count {
                G711.decodeMuLaw(source, into: target)
                consume(Int(target[index % frameByteCount]))
            }
        }
    }

    private static func encodeMuLaw() -> MicroComponent {
        let source = UnsafeBufferPointer(samples(frameByteCount))
        let target = UnsafeMutableBufferPointer(
            rebasing: room().bindMemory(to: UInt8.self)[..<frameByteCount])
        return MicroComponent(
            name: "µ-law: encode", unit: "frame", count: 50_000, floor: .copy(2 * frameByteCount)
        ) { count in
            for index in 0..<count {
                G711.encodeMuLaw(source, into: target)
                consume(Int(target[index % frameByteCount]))
            }
        }
    }

    // MARK: Resamplers

    private static func samples(_ count: Int) -> UnsafeMutableBufferPointer<Int16> {
        let target = UnsafeMutableBufferPointer(
            rebasing: room().bindMemory(to: Int16.self)[..<count])
        var noise = ComfortNoise(seed: 7, level: -20)
        noise.fill(target)
        return target
    }

    private static func upsample() -> MicroComponent {
        let source = UnsafeBufferPointer(samples(frameByteCount))
        let target = UnsafeMutableBufferPointer(
            rebasing: room().bindMemory(to: Int16.self)[..<(2 * frameByteCount)])
        let resampler = Upsampler8to16()
        return MicroComponent(
            name: "resample 8 to 16 kHz", unit: "frame", count: 10_000,
            floor: .copy(4 * frameByteCount)
        ) { count in
            for _ in 0..<count { consume(resampler.process(source, into: target)) }
        }
    }

    private static func downsample() -> MicroComponent {
        let source = UnsafeBufferPointer(samples(2 * frameByteCount))
        let target = UnsafeMutableBufferPointer(
            rebasing: room().bindMemory(to: Int16.self)[..<frameByteCount])
        let resampler = Downsampler16to8()
        return MicroComponent(
            name: "resample 16 to 8 kHz", unit: "frame", count: 10_000,
            floor: .copy(4 * frameByteCount)
        ) { count in
            for _ in 0..<count { consume(resampler.process(source, into: target)) }
        }
    }
}
