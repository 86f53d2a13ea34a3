import DSP
import Pipelines

// At the caller's ear.

extension ClockedCall {
    /// What is being heard at this moment, if anything.
    package func heardNow() -> Played? {
        let now = time.nowNanos
        for piece in played.reversed() {
            if piece.endNanos <= now { return nil }
            if piece.startNanos <= now { return piece }
        }
        return nil
    }

    /// How many coded bytes of each word were played, as a telephone has them.
    package var playedByteCounts: [String: Int] {
        var counts: [String: Int] = [:]
        for piece in played {
            // Between two words there is more silence than fits into a frame.
            guard let word = piece.word else { continue }
            counts[word, default: 0] += piece.codes.count { $0 != CodedSpeech.silence }
        }
        return counts.mapValues { $0 * CallAudio.telephone.sampleRate / options.audio.sampleRate }
    }

    /// The words in the order in which they were heard.
    package var playedWords: [String] {
        var words: [String] = []
        var last: UInt8 = CodedSpeech.silence
        for piece in played {
            for byte in piece.codes where byte != last {
                last = byte
                if let code = CodedSpeech.code(of: byte), let word = tts.word(code) {
                    words.append(word)
                }
            }
        }
        return words
    }

    /// Silence inside what was played, in milliseconds.
    package func gaps() -> [Double] {
        zip(played, played.dropFirst()).compactMap { first, second in
            second.startNanos > first.endNanos
                ? Double(second.startNanos - first.endNanos) / 1e6 : nil
        }
    }
}
