import Realtime
import Twilio

/// What one Media Streams message costs, in nanoseconds, as the best of several rounds.
public struct CodecBenchmark: Sendable, Equatable, CustomStringConvertible {
    /// Text of Twilio's `media` message to µ-law in a buffer, through the session's rules.
    public var receiveNanos: Double
    /// The same without the session: parse and decode.
    public var parseNanos: Double
    /// µ-law to our `media` message.
    public var writeMediaNanos: Double
    /// Our `mark` message.
    public var writeMarkNanos: Double
    /// Audio bytes seen; holds the work in place.
    public var checksum: UInt64

    public var description: String {
        "per message of 160 bytes: receive \(Int(receiveNanos)) ns (parse \(Int(parseNanos)) ns), "
            + "write media \(Int(writeMediaNanos)) ns, write mark \(Int(writeMarkNanos)) ns"
    }

    /// Measures on the calling thread, which it keeps busy for about
    /// `rounds` · `messageCount` microseconds. Few messages, since the daemon finds each one in the
    /// cache that the kernel has just copied it through.
    public static func run(messageCount: Int = 2_000, rounds: Int = 50) -> CodecBenchmark {
        precondition(messageCount > 0 && rounds > 0)
        let start = StreamStart(
            streamSid: "MZ18ad3ab5a668481ce02b83e7395059f0",
            callSid: "CA1e8c1a0c7d3f4b2a9e8d7c6b5a493827")
        let twilio = TwilioSideWriter(start)
        let writer = StreamMessageWriter(streamSid: start.streamSid)
        let frame = (0..<160).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        var target = [UInt8](repeating: 0, count: 4096)
        let messages = (1...messageCount).map { number in
            let count = frame.withUnsafeBytes { frame in
                target.withUnsafeMutableBytes {
                    twilio.writeMedia(
                        frame, sequenceNumber: UInt64(number + 1), chunk: UInt64(number),
                        timestampMs: UInt64(number * 20), into: $0)
                }
            }
            return Array(target[..<(count ?? 0)])
        }
        var best = CodecBenchmark(
            receiveNanos: .infinity, parseNanos: .infinity, writeMediaNanos: .infinity,
            writeMarkNanos: .infinity, checksum: 0)
        var audio = [UInt8](repeating: 0, count: 8000)
        var checksum: UInt64 = 0
        func time(_ best: inout Double, _ work: () -> Void) {
            let begin = MonotonicClock.nowNanos()
            work()
            best = min(best, Double(MonotonicClock.nowNanos() - begin) / Double(messageCount))
        }
        for _ in 0..<rounds {
            var session = MediaStreamSession(openedAtNanos: 0)
            receive(twilio.start(sequenceNumber: 1), &session, &audio, &checksum)
            time(&best.receiveNanos) {
                for message in messages { receive(message, &session, &audio, &checksum) }
            }
            time(&best.parseNanos) {
                for message in messages { parse(message, &audio, &checksum) }
            }
            time(&best.writeMediaNanos) {
                frame.withUnsafeBytes { frame in
                    target.withUnsafeMutableBytes { target in
                        for _ in 0..<messageCount {
                            checksum &+= UInt64(writer.writeMedia(frame, into: target) ?? 0)
                        }
                    }
                }
            }
            time(&best.writeMarkNanos) {
                target.withUnsafeMutableBytes { target in
                    for number in 0..<messageCount {
                        let count = writer.writeMark(number: UInt64(number), into: target)
                        checksum &+= UInt64(count ?? 0)
                    }
                }
            }
        }
        best.checksum = checksum
        return best
    }

    private static func receive(
        _ message: [UInt8], _ session: inout MediaStreamSession, _ audio: inout [UInt8],
        _ checksum: inout UInt64
    ) {
        let event = message.withUnsafeBytes { text in
            audio.withUnsafeMutableBytes { session.receive(text, nowNanos: 0, audio: $0) }
        }
        if case .audio(let heard) = event { checksum &+= UInt64(heard.byteCount) }
    }

    private static func parse(
        _ message: [UInt8], _ audio: inout [UInt8], _ checksum: inout UInt64
    ) {
        message.withUnsafeBytes { text in
            guard case .media(let media)? = try? StreamMessageParser.parse(text) else { return }
            let count = audio.withUnsafeMutableBytes { try? media.decodePayload(into: $0) }
            checksum &+= UInt64(count ?? 0)
        }
    }
}
