import DSP
import Engines
import Foundation
import Pipelines

/// The forms in which services send speech, made of the renderer's.
enum SpeechForm: Sendable, Equatable {
    /// 16 bits, mono, without a header.
    case linear(rate: Int)
    /// With a header that does not know the length.
    case streamedWave
    case wave(rate: Int)
    /// At 8 kHz, without a header.
    case muLaw
    case opus
    case mp3

    /// Of an answer that is nothing but the speech.
    var contentType: String {
        switch self {
        case .linear: "audio/pcm"
        case .streamedWave, .wave: "audio/wav"
        case .muLaw: "audio/mulaw"
        case .opus: "audio/ogg"
        case .mp3: "audio/mpeg"
        }
    }

    /// The speech of ``SpeechRenderer`` in this form; nil where it can't be coded. Takes milliseconds.
    func coded(_ speech: [UInt8]) -> [UInt8]? {
        let rate = SpeechRenderer.sampleRate
        switch self {
        case .linear(rate: rate): return speech
        case .linear(let other): return Self.samples(speech, at: other).map(Self.bytes)
        case .streamedWave: return Self.streamedWaveHead + speech
        case .wave(let other):
            return Self.samples(speech, at: other).map { WaveStream.file($0, rate: other) }
        case .muLaw: return Self.samples(speech, at: 8000).map(G711.encodedMuLaw)
        case .opus: return Self.file(speech, .oggOpus)
        case .mp3: return Self.file(speech, .mp3)
        }
    }

    private static func samples(_ speech: [UInt8], at rate: Int) -> [Int16]? {
        let linear = samples(speech)
        guard rate != SpeechRenderer.sampleRate else { return linear }
        let converted = try? StreamingResampler.resample(
            linear.map { Float($0) / 32_768 }, from: SpeechRenderer.sampleRate, to: rate,
            quality: .medium)
        return converted?.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) }
    }

    private static func samples(_ speech: [UInt8]) -> [Int16] {
        stride(from: 0, to: speech.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(speech[$0]) | UInt16(speech[$0 + 1]) << 8)
        }
    }

    private static func bytes(_ samples: [Int16]) -> [UInt8] {
        samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// A header as services send it that do not know yet how long the speech will be.
    private static let streamedWaveHead: [UInt8] = {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let rate = SpeechRenderer.sampleRate
        return Array("RIFF".utf8) + little(0xFFFF_FFFF, 4) + Array("WAVEfmt ".utf8)
            + little(16, 4) + little(1, 2) + little(1, 2) + little(rate, 4) + little(rate * 2, 4)
            + little(2, 2) + little(16, 2) + Array("data".utf8) + little(0xFFFF_FFFF, 4)
    }()

    /// As libsndfile writes it.
    private static func file(
        _ speech: [UInt8], _ format: AudioFileWriter.Format
    ) -> [UInt8]? {
        let path = NSTemporaryDirectory() + "stand-in-\(UUID().uuidString)"
        defer { unlink(path) }
        do {
            let writer = try AudioFileWriter(
                path: path, format: format, sampleRate: SpeechRenderer.sampleRate)
            try writer.write(samples(speech))
            try writer.close()
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            return nil
        }
    }
}
