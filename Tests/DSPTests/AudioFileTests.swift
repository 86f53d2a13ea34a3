import DSP
import Foundation
import Testing

/// A folder that goes away with the value.
private final class Folder {
    let url: URL
    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dsp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String) -> String { url.appending(path: name).path }
}

@Suite("Audio files")
struct AudioFileTests {
    private static let tone = Signals.sine(440, rate: 8000, count: 12_345, amplitude: 0.5)
        .map { Int16(($0 * 32_767).rounded()) }

    @Test("16-bit WAV keeps every sample, in pieces too")
    func wav() throws {
        let folder = try Folder()
        let path = folder.path("a.wav")
        let writer = try AudioFileWriter(path: path, format: .wav, sampleRate: 8000)
        for start in stride(from: 0, to: Self.tone.count, by: 1000) {
            try writer.write(Array(Self.tone[start..<min(Self.tone.count, start + 1000)]))
        }
        #expect(writer.frameCount == Self.tone.count)
        try writer.close()
        try writer.close()
        let file = try AudioFile.read(path: path)
        #expect(file.sampleRate == 8000 && file.channelCount == 1)
        #expect(file.samples16 == Self.tone)
        #expect(file.duration == 12_345.0 / 8000)
    }

    @Test("a file synchronised but not closed can be read")
    func synchronised() throws {
        let folder = try Folder()
        let path = folder.path("a.wav")
        let writer = try AudioFileWriter(path: path, format: .wav, sampleRate: 8000)
        try writer.write(Self.tone)
        writer.synchronise()
        #expect(try AudioFile.read(path: path).samples16 == Self.tone)
        try writer.close()
    }

    @Test("µ-law WAV keeps every code, written as codes or as samples")
    func muLaw() throws {
        let folder = try Folder()
        let codes = (0..<1024).map { UInt8($0 & 255) }
        let expected = G711.decodedMuLaw(codes)
        let raw = try AudioFileWriter(
            path: folder.path("r.wav"), format: .wavMuLaw, sampleRate: 8000)
        try codes.withUnsafeBufferPointer { try raw.write(muLaw: $0) }
        try raw.close()
        #expect(raw.frameCount == 1024)
        #expect(try AudioFile.read(path: folder.path("r.wav")).samples16 == expected)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.path("r.wav"))))
        #expect(bytes.indices.contains { bytes[$0...].starts(with: codes) })

        let linear = try AudioFileWriter(
            path: folder.path("l.wav"), format: .wavMuLaw, sampleRate: 8000)
        try linear.write(expected)
        try linear.close()
        #expect(try AudioFile.read(path: folder.path("l.wav")).samples16 == expected)

        try Data(codes).write(to: URL(filePath: folder.path("r.ulaw")))
        let headless = try AudioFile.read(path: folder.path("r.ulaw"))
        #expect(headless.samples16 == expected && headless.sampleRate == 8000)
    }

    @Test("two channels stay apart and are averaged on reading")
    func stereo() throws {
        let folder = try Folder()
        let writer = try AudioFileWriter(
            path: folder.path("s.wav"), format: .wav, sampleRate: 16_000, channelCount: 2)
        try writer.write([1000, 3000, -2000, 0, 32_767, 32_767] as [Int16])
        try writer.close()
        #expect(writer.frameCount == 3)
        let file = try AudioFile.read(path: folder.path("s.wav"))
        #expect(file.channelCount == 2 && file.sampleRate == 16_000)
        #expect(file.samples16 == [2000, -1000, 32_767])
    }

    @Test("Ogg Opus holds the tone at 8, 16 and 48 kHz", arguments: [8000, 16_000, 48_000])
    func opus(rate: Int) throws {
        let folder = try Folder()
        for channels in [1, 2] {
            let path = folder.path("\(channels).ogg")
            let writer = try AudioFileWriter(
                path: path, format: .oggOpus, sampleRate: rate, channelCount: channels)
            let tone = Signals.sine(440, rate: Double(rate), count: rate, amplitude: 0.5)
            try writer.write(tone.flatMap { [Float](repeating: $0, count: channels) })
            try writer.close()
            let file = try AudioFile.read(path: path)
            #expect(file.sampleRate == rate && file.channelCount == channels)
            #expect(abs(file.samples.count - rate) <= rate / 50)
            let middle = file.samples[(rate / 4)..<(3 * rate / 4)]
            let (power, rest) = Signals.fit(middle, hz: 440, rate: Double(rate))
            #expect(Signals.decibels(power) - Signals.decibels(rest) > 20)
        }
    }

    @Test("floats beyond full scale saturate")
    func clipping() throws {
        let folder = try Folder()
        let writer = try AudioFileWriter(path: folder.path("c.wav"), format: .wav, sampleRate: 8000)
        try writer.write([2, -2, 0] as [Float])
        try writer.close()
        #expect(try AudioFile.read(path: folder.path("c.wav")).samples16 == [.max, .min, 0])
    }

    @Test("reading at another rate keeps length and tone")
    func resampled() throws {
        let folder = try Folder()
        let writer = try AudioFileWriter(path: folder.path("a.wav"), format: .wav, sampleRate: 8000)
        try writer.write(Self.tone)
        try writer.close()
        let wide = try AudioFile.read(path: folder.path("a.wav"), resampledTo: 16_000)
        #expect(abs(wide.count - 2 * Self.tone.count) <= 1)
        let (power, rest) = Signals.fit(wide[5000..<20_000], hz: 440, rate: 16_000)
        #expect(Signals.decibels(power) - Signals.decibels(rest) > 85)
    }

    @Test("errors name the path, the reason and the remedy")
    func errors() throws {
        let folder = try Folder()
        let missing = folder.path("no/such.wav")
        func message(_ body: () throws(DSPError) -> Void) -> String {
            do {
                try body()
                return "no error"
            } catch {
                return error.description
            }
        }
        let absent = message { () throws(DSPError) in _ = try AudioFile.read(path: missing) }
        #expect(absent.contains(missing) && absent.contains("No such file"))
        #expect(absent.contains("Give a readable"))
        try Data("this is no audio at all, whatever its name says".utf8)
            .write(to: URL(filePath: folder.path("text.wav")))
        let text = message { () throws(DSPError) in
            _ = try AudioFile.read(path: folder.path("text.wav"))
        }
        #expect(text.contains("text.wav") && text.contains("cannot read"))
        let unwritable = message { () throws(DSPError) in
            _ = try AudioFileWriter(path: missing, format: .wav, sampleRate: 8000)
        }
        #expect(unwritable.contains(missing) && unwritable.contains("folder exists"))
        let rate = message { () throws(DSPError) in
            _ = try AudioFileWriter(path: folder.path("x"), format: .oggOpus, sampleRate: 44_100)
        }
        #expect(rate.contains("44100 Hz") && rate.contains("48000"))
        let channels = message { () throws(DSPError) in
            _ = try AudioFileWriter(
                path: folder.path("x"), format: .wav, sampleRate: 8000, channelCount: 3)
        }
        #expect(channels.contains("3 channels"))
        let writer = try AudioFileWriter(path: folder.path("a.wav"), format: .wav, sampleRate: 8000)
        try writer.write(Self.tone)
        try writer.close()
        #expect(message { () throws(DSPError) in try writer.write(Self.tone) }.contains("closed"))
        let long = message { () throws(DSPError) in
            _ = try AudioFile.read(path: folder.path("a.wav"), maximumSeconds: 1)
        }
        #expect(long.contains("2 s, more than the 1 s"))
    }
}
