import DSP

/// Speech whose bytes say which word they belong to, so that who hears it knows what was said.
package enum CodedSpeech {
    package static let codeCount = 200
    package static let silence: UInt8 = 0xFF
    package static let noise: UInt8 = 0x70

    package static func byte(code: Int) -> UInt8 {
        UInt8(code < 100 ? code : 0x80 + code - 100)
    }

    package static func code(of byte: UInt8) -> Int? {
        switch byte {
        case 0..<100: Int(byte)
        case 0x80..<0x80 + 100: Int(byte) - 0x80 + 100
        default: nil
        }
    }

    /// Telephone bytes as a call of this form has them: each is a level, held for as long as a telephone holds
    /// it. Resampling blurs where one becomes the next and leaves the rest as it is.
    package static func bytes(_ codes: [UInt8], in audio: CallAudio) -> [UInt8] {
        guard audio != .telephone else { return codes }
        let telephone = CallAudio.telephone.sampleRate
        precondition(audio.sampleRate % telephone == 0, "a level is held for whole samples")
        let held = audio.sampleRate / telephone
        return audio.encoded(
            codes.flatMap { repeatElement(G711.decodeMuLaw($0), count: held) })
    }

    /// A call's bytes as telephone bytes, one a sample.
    package static func codes(_ bytes: [UInt8], in audio: CallAudio) -> [UInt8] {
        audio == .telephone ? bytes : G711.encodedMuLaw(audio.decoded(bytes))
    }

    /// What a sample of the caller's audio belongs to, whether it was resampled or not.
    package enum Sound: Sendable { case silence, noise, word }

    package static func sound(of sample: Int16) -> Sound {
        // The noise has a level of 120, and the quietest word one of 324.
        switch sample.magnitude {
        case ..<60: .silence
        case ..<220: .noise
        default: .word
        }
    }
}
