import DSP

/// A sound file of any kind. WAV with linear samples, Ogg Opus and MP3 are played while they arrive; of
/// the others libsndfile wants to see the whole.
package struct FileSpeechDecoder: SpeechDecoder {
    /// Decoded in one go: a tenth of a second or so of speech.
    static let sliceSampleCount = 4096
    /// Enough of an Ogg stream to see what is in it.
    static let oggHeadByteCount = 36

    private enum Kind {
        case unknown
        case streamed(any SpeechDecoder)
        case collected
        case decoding(AudioFileDecoder, left: Int)
    }

    private let msMax: Int
    private let audio: CallAudio
    private var kind = Kind.unknown
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - audio: what the speech is wanted for.
    ///   - msMax: what is longer is cut off: milliseconds.
    package init(for audio: CallAudio, msMax: Int) {
        self.audio = audio
        self.msMax = msMax
    }

    package mutating func append(
        _ piece: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        switch kind {
        case .streamed(var decoder):
            try decoder.append(piece, take: take)
            kind = .streamed(decoder)
        case .collected, .decoding: bytes += piece
        case .unknown:
            bytes += piece
            guard let found = try recognised() else { return }
            kind = found
            guard case .streamed(var decoder) = found else { return }
            let head = bytes
            bytes = []
            var fault: SpeechFault?
            head.withUnsafeBytes { head in
                do throws(SpeechFault) {
                    try decoder.append(head, take: take)
                } catch {
                    fault = error
                }
            }
            if let fault { throw fault }
            kind = .streamed(decoder)
        }
    }

    /// What it is, by its first bytes; nil where they are too few.
    private func recognised() throws(SpeechFault) -> Kind? {
        if bytes.starts(with: "OggS".utf8) {
            guard bytes.count >= Self.oggHeadByteCount else { return nil }
            // The first page of a stream holds one packet: its head is 28 bytes long.
            let isOpus = bytes.dropFirst(28).starts(with: "OpusHead".utf8)
            return isOpus ? .streamed(OpusSpeechDecoder(for: audio)) : .collected
        }
        if bytes.starts(with: "RIFF".utf8) {
            guard let isLinear = WaveStream.isStreamable(bytes) else { return nil }
            return isLinear ? .streamed(WaveSpeechDecoder()) : .collected
        }
        if Self.isMP3(bytes) { return .streamed(try MP3SpeechDecoder()) }
        let isStillOpen =
            bytes == [0xFF]
            || ["ID3", "OggS", "RIFF"].contains { $0.utf8.starts(with: bytes) }
        return isStillOpen ? nil : .collected
    }

    /// A title comes first, or a frame at once: eleven set bits and a layer that is the third.
    private static func isMP3(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: "ID3".utf8) { return true }
        return bytes.count > 1 && bytes[0] == 0xFF && bytes[1] & 0xE6 == 0xE2
    }

    package mutating func drain(take: SpeechTake) throws(SpeechFault) -> Bool {
        do throws(DSPError) {
            switch kind {
            case .streamed: return false
            case .unknown, .collected:
                let decoder = try AudioFileDecoder(bytes)
                bytes = []
                kind = .decoding(decoder, left: msMax * decoder.sampleRate / 1000)
                return true
            case .decoding(let decoder, let left):
                let samples = try decoder.read(min(left, Self.sliceSampleCount))
                samples.withUnsafeBufferPointer { take($0, decoder.sampleRate) }
                kind = .decoding(decoder, left: left - samples.count)
                return !samples.isEmpty && left > samples.count
            }
        } catch {
            throw SpeechFault(error.description)
        }
    }
}
