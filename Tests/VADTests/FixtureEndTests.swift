import DSP
import Foundation
import TestSupport
import Testing
import VAD

/// The clips that the benchmarks play: where their speech ends is known to 10 ms, by a rule that is
/// not the detector's (audio-fixtures/MANIFEST.json).
@Suite struct FixtureEndTests {
    private struct Manifest: Decodable { var clips: [Clip] }
    private struct Clip: Decodable {
        var file: String
        var kind: String
        var speechEndMs: Int?
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("audio-fixtures")

    /// Detected less true end of every clean clip, sorted, after the line noise of a call.
    private func endErrorsMs(
        _ options: SpeechDetectorOptions
    ) throws -> [(error: Int, file: String)] {
        let model = try Fixtures.model()
        let manifest = try JSONDecoder().decode(
            Manifest.self,
            from: Data(contentsOf: Self.folder.appendingPathComponent("MANIFEST.json")))
        var random = SeededGenerator(seed: 1)
        var errors: [(error: Int, file: String)] = []
        for clip in manifest.clips where clip.kind == "speech" {
            let end = try #require(clip.speechEndMs)
            let speech = try AudioFile.read(
                path: Self.folder.appendingPathComponent(clip.file).path)
            let lead = 16_000
            let noise = Sound.white(lead + speech.samples.count + 12_000, dBFS: -65, &random)
            var detector = SpeechDetector(model: model, options: options)
            let sound = Sound.pcm(Sound.mix(noise, speech.samples.map(Double.init), at: lead))
            let heard = hear(&detector, sound)
            let last = try #require(heard.compactMap(\.pauseEnd).last, "\(clip.file) not heard")
            errors.append(((last - lead) / 8 - end, clip.file))
        }
        return errors.sorted { $0.error < $1.error }
    }

    /// A turn is answered by this end: what it is late, every caller waits.
    @Test func endsAreFoundToTenMilliseconds() throws {
        let errors = try endErrorsMs(SpeechDetectorOptions())
        #expect(errors.count > 80)
        func percentile(_ percent: Int) -> Int { errors[(errors.count - 1) * percent / 100].error }
        #expect((-15...5).contains(percentile(50)))
        #expect(percentile(95) <= 10 && percentile(5) >= -60, "\(errors)")
        #expect(errors.allSatisfy { $0.error <= 10 }, "\(errors)")
    }
}
