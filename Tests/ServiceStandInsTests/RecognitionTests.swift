import CallSimulator
import DSP
import Foundation
import ServiceStandIns
import TestSupport
import Testing

/// The recorded callers of the repository.
enum Fixtures {
    static let library: FixtureLibrary? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try? FixtureLibrary(folder: root.appendingPathComponent("audio-fixtures").path)
    }()
    static let index: FixtureIndex? = library.flatMap { try? FixtureIndex($0) }

    /// A clip's samples at 8000 Hz.
    static func samples(_ clip: FixtureClip) throws -> [Float] {
        let library = try #require(library)
        return G711.decodedMuLaw(try library.utterance(clip).muLaw).map { Float($0) / 32_768 }
    }

    /// White noise at a level in dBFS.
    static func noise(_ count: Int, level: Float, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        let amplitude = powf(10, level / 20) * Float(3).squareRoot()
        return (0..<count).map { _ in Float.random(in: -amplitude...amplitude, using: &generator) }
    }
}

@Suite struct RecognitionTests {
    let index: FixtureIndex
    let library: FixtureLibrary

    init() throws {
        index = try #require(Fixtures.index)
        library = try #require(Fixtures.library)
    }

    private func spoken(_ samples: [Float]) -> String? {
        index.recognize(samples).map { $0.map(\.text).joined(separator: " ") }
    }

    private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    /// The share of the clips for which `isRight` holds; the others are printed.
    private func share(
        _ clips: [FixtureClip], _ what: String, _ isRight: (FixtureClip) throws -> String?
    ) rethrows -> Double {
        var right = 0
        for clip in clips {
            if let complaint = try isRight(clip) {
                print("\(what): \(clip.file) \"\(clip.text)\": \(complaint)")
            } else {
                right += 1
            }
        }
        let share = Double(right) / Double(max(1, clips.count))
        print("\(what): \(right) of \(clips.count) right")
        return share
    }

    private var spokenClips: [FixtureClip] {
        library.clips.filter { ["speech", "pauses"].contains($0.kind) && $0.noise.isEmpty }
    }

    @Test func everyCleanClipGivesItsWords() throws {
        let share = try share(spokenClips, "whole") { clip in
            let text = spoken(try Fixtures.samples(clip))
            return text == clip.text ? nil : text ?? "unknown"
        }
        #expect(share == 1)
    }

    @Test func aLeadInOfNoiseAndSilenceBehindChangeNothing() throws {
        let share = try share(spokenClips, "lead-in") { clip in
            let seed = UInt64(clip.sampleCount)
            let samples =
                Fixtures.noise(7_777, level: -62, seed: seed) + (try Fixtures.samples(clip))
                + Fixtures.noise(3_333, level: -62, seed: seed + 1)
            let text = spoken(samples)
            return text == clip.text ? nil : "\(text ?? "unknown") (seed \(seed))"
        }
        #expect(share >= 0.98)
    }

    @Test func halfAClipGivesItsFirstWords() throws {
        let longer = spokenClips.filter { words($0.text).count >= 3 }
        let share = try share(longer, "half") { clip in
            let speech = try #require(clip.speechMs)
            let end = (speech.lowerBound + speech.upperBound) / 2 * 8
            let text = spoken(Array(try Fixtures.samples(clip).prefix(end)))
            let heard = words(text ?? "unknown")
            let all = words(clip.text)
            // The middle of the speech lies about in the middle of the words.
            let isRight =
                all.starts(with: heard) && heard.count >= all.count / 4
                && heard.count < all.count
            return isRight ? nil : "\(heard)"
        }
        #expect(share >= 0.95)
    }

    @Test func growingAudioGivesGrowingText() throws {
        for clip in spokenClips where clip.kind == "pauses" {
            let samples = try Fixtures.samples(clip)
            var last = 0
            for end in stride(from: 4_800, through: samples.count, by: 2_400) {
                let heard = words(spoken(Array(samples.prefix(end))) ?? "")
                #expect(heard.count >= last, "\(clip.file) at \(end / 8) ms: \(heard)")
                last = heard.count
            }
            let pause = try #require(clip.pausesMs.first)
            let before = spoken(Array(samples.prefix((pause.lowerBound + 150) * 8)))
            #expect(
                before.map { clip.text.hasPrefix($0) && !$0.isEmpty && $0 != clip.text } == true,
                "\(clip.file) at its pause: \(before ?? "unknown")")
        }
    }

    @Test func coarserCodingAndOtherRatesChangeNothing() throws {
        let share = try share(spokenClips, "16 kHz, µ-law again") { clip in
            let samples = try Fixtures.samples(clip)
            let coded = G711.decodedMuLaw(
                G711.encodedMuLaw(samples.map { Int16(max(-1, min(1, $0 * 0.4)) * 32_767) }))
            let wide = try StreamingResampler.resample(
                coded.map { Float($0) / 32_768 }, from: 8_000, to: 16_000)
            let text = spoken(WaveAudio(samples: wide, sampleRate: 16_000).at8kHz)
            return text == clip.text ? nil : text ?? "unknown"
        }
        #expect(share >= 0.98)
    }

    @Test func noisyLinesAreMostlyUnderstood() throws {
        let noisy = library.clips.filter { $0.kind == "noisy" }
        let share = try share(noisy, "noisy") { clip in
            let text = spoken(Array(try Fixtures.samples(clip).dropFirst(55)))
            return text == clip.text ? nil : text ?? "unknown"
        }
        #expect(share >= 0.97)
    }

    @Test func fixturesAreMuchLikerThemselvesThanOthers() throws {
        var least: Float = 1
        for clip in spokenClips {
            let samples = Array(try Fixtures.samples(clip).dropFirst(37))
            least = min(least, index.recognize(samples)?.first?.likeness ?? 0)
        }
        print("least likeness of a clip to itself: \(least)")
        #expect(least > 0.9)
    }

    @Test func twoClipsAfterEachOtherAreBothHeard() throws {
        let first = try #require(spokenClips.first { $0.file == "speech/no.rms.wav" })
        let second = try #require(spokenClips.first { $0.file == "speech/john-miller.awb.wav" })
        let gap = Fixtures.noise(6_400, level: -62, seed: 3)
        let both = try Fixtures.samples(first) + gap + (try Fixtures.samples(second))
        #expect(spoken(both) == "no John Miller")
    }

    @Test func silenceHasNoWordsAndOtherSoundsAreUnknown() throws {
        #expect(index.recognize([Float](repeating: 0, count: 16_000)) == [])
        #expect(index.recognize(Fixtures.noise(16_000, level: -62, seed: 5)) == [])
        #expect(index.recognize(Fixtures.noise(16_000, level: -20, seed: 5)) == nil)
        let tone = (0..<16_000).map { 0.3 * sinf(Float($0) * 0.4) * sinf(Float($0) * 0.001) }
        #expect(index.recognize(tone) == nil)
    }

    @Test func coughsHaveNoWords() throws {
        for clip in library.clips where clip.kind == "cough" {
            #expect(spoken(try Fixtures.samples(clip)) == "", "\(clip.file)")
        }
    }
}
