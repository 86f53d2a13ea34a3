import CallSimulator
import DSP

/// Knows the fixtures by their sound, and says which words of one have been spoken in a recording.
public final class FixtureIndex: Sendable {
    /// A clip as it is compared: windows every 10 ms.
    struct Entry: Sendable {
        let file: String
        let words: SpokenWords
        let frames: SpectralFrames
        /// The windows with sound.
        let active: Range<Int>
    }

    /// What a recording was taken for.
    public struct Recognition: Sendable, Equatable {
        /// The clip's file.
        public var file: String
        /// The words so far.
        public var text: String
        /// How alike they are, −1…1.
        public var likeness: Float
    }

    /// Samples at 8000 Hz between the windows of clips, and of recordings.
    static let clipHop = 80
    static let recordingHop = 160
    /// Less alike than this is another recording.
    static let likenessMin: Float = 0.7
    /// Above it nothing else is looked for.
    static let likenessSure: Float = 0.88

    let entries: [Entry]

    /// Reads all clips in which something is said or coughed. Blocks on the files.
    public init(_ library: FixtureLibrary) throws(FixtureError) {
        var entries: [Entry] = []
        for clip in library.clips {
            guard let speechMs = clip.speechMs else { continue }
            let utterance = try library.utterance(clip)
            let samples = G711.decodedMuLaw(utterance.muLaw).map { Float($0) / 32_768 }
            let frames = SpectralFrames(samples, hop: Self.clipHop)
            guard let active = frames.activeRange(in: frames.shapes.indices) else { continue }
            // A cough has no words, whatever it is called.
            let text = clip.kind == "cough" ? "" : clip.text
            entries.append(
                Entry(
                    file: clip.file,
                    words: SpokenWords(text, speechMs: speechMs, pausesMs: clip.pausesMs),
                    frames: frames, active: active))
        }
        self.entries = entries
    }

    /// The number of clips known.
    public var count: Int { entries.count }

    /// What was said in a recording at 8000 Hz: the clips heard in it, one after the other. Empty
    /// for silence; nil when there is sound that is none of the clips'.
    public func recognize(_ samples: [Float]) -> [Recognition]? {
        let frames = SpectralFrames(samples, hop: Self.recordingHop)
        guard frames.peakLevel > -50,
            let active = frames.activeRange(in: frames.shapes.indices)
        else { return [] }
        let whole = match(frames, active, hearing: 0..<frames.shapes.count)
        if let whole, whole.likeness >= Self.likenessSure { return [whole] }
        // Several clips after each other are told apart by the silence between them.
        let parts = Self.parts(of: frames, active)
        if parts.count > 1 {
            let found = parts.indices.compactMap { index in
                let start = index > 0 ? parts[index - 1].upperBound : 0
                let end =
                    index + 1 < parts.count ? parts[index + 1].lowerBound : frames.shapes.count
                return match(frames, parts[index], hearing: start..<end)
            }
            let least = found.map(\.likeness).min() ?? -1
            if least > whole?.likeness ?? -1 { return found }
        }
        return whole.map { [$0] }
    }

    /// Runs of sound with at least 300 ms of silence between them.
    private static func parts(of frames: SpectralFrames, _ active: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        for index in active where frames.weights[index] > 0 {
            if let last = parts.last, index - last.upperBound < 15 {
                parts[parts.count - 1] = last.lowerBound..<index + 1
            } else {
                parts.append(index..<index + 1)
            }
        }
        return parts
    }

    private func match(
        _ recording: SpectralFrames, _ active: Range<Int>, hearing windows: Range<Int>
    ) -> Recognition? {
        guard let best = search(recording, active), best.likeness >= Self.likenessMin else {
            return nil
        }
        let entry = entries[best.entry]
        // The clip's time at the recording's beginning: windows of the clip are 10 ms.
        let zeroMs = Double((best.offset - 2 * active.lowerBound) * 10)
        let heard =
            zeroMs + Double(windows.lowerBound) * 20..<zeroMs + Double(windows.upperBound) * 20
        return Recognition(
            file: entry.file, text: entry.words.text(heardMs: heard), likeness: best.likeness)
    }

    private struct Alignment {
        var entry: Int
        /// The clip's window under the first active one of the recording.
        var offset: Int
        var likeness: Float
    }

    private func search(_ recording: SpectralFrames, _ active: Range<Int>) -> Alignment? {
        // A recording nearly always begins where the speech does.
        var best: Alignment?
        for index in entries.indices {
            let start = entries[index].active.lowerBound
            keepBest(&best, index, (start - 8)...(start + 8), 1, recording, active, every: 1)
        }
        if let best, best.likeness > Self.likenessSure { return best }
        // Anywhere: coarsely first, then the likeliest clips closely.
        var coarse: [Alignment] = []
        for index in entries.indices {
            var found: Alignment?
            let clip = entries[index].active
            // Before the clip's beginning lies the lead-in where noise passes for sound.
            let offsets = (clip.lowerBound - 100)...clip.upperBound
            keepBest(&found, index, offsets, 2, recording, active, every: 2)
            if let found { coarse.append(found) }
        }
        for candidate in coarse.sorted(by: { $0.likeness > $1.likeness }).prefix(6) {
            let around = (candidate.offset - 2)...(candidate.offset + 2)
            keepBest(&best, candidate.entry, around, 1, recording, active, every: 1)
        }
        return best
    }

    private func keepBest(
        _ best: inout Alignment?, _ index: Int, _ offsets: ClosedRange<Int>, _ step: Int,
        _ recording: SpectralFrames, _ active: Range<Int>, every: Int
    ) {
        for offset in stride(from: offsets.lowerBound, through: offsets.upperBound, by: step) {
            let value = likeness(entries[index], offset, recording, active, every: every)
            if value > best?.likeness ?? -1 {
                best = Alignment(entry: index, offset: offset, likeness: value)
            }
        }
    }

    /// The mean likeness of the recording's windows to those of the clip, by their weight. What of
    /// the recording lies beyond the clip counts as unlike.
    private func likeness(
        _ entry: Entry, _ offset: Int, _ recording: SpectralFrames, _ active: Range<Int>, every: Int
    ) -> Float {
        var sum: Float = 0
        var weightSum: Float = 0
        let clipCount = entry.frames.shapes.count
        entry.frames.shapes.withUnsafeBufferPointer { clip in
            recording.shapes.withUnsafeBufferPointer { shapes in
                recording.weights.withUnsafeBufferPointer { weights in
                    for window in stride(from: active.lowerBound, to: active.upperBound, by: every)
                    {
                        let weight = weights[window]
                        guard weight > 0 else { continue }
                        weightSum += weight
                        let place = offset + 2 * (window - active.lowerBound)
                        guard place >= 0, place < clipCount else { continue }
                        sum += weight * (shapes[window] * clip[place]).sum()
                    }
                }
            }
        }
        return weightSum > 0 ? sum / weightSum : -1
    }
}
