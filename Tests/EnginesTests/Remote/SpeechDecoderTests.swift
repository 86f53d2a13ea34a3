import DSP
import Engines
import Foundation
import Pipelines
import Testing

@Suite struct SpeechDecoderTests {
    private static let tone = (0..<24_000).map {
        Int16(10_000 * sin(2 * .pi * 440 * Double($0) / 24_000))
    }

    private static func file(_ format: AudioFileWriter.Format) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "speech-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try AudioFileWriter(path: path, format: format, sampleRate: 24_000)
        try writer.write(tone)
        try writer.close()
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private struct Heard: Equatable {
        var samples: [Int16] = []
        var rates: Set<Int> = []
        /// Before the last bytes were there.
        var earlyCount = 0
    }

    private func decode(
        _ decoder: some SpeechDecoder, _ bytes: [UInt8], pieces size: Int
    ) throws -> Heard {
        var decoder = decoder
        var heard = Heard()
        let take: SpeechTake = { samples, rate in
            heard.samples += samples
            heard.rates.insert(rate)
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            heard.earlyCount = heard.samples.count
            try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes {
                try decoder.append($0, take: take)
            }
        }
        while try decoder.drain(take: take) {}
        return heard
    }

    @Test(arguments: [1, 3, 44, 45, 1000, 100_000])
    func samplesComeBackHoweverTheyAreCut(size: Int) throws {
        let linear = Self.tone.flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        let bare = try decode(LinearSpeechDecoder(rate: 16_000), linear, pieces: size)
        #expect(bare.samples == Self.tone && bare.rates == [16_000])
        let wave = WaveStream.file(Self.tone, rate: 22_050)
        for decoder in [
            WaveSpeechDecoder() as any SpeechDecoder,
            FileSpeechDecoder(for: .telephone, msMax: 60_000),
        ] {
            let heard = try decode(decoder, wave, pieces: size)
            #expect(heard.samples == Self.tone && heard.rates == [22_050])
        }
        let codes = G711.encodedMuLaw(Self.tone)
        let muLaw = try decode(MuLawSpeechDecoder(), codes, pieces: size)
        #expect(muLaw.samples == G711.decodedMuLaw(codes) && muLaw.rates == [8000])
    }

    @Test func opusIsHeardBeforeItHasAllCome() throws {
        let file = try Self.file(.oggOpus)
        for decoder in [
            OpusSpeechDecoder(for: .telephone) as any SpeechDecoder,
            FileSpeechDecoder(for: .telephone, msMax: 60_000),
        ] {
            let heard = try decode(decoder, file, pieces: 200)
            #expect(heard.rates == [8000])
            #expect(abs(heard.samples.count - 8000) <= 10)
            #expect(heard.earlyCount > 0)
        }
    }

    @Test(arguments: [1, 5, 417, 1000])
    func mp3IsHeardBeforeItHasAllCome(size: Int) throws {
        let file = try Self.file(.mp3)
        let titled = Array("ID3".utf8) + [3, 0, 0, 0, 0, 0, 10] + [UInt8](repeating: 0, count: 10)
        for bytes in [file, titled + file] {
            let heard = try decode(
                FileSpeechDecoder(for: .telephone, msMax: 60_000), bytes, pieces: size)
            #expect(heard.rates == [24_000])
            #expect(abs(heard.samples.count - Self.tone.count) <= 2400)
            #expect((heard.samples.map { abs(Int($0)) }.max() ?? 0) > 8000)
            #expect(heard.earlyCount > 0)
        }
    }

    @Test func filesOfOtherKindsAreHeardWhole() throws {
        let file = try Self.file(.wavMuLaw)
        for size in [1, 5, 4096, file.count] {
            let heard = try decode(
                FileSpeechDecoder(for: .telephone, msMax: 60_000), file, pieces: size)
            #expect(heard.rates == [24_000])
            #expect(abs(heard.samples.count - Self.tone.count) <= 2400)
            #expect((heard.samples.map { abs(Int($0)) }.max() ?? 0) > 8000)
        }
        // What is too long is cut off.
        let short = try decode(FileSpeechDecoder(for: .telephone, msMax: 100), file, pieces: 4096)
        #expect(short.samples.count == 2400)
    }

    @Test(arguments: ["", "<html>502 Bad Gateway</html>", "{\"error\": \"out of memory\"}"])
    func whatIsNoSoundIsRefused(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: SpeechFault.self) {
            _ = try decode(FileSpeechDecoder(for: .telephone, msMax: 60_000), bytes, pieces: 4)
        }
        guard !text.isEmpty else { return }
        #expect(throws: SpeechFault.self) {
            _ = try decode(OpusSpeechDecoder(for: .telephone), bytes, pieces: 100)
        }
        #expect(throws: SpeechFault.self) {
            _ = try decode(WaveSpeechDecoder(), bytes, pieces: 100)
        }
    }
}

@Suite struct ElevenLabsMessageTests {
    private func read(_ text: String) throws -> ElevenLabsMessage {
        try Array(text.utf8).withUnsafeBytes { try ElevenLabsMessage($0) }
    }

    @Test func messagesAreToldApart() throws {
        #expect(
            try read(#"{"audio":"f/8A","isFinal":null,"alignment":{"chars":["H"]}}"#)
                == .audio([0x7f, 0xff, 0], isLast: false))
        #expect(try read(#"{"audio":null,"isFinal":true}"#) == .audio([], isLast: true))
        #expect(try read(#"{"audio":"fw==","isFinal":true}"#) == .audio([0x7f], isLast: true))
        #expect(
            try read(#"{"message":"Quota exceeded","error":"quota_exceeded","code":1008}"#)
                == .refused("Quota exceeded"))
        #expect(try read(#"{"audio":null,"isFinal":null}"#) == .other)
        for garbage in ["", "<html>", "[1]", "7", #"{"audio":"%%%"}"#] {
            #expect(throws: SpeechFault.self) { _ = try read(garbage) }
        }
    }

    @Test func theTextIsOneThatJSONCanHold() {
        let said = String(
            decoding: ElevenLabsMessage.sentence("She said \"no\"."), as: UTF8.self)
        #expect(said == #"{"text":"She said \"no\". ","flush":true}"#)
        #expect(String(decoding: ElevenLabsMessage.end, as: UTF8.self) == #"{"text":""}"#)
        #expect(
            String(decoding: ElevenLabsMessage.opening(rate: 1.1), as: UTF8.self)
                == #"{"text":" ","voice_settings":{"speed":1.1}}"#)
    }
}
