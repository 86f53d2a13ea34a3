import Operations
import TestSupport
import Testing

/// Long recordings are cut where nobody speaks, and joined without losing or doubling a word.
@Suite struct RecordingWindowTests {
    /// Noise for speech, with silences of `quiet` (in samples).
    private func recording(_ seconds: Int, quiet: [Range<Int>], seed: UInt64) -> [Int16] {
        var generator = SeededGenerator(seed: seed)
        var samples = (0..<seconds * 8000).map { _ in
            Int16.random(in: -8000...8000, using: &generator)
        }
        for range in quiet { for index in range { samples[index] = Int16(index % 3) } }
        return samples
    }

    @Test func cutsAreInSilencesAndNothingIsLost() {
        let seed = printedSeed()
        let quiet = [150_000..<154_000, 200_000..<203_000, 410_000..<414_000]
        let samples = recording(120, quiet: quiet, seed: seed)
        let windows = Array(RecordingWindows(samples, sampleCountMax: 240_000))
        #expect(windows.first?.range.lowerBound == 0)
        #expect(windows.last?.range.upperBound == samples.count)
        for (before, after) in zip(windows, windows.dropFirst()) {
            if after.overlapsLast {
                #expect(after.range.lowerBound < before.range.upperBound)
            } else {
                #expect(after.range.lowerBound == before.range.upperBound)
                #expect(quiet.contains { $0.contains(after.range.lowerBound) })
            }
        }
        #expect(windows.allSatisfy { $0.range.count <= 240_000 })
        // Beyond the last silence somebody speaks on for more than a window.
        #expect(windows.contains { $0.overlapsLast })
    }

    @Test(arguments: [
        ("one two three four five", "four five six", true, "six"),
        ("I would like to or", "like to order a pizza", true, "order a pizza"),
        ("and then we went home", "nothing of it here", true, "nothing of it here"),
        ("Thank you.", "thank you again", false, "thank you again"),
        ("book a table for four", "able for four people", true, "people"),
        ("", "hello", true, "hello"),
    ])
    func jointsAreSaidOnce(first: String, second: String, overlaps: Bool, added: String) {
        var joint = TranscriptJoint()
        _ = joint.append(first, overlapping: false)
        #expect(joint.append(second, overlapping: overlaps) == added)
    }
}
