import DSP
import Foundation
import Testing

@Suite("Audio files in memory")
struct AudioFileDecoderTests {
    private static let tone = (0..<24_000).map {
        Int16(10_000 * sin(2 * .pi * 440 * Double($0) / 24_000))
    }

    private func file(_ format: AudioFileWriter.Format, rate: Int) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "decoder-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try AudioFileWriter(path: path, format: format, sampleRate: rate)
        try writer.write(Self.tone)
        try writer.close()
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private func decode(_ decoder: AudioFileDecoder, _ count: Int) throws -> [Int16] {
        var samples: [Int16] = []
        while true {
            let piece = try decoder.read(count)
            guard !piece.isEmpty else { return samples }
            samples += piece
        }
    }

    @Test("16 bits come back as they were, in pieces of any length", arguments: [1, 100, 100_000])
    func exact(count: Int) throws {
        let decoder = try AudioFileDecoder(try file(.wav, rate: 24_000))
        #expect(decoder.sampleRate == 24_000 && decoder.channelCount == 1)
        #expect(try decode(decoder, count) == Self.tone)
    }

    @Test(
        "coded sound comes back as long and as loud",
        arguments: [AudioFileWriter.Format.mp3, .oggOpus, .wavMuLaw])
    func coded(format: AudioFileWriter.Format) throws {
        let decoder = try AudioFileDecoder(try file(format, rate: 24_000))
        #expect(decoder.sampleRate == 24_000)
        let samples = try decode(decoder, 4096)
        #expect(abs(samples.count - Self.tone.count) <= 2400)
        let power = samples.map { Double($0) * Double($0) }.reduce(0, +) / Double(samples.count)
        #expect((6000...8000).contains(power.squareRoot()))
    }

    @Test("what is not sound is refused, what is cut off ends")
    func refused() throws {
        for text in ["", "<html>not found</html>", "{\"error\": \"no\"}"] {
            #expect(throws: DSPError.self) { _ = try AudioFileDecoder(Array(text.utf8)) }
        }
        let half = try file(.mp3, rate: 24_000)
        let samples = try decode(try AudioFileDecoder(Array(half[..<(half.count / 2)])), 1000)
        #expect((4000...16_000).contains(samples.count))
    }
}
