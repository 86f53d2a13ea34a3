/// When each word of a clip is said, estimated from its letters and its pauses.
struct SpokenWords: Sendable, Equatable {
    /// The words, punctuation included.
    let words: [String]
    /// From the clip's beginning, one range a word.
    let timesMs: [Range<Double>]

    /// - Parameters: the clip's speech, with the pauses inside it in order.
    init(_ text: String, speechMs: Range<Int>, pausesMs: [Range<Int>]) {
        words = text.split(separator: " ").map(String.init)
        // Letters stand for sound; a figure is a word of its own.
        let weights = words.map { word in
            Double(word.reduce(into: 1) { $0 += $1.isNumber ? 4 : ($1.isLetter ? 1 : 0) })
        }
        let total = max(weights.reduce(0, +), 1)
        var ends: [Double] = []
        for weight in weights { ends.append((ends.last ?? 0) + weight / total) }

        var segments: [Range<Double>] = []
        var start = Double(speechMs.lowerBound)
        for pause in pausesMs where pause.lowerBound > speechMs.lowerBound {
            segments.append(start..<max(start, Double(pause.lowerBound)))
            start = Double(pause.upperBound)
        }
        segments.append(start..<max(start, Double(speechMs.upperBound)))
        let speech = max(segments.reduce(0) { $0 + $1.upperBound - $1.lowerBound }, 1)

        // People pause between words: each pause is laid on the word boundary next to it.
        var times: [Range<Double>] = []
        var spokenMs = 0.0
        var first = 0
        for (index, segment) in segments.enumerated() {
            spokenMs += segment.upperBound - segment.lowerBound
            let isLast = index == segments.count - 1
            let share = spokenMs / speech
            let rest = words.indices.dropFirst(first)
            let end =
                isLast
                ? words.count
                : (rest.min { abs(ends[$0] - share) < abs(ends[$1] - share) }.map { $0 + 1 }
                    ?? first)
            times += Self.spread(weights[first..<end], over: segment)
            first = end
        }
        timesMs = times
    }

    private static func spread(_ weights: ArraySlice<Double>, over range: Range<Double>)
        -> [Range<Double>]
    {
        let scale = (range.upperBound - range.lowerBound) / max(weights.reduce(0, +), 1)
        var start = range.lowerBound
        return weights.map { weight in
            defer { start += weight * scale }
            return start..<start + weight * scale
        }
    }

    /// The words of which enough was heard: three quarters from their beginning on.
    func text(heardMs: Range<Double>) -> String {
        zip(words, timesMs).filter { _, time in
            let length = time.upperBound - time.lowerBound
            return heardMs.lowerBound <= time.lowerBound + 0.35 * length
                && heardMs.upperBound >= time.lowerBound + 0.75 * length
        }.map(\.0).joined(separator: " ")
    }
}
