import CAllocationCounter
import DSP
import Engines
import Foundation
import Pipelines
import TestSupport
import Testing

@Suite struct WireAudioTests {
    private static let seed: UInt64 = 11

    private var samples: [Int16] {
        var generator = SeededGenerator(seed: Self.seed)
        return (0..<480).map { _ in Int16.random(in: .min ... .max, using: &generator) }
    }

    @Test func muLawIsPassedOnAsItCame() {
        let codes = (0...255).map { UInt8($0) }
        let linear = G711.decodedMuLaw(codes)
        let frame = WireAudioFrame(WireAudio(coding: .muLaw8k, chunkMs: 60))
        let sent = linear.withUnsafeBufferPointer { Array(frame.message($0)) }
        // 0x7F and 0xFF are the two zeros.
        #expect(sent == codes.map { $0 == 0x7F ? 0xFF : $0 }, "seed \(Self.seed)")
    }

    @Test func jsonHoldsTheSameBytes() throws {
        let audio = WireAudio(
            coding: .muLaw8k, envelope: .json(before: #"{"audio":""#, after: #""}"#), chunkMs: 60)
        let frame = WireAudioFrame(audio)
        for count in [480, 1, 2, 3, 479] {
            let part = Array(samples.prefix(count))
            let sent = part.withUnsafeBufferPointer { Array(frame.message($0)) }
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(sent)) as? [String: String])
            let audio = try #require(json["audio"].flatMap { Data(base64Encoded: $0) })
            #expect(Array(audio) == G711.encodedMuLaw(part))
        }
    }

    @Test func sixteenKilohertzIsTwiceAsMuch() {
        let frame = WireAudioFrame(WireAudio(coding: .linear16k, chunkMs: 100))
        let tone = (0..<800).map { Int16(8000 * sin(Double($0) * 0.3)) }
        let sent = tone.withUnsafeBufferPointer { Array(frame.message($0)) }
        #expect(sent.count == 3200)
        let peak = stride(from: 0, to: sent.count, by: 2).map {
            abs(Int(Int16(bitPattern: UInt16(sent[$0]) | UInt16(sent[$0 + 1]) << 8)))
        }.max()
        #expect((7000...9000).contains(peak ?? 0))
    }

    @Test(.enabled(if: streamd_allocations_are_counted()))
    func messagesAllocateNothing() {
        let envelope = WireAudio.Envelope.json(before: #"{"audio":""#, after: #""}"#)
        let samples = samples
        for coding in [WireAudio.Coding.muLaw8k, .linear8k, .linear16k] {
            let frame = WireAudioFrame(WireAudio(coding: coding, envelope: envelope, chunkMs: 60))
            let count = samples.withUnsafeBufferPointer { buffer in
                _ = frame.message(buffer)
                let before = streamd_allocations_of_this_thread()
                for _ in 0..<100 { _ = frame.message(buffer) }
                return streamd_allocations_of_this_thread() - before
            }
            #expect(count == 0, "\(coding)")
        }
    }
}
