import DSP
import Pipelines

/// Speaks words of 300 ms, 260 of them coded and 40 silent, unless told otherwise, and as fast as it
/// is told to.
package final class CodedSynthesiser: TextToSpeech, @unchecked Sendable {
    package static let wordMs = 300
    package static let codedMs = 260
    /// As a telephone has them.
    package static let wordByteCount = CallAudio.telephone.byteCount(ms: wordMs)
    package static let codedByteCount = CallAudio.telephone.byteCount(ms: codedMs)
    package let name = "coded"
    private let time: SimulatedTime
    /// Before the first byte, and per second of speech after it.
    package var firstMs: () -> Double = { 0 }
    package var msPerSecond: () -> Double = { 0 }
    package var failure: () -> StageError? = { nil }
    package private(set) var clips: [SpeechClip] = []
    /// Under which name a word of a sentence is known; by itself unless said otherwise.
    package var key: (_ sentence: String, _ index: Int, _ word: String) -> String = { $2 }
    private var codes: [String: Int] = [:]
    private var codeCount = 0
    /// The first codes belong to words that may be said at any time of the call.
    private var keptCount = 0
    private var words: [Int: String] = [:]

    /// How many coded bytes a word has.
    package var codedByteCount: (String) -> Int = { _ in CodedSynthesiser.codedByteCount }

    /// As long as the word is, and up to a quarter more or less: as in speech, its letters do not
    /// say exactly.
    package static func spokenByteCount(_ word: String) -> Int {
        let spread = word.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 101 }
        return (600 + 420 * word.utf8.count) * (75 + spread / 2) / 100
    }

    package init(_ time: SimulatedTime) { self.time = time }

    package func word(_ code: Int) -> String? { words[code] }

    private func code(of word: String) -> Int {
        if let code = codes[word], words[code] == word { return code }
        var code = codeCount
        if code >= CodedSpeech.codeCount {
            code = keptCount + (code - keptCount) % (CodedSpeech.codeCount - keptCount)
        }
        codeCount += 1
        codes[word] = code
        words[code] = word
        return code
    }

    package func bytes(of text: String, in audio: CallAudio = .telephone) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, word) in text.split(separator: " ").enumerated() {
            let byte = CodedSpeech.byte(code: code(of: key(text, index, String(word))))
            bytes += [UInt8](repeating: byte, count: codedByteCount(String(word)))
            bytes += [UInt8](
                repeating: CodedSpeech.silence, count: Self.wordByteCount - Self.codedByteCount)
        }
        return CodedSpeech.bytes(bytes, in: audio)
    }

    /// Speech made before the call; its codes are not given to other words later.
    package func finished(_ text: String, in audio: CallAudio = .telephone) -> SpeechClip {
        precondition(codeCount < CodedSpeech.codeCount / 2, "made before the call")
        let clip = SpeechClip(text: text, audio: audio)
        bytes(of: text, in: audio).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        keptCount = codeCount
        return clip
    }

    package func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(text: text, audio: audio)
        clips.append(clip)
        let first = firstMs()
        let pace = msPerSecond()
        let failure = failure()
        let bytes = bytes(of: text, in: audio)
        grow(clip, bytes, from: 0, first, pace, failure, onAudio)
        return clip
    }

    private func grow(
        _ clip: SpeechClip, _ bytes: [UInt8], from: Int, _ delay: Double, _ pace: Double,
        _ failure: StageError?, _ onAudio: @escaping @Sendable () -> Void
    ) {
        guard delay > 0 else {
            let left = bytes.count - from
            let count = pace > 0 ? min(clip.audio.byteCount(ms: 100), left) : left
            bytes[from..<from + count].withUnsafeBufferPointer { _ = clip.append($0) }
            if let failure {
                clip.fail(failure)
            } else if from + count == bytes.count {
                clip.finish()
            } else {
                grow(clip, bytes, from: from + count, pace / 10, pace, nil, onAudio)
            }
            onAudio()
            return
        }
        time.after(ms: delay) { [self] in
            guard !clip.isCancelled else { return }
            grow(clip, bytes, from: from, 0, pace, failure, onAudio)
        }
    }
}
