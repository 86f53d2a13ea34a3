import DSP

/// Linear samples without a header: 16 bits, mono, little-endian.
package struct LinearSpeechDecoder: SpeechDecoder {
    let rate: Int
    /// Half a sample, when a piece ended inside one.
    private var oddByte: UInt8?

    /// - Parameter rate: of the samples, which do not say so themselves: Hz.
    package init(rate: Int) { self.rate = rate }

    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        let rate = rate
        Self.samples(of: bytes, oddByte: &oddByte) { take($0, rate) }
    }

    /// Puts samples together that may be cut in the middle.
    static func samples(
        of bytes: UnsafeRawBufferPointer, oddByte: inout UInt8?,
        take: (UnsafeBufferPointer<Int16>) -> Void
    ) {
        var samples: [Int16] = []
        samples.reserveCapacity(bytes.count / 2 + 1)
        var index = 0
        if let low = oddByte, let high = bytes.first {
            oddByte = nil
            samples.append(Int16(bitPattern: UInt16(low) | UInt16(high) << 8))
            index = 1
        }
        while index + 1 < bytes.count {
            samples.append(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8))
            index += 2
        }
        if index < bytes.count { oddByte = bytes[index] }
        if !samples.isEmpty { samples.withUnsafeBufferPointer(take) }
    }
}

/// A WAV file of linear samples that is read while it arrives.
package struct WaveSpeechDecoder: SpeechDecoder {
    private var wave = WaveStream()
    private var oddByte: UInt8?

    package init() {}

    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        let sound: [UInt8]
        do throws(WaveStream.Fault) {
            sound = try wave.append(Array(bytes))
        } catch {
            switch error {
            case .notWave: throw SpeechFault("the answer is not a WAV file")
            case .format(let reason): throw SpeechFault(reason)
            }
        }
        guard let rate = wave.rate else { return }
        sound.withUnsafeBytes { bytes in
            LinearSpeechDecoder.samples(of: bytes, oddByte: &oddByte) { take($0, rate) }
        }
    }
}

/// The telephone's own code, without a header: µ-law.
package struct MuLawSpeechDecoder: SpeechDecoder {
    let rate: Int

    /// - Parameter rate: of the samples, which do not say so themselves: Hz.
    package init(rate: Int = CallAudio.telephone.sampleRate) { self.rate = rate }

    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        let samples = bytes.map(G711.decodeMuLaw)
        if !samples.isEmpty { samples.withUnsafeBufferPointer { take($0, rate) } }
    }
}

/// MP3, decoded frame by frame.
package struct MP3SpeechDecoder: SpeechDecoder {
    private let stream: MP3Stream

    package init() throws(SpeechFault) {
        do throws(DSPError) {
            stream = try MP3Stream()
        } catch {
            throw SpeechFault(error.description)
        }
    }

    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        do throws(DSPError) {
            try stream.append(bytes) { take($0, $1) }
        } catch {
            throw SpeechFault(error.description)
        }
    }
}

/// An Ogg stream with Opus, decoded packet by packet straight to the call's rate, where libopus knows that.
package struct OpusSpeechDecoder: SpeechDecoder {
    private let stream: OggOpusStream

    package init(for audio: CallAudio) {
        let isKnown = OggOpusStream.rates.contains(audio.sampleRate)
        stream = OggOpusStream(rate: isKnown ? audio.sampleRate : OggOpusStream.clockRate)
    }

    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault) {
        do throws(DSPError) {
            try stream.append(bytes) { take($0, stream.rate) }
        } catch {
            throw SpeechFault(error.description)
        }
    }
}
