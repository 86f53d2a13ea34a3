import CAllocationCounter
import DSP
import TestSupport
import Testing

@Suite("Call audio")
struct CallAudioTests {
    static let all = [
        CallAudio.telephone, CallAudio.listening, CallAudio(.muLaw, sampleRate: 16_000),
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
        CallAudio(.linear16, sampleRate: 48_000),
    ]

    @Test("lengths follow from coding and rate")
    func lengths() {
        let telephone = CallAudio.telephone
        #expect(telephone.byteCount(ms: 20) == 160 && telephone.sampleCount(ms: 20) == 160)
        #expect(telephone.bytesPerSecond == 8000 && telephone.silenceByte == 0xFF)
        #expect(telephone.nanos(byteCount: 1) == 125_000)
        let wide = CallAudio(.linear16, sampleRate: 16_000)
        #expect(wide.byteCount(ms: 20) == 640 && wide.sampleCount(ms: 20) == 320)
        #expect(wide.bytesPerSecond == 32_000 && wide.silenceByte == 0)
        #expect(wide.nanos(byteCount: 2) == 62_500 && wide.milliseconds(byteCount: 95) == 2)
        // A sample of 24 kHz lasts 41,666⅔ ns.
        let browser = CallAudio(.linear16, sampleRate: 24_000)
        #expect(browser.nanos(byteCount: 2) == 41_666 && browser.nanos(byteCount: 6) == 125_000)
    }

    @Test("times become whole samples, for years and backwards", arguments: all)
    func times(audio: CallAudio) {
        let size = Int64(audio.bytesPerSample)
        let years: Int64 = 10 * 365 * 86_400
        #expect(
            audio.byteCount(nanos: years * 1_000_000_000) == years * Int64(audio.bytesPerSecond))
        #expect(
            audio.nanos(byteCount: years * Int64(audio.bytesPerSecond)) == years * 1_000_000_000)
        for nanos: Int64 in [0, 1, 41_667, 62_500, 125_000, 999_999, 20_000_000, 123_456_789] {
            let bytes = audio.byteCount(nanos: nanos)
            #expect(bytes % size == 0)
            #expect(audio.byteCount(nanos: -nanos) == -bytes)
            let back = audio.nanos(byteCount: bytes)
            #expect(back <= nanos && nanos - back <= 1_000_000_000 / Int64(audio.sampleRate) + 1)
        }
        for milliseconds in 0..<200 {
            let bytes = Int64(audio.byteCount(ms: milliseconds))
            #expect(audio.byteCount(nanos: Int64(milliseconds) * 1_000_000) == bytes)
            #expect(audio.nanos(byteCount: bytes) == Int64(milliseconds) * 1_000_000)
        }
    }

    @Test("samples come back as they went, and silence is silent", arguments: all)
    func coding(audio: CallAudio) {
        let samples: [Int16] = [0, 1, -1, 300, -5000, 32_767, -32_768]
        let back = audio.decoded(audio.encoded(samples))
        if audio.encoding == .linear16 {
            #expect(back == samples)
        } else {
            #expect(back == G711.decodedMuLaw(G711.encodedMuLaw(samples)))
        }
        #expect(audio.encoded(samples).count == samples.count * audio.bytesPerSample)
        let silence = [UInt8](repeating: audio.silenceByte, count: audio.byteCount(ms: 10))
        #expect(audio.decoded(silence) == [Int16](repeating: 0, count: audio.sampleCount(ms: 10)))
    }

    @Test("linear samples are little-endian, and half of one is left out")
    func layout() {
        let wide = CallAudio(.linear16, sampleRate: 16_000)
        #expect(wide.encoded([0x0102, -2]) == [0x02, 0x01, 0xFE, 0xFF])
        #expect(wide.decoded([0x02, 0x01, 0xFE]) == [0x0102])
    }

    @Test("a name is read back", arguments: all)
    func names(audio: CallAudio) { #expect(CallAudio(audio.description) == audio) }

    @Test(
        "another name is refused",
        arguments: [
            "", "mulaw", "mulaw-", "alaw-8000", "linear16-44100", "linear16-16000-1",
            "linear16-96000", "linear16--16000", "linear16-7000",
        ])
    func refusals(name: String) { #expect(CallAudio(name) == nil) }
}

@Suite("Rate converter")
struct RateConverterTests {
    /// Steps from level to level: what is held for longer than the filter is long comes out as it went in.
    @Test(
        "levels are kept, lengths go by the rates, and no frame allocates",
        arguments: [
            (8000, 8000), (8000, 16_000), (16_000, 8000), (24_000, 8000), (48_000, 8000),
            (22_050, 16_000),
        ])
    func levels(from: Int, to: Int) throws {
        let converter = try RateConverter(from: from, to: to)
        let levels: [Int16] = [0, 9000, -324, 32_000, 120, -32_000, 0]
        let held = from / 10
        let input = levels.flatMap { [Int16](repeating: $0, count: held) }
        var output: [Int16] = []
        output.reserveCapacity(levels.count * to)
        let frame = from / 50
        var made = [Int16](
            repeating: 0, count: converter.outputCapacity(forInputCount: frame))
        let before = streamd_allocations_of_this_thread()
        var allocations: UInt64 = 0
        for start in stride(from: 0, to: input.count, by: frame) {
            let end = min(start + frame, input.count)
            let count = input[start..<end].withUnsafeBufferPointer { piece in
                made.withUnsafeMutableBufferPointer { converter.process(piece, into: $0) }
            }
            output += made[..<count]
        }
        allocations = streamd_allocations_of_this_thread() - before
        converter.flush(appendingTo: &output)
        if streamd_allocations_are_counted() { #expect(allocations == 0) }
        #expect(abs(output.count - input.count * to / from) <= to * 3 / 1000)
        for (index, level) in levels.enumerated() {
            let middle = output[index * to / 10 + to / 20]
            #expect(abs(Int(middle) - Int(level)) <= 2 + abs(Int(level)) / 2000, "\(level)")
        }
    }

    @Test("rates that nothing has are refused")
    func refusals() {
        #expect(throws: DSPError.self) { try RateConverter(from: 0, to: 0) }
        #expect(throws: DSPError.self) { try RateConverter(from: 8000, to: -1) }
    }
}
