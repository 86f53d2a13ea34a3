import DSP
import Foundation
import TestSupport
import Testing

@Suite("Ogg Opus as it arrives")
struct OggOpusStreamTests {
    /// Two seconds and a half of a sweep, and the file that libsndfile makes of it.
    private static func sweep() throws -> (file: [UInt8], decoded: [Int16]) {
        let samples = (0..<60_001).map { index in
            let time = Double(index) / 24_000
            return Int16(12_000 * sin(2 * .pi * (200 + 450 * time) * time))
        }
        let path = NSTemporaryDirectory() + "opus-\(UUID().uuidString).ogg"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try AudioFileWriter(path: path, format: .oggOpus, sampleRate: 24_000)
        try writer.write(samples)
        try writer.close()
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        return (bytes, try AudioFile.read(path: path).samples16)
    }

    private func decode(
        _ file: [UInt8], rate: Int, pieces size: Int
    ) throws -> [[Int16]] {
        let stream = OggOpusStream(rate: rate)
        var packets: [[Int16]] = []
        for start in stride(from: 0, to: file.count, by: size) {
            try file[start..<min(start + size, file.count)].withUnsafeBytes {
                try stream.append($0) { packets.append(Array($0)) }
            }
        }
        return packets
    }

    @Test("what libsndfile decodes is decoded to the sample, however it is cut")
    func likeTheLibrary() throws {
        let (file, expected) = try Self.sweep()
        for size in [1, 7, 28, 1000, file.count] {
            let found = try decode(file, rate: 24_000, pieces: size).flatMap(\.self)
            // The beginning and the end that the coder added are gone.
            #expect(found.count == expected.count)
            let worst = zip(found, expected).map { abs(Int($0) - Int($1)) }.max() ?? .max
            // Floats rounded by one, 16 bits by the other.
            #expect(worst <= 2)
        }
    }

    @Test("at the telephone's rate it lasts as long")
    func telephone() throws {
        let (file, expected) = try Self.sweep()
        let found = try decode(file, rate: 8000, pieces: 333).flatMap(\.self)
        #expect(abs(found.count - expected.count / 3) <= 2)
        #expect((found.map { abs(Int($0)) }.max() ?? 0) > 8000)
    }

    @Test("packets are handed on before the stream is complete")
    func early() throws {
        let (file, expected) = try Self.sweep()
        // The library fills a page with a second of sound.
        let part = try decode(Array(file[..<(file.count * 2 / 3)]), rate: 24_000, pieces: 100)
        let count = part.map(\.count).reduce(0, +)
        #expect(count > 0 && count < expected.count)
    }

    @Test("what is something else is refused at once")
    func refused() throws {
        for text in ["<html>not found", "RIFF....WAVE", "{\"error\": 1}"] {
            #expect(throws: DSPError.self) {
                _ = try decode(Array(text.utf8), rate: 8000, pieces: 100)
            }
        }
        // Ogg with something else in it: the head's name is changed, and with it the page's checksum.
        var (file, _) = try Self.sweep()
        file[28] = UInt8(ascii: "X")
        #expect(throws: DSPError.self) { _ = try decode(file, rate: 8000, pieces: 50) }
    }

    @Test("damage costs what is damaged, or is told, and never more")
    func damaged() throws {
        let (file, expected) = try Self.sweep()
        var generator = SeededGenerator(seed: printedSeed())
        for _ in 0..<200 {
            var bytes = file
            for _ in 0..<3 {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            }
            let found = try? decode(bytes, rate: 24_000, pieces: 517)
            #expect((found?.map(\.count).reduce(0, +) ?? 0) <= expected.count + 3 * 2880)
        }
    }
}
