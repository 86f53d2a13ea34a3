/// Cuts a long recording into windows that a recogniser takes: in a silence where there is one, else
/// with an overlap, so that no word is lost at a joint.
package struct RecordingWindows: Sequence, IteratorProtocol {
    package struct Window: Equatable {
        package var range: Range<Int>
        /// The window before ended in the midst of speech, and this one begins before that end.
        package var overlapsLast: Bool
    }

    private let samples: [Int16]
    private let sampleCountMax: Int
    private var start = 0
    private var overlaps = false

    /// 100 ms at 8 kHz: as long a silence as words are cut in.
    private static let quietCount = 800
    /// The overlap where there is no silence: longer than any word.
    private static let overlapCount = 16_000
    /// A stretch this much under the loudest one of the window is silence: 26 dB.
    private static let quietRatio = 20.0

    /// - Parameters:
    ///   - samples: linear, at 8 kHz.
    ///   - sampleCountMax: of one window; at least three seconds.
    package init(_ samples: [Int16], sampleCountMax: Int) {
        self.samples = samples
        self.sampleCountMax = Swift.max(24_000, sampleCountMax)
    }

    package mutating func next() -> Window? {
        guard start < samples.count else { return nil }
        let begin = start
        let isOverlapping = overlaps
        let limit = begin + sampleCountMax
        guard limit < samples.count else {
            start = samples.count
            return Window(range: begin..<samples.count, overlapsLast: isOverlapping)
        }
        // The first half is kept whole: a window that ends early costs as much as a long one.
        if let cut = quietest(in: (begin + sampleCountMax / 2)..<limit, of: begin..<limit) {
            start = cut
            overlaps = false
            return Window(range: begin..<cut, overlapsLast: isOverlapping)
        }
        start = limit - Self.overlapCount
        overlaps = true
        return Window(range: begin..<limit, overlapsLast: isOverlapping)
    }

    /// The middle of the quietest stretch of `range`; nil where it is no silence beside the loudest
    /// one of `window`.
    private func quietest(in range: Range<Int>, of window: Range<Int>) -> Int? {
        var quietest = (level: Double.infinity, at: range.lowerBound)
        for at in stride(
            from: range.lowerBound, through: range.upperBound - Self.quietCount,
            by: Self.quietCount / 4)
        {
            let level = self.level(at)
            // The later of two that are alike: windows are as long as they may be.
            if level <= quietest.level { quietest = (level, at) }
        }
        var loudest = 0.0
        for at in stride(
            from: window.lowerBound, through: window.upperBound - Self.quietCount,
            by: Self.quietCount)
        { loudest = Swift.max(loudest, level(at)) }
        guard quietest.level * Self.quietRatio <= loudest || loudest == 0 else { return nil }
        return quietest.at + Self.quietCount / 2
    }

    /// The mean size of the samples of a stretch.
    private func level(_ at: Int) -> Double {
        var sum = 0
        for sample in samples[at..<at + Self.quietCount] { sum += abs(Int(sample)) }
        return Double(sum) / Double(Self.quietCount)
    }
}

/// Joins transcripts of windows: words that the end of one and the beginning of the next share are said
/// once.
package struct TranscriptJoint {
    private var tail: [Substring] = []

    package init() {}

    /// More words than are said in the overlap.
    private static let wordsMax = 12

    /// - Returns: what the window adds.
    package mutating func append(_ text: String, overlapping: Bool) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        var isNew = words[...]
        if overlapping { isNew = words.dropFirst(shared(words)) }
        tail = Array((tail + isNew).suffix(Self.wordsMax))
        return isNew.joined(separator: " ")
    }

    /// How many of the first words were said at the end of the last window. The word at the joint may
    /// be cut in both: one word on either side may be left over.
    private func shared(_ words: [Substring]) -> Int {
        let ending = tail.map(Self.plain)
        let beginning = words.prefix(Self.wordsMax).map(Self.plain)
        for skippedLast in 0...1 {
            let last = ending.dropLast(skippedLast)
            for skippedFirst in 0...1 {
                let first = Array(beginning.dropFirst(skippedFirst))
                for count in stride(from: Swift.min(last.count, first.count), to: 0, by: -1)
                where last.suffix(count).elementsEqual(first.prefix(count)) {
                    // A single short word is shared by chance.
                    guard count > 1 || first[0].count > 3 else { continue }
                    return skippedFirst + count
                }
            }
        }
        return 0
    }

    private static func plain(_ word: Substring) -> String {
        word.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
