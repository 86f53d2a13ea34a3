import DSP
import Foundation
import Testing
import Wire

/// One line of audio-fixtures/MANIFEST.json.
private struct Clip: Decodable {
    let file: String
    let kind: String
    let text: String?
    let voice: String?
    let noise: String?
    let snrDb: Double?
    let levelDbfs: Double?
    let clean: String?
    let samples: Int
    let speechStartMs: Int?
    let speechEndMs: Int?
    let pausesMs: [[Int]]
    let origin: String
    let licence: String
    let sha256: String
}

private struct Manifest: Decodable {
    let clips: [Clip]
}

/// The manifest's definition of speech, written anew: windows of 10 ms within 35 dB of the loudest.
private struct Measurement {
    var active: [Bool]
    var powers: [Double]

    init(_ samples: [Int16]) {
        let powers = stride(from: 0, through: samples.count - 80, by: 80).map {
            Signals.power(samples[$0..<$0 + 80])
        }
        let threshold = (powers.max() ?? 0) * pow(10, -3.5)
        self.powers = powers
        active = powers.map { $0 > 0 && $0 >= threshold }
    }

    var start: Int? { active.firstIndex(of: true).map { $0 * 10 } }
    var end: Int? { active.lastIndex(of: true).map { ($0 + 1) * 10 } }
    var activePower: Double {
        let loud = zip(active, powers).filter(\.0).map(\.1)
        return loud.reduce(0, +) / Double(loud.count)
    }

    var pauses: [[Int]] {
        guard let start, let end else { return [] }
        var found: [[Int]] = []
        var quietSince: Int?
        for window in (start / 10)..<(end / 10) {
            if !active[window] {
                quietSince = quietSince ?? window
            } else if let since = quietSince {
                if window - since >= 20 { found.append([since * 10, window * 10]) }
                quietSince = nil
            }
        }
        return found
    }
}

@Suite("Audio fixtures")
struct FixtureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "audio-fixtures")

    private static func manifest() throws -> [Clip] {
        let data = try Data(contentsOf: folder.appending(path: "MANIFEST.json"))
        return try JSONDecoder().decode(Manifest.self, from: data).clips
    }

    private static func samples(_ file: String) throws -> [Int16] {
        try AudioFile.read(path: folder.appending(path: file).path).samples16
    }

    @Test("every listed file is there with its digest, format and length, and none is unlisted")
    func files() throws {
        let clips = try Self.manifest()
        var total = 0
        for clip in clips {
            let url = Self.folder.appending(path: clip.file)
            let bytes = [UInt8](try Data(contentsOf: url))
            total += bytes.count
            #expect(SHA256.hex(bytes) == clip.sha256, "\(clip.file)")
            // WAVE_FORMAT_MULAW, one channel, 8,000 Hz.
            #expect(Array(bytes[20..<28]) == [7, 0, 1, 0, 0x40, 0x1F, 0, 0], "\(clip.file)")
            let file = try AudioFile.read(path: url.path)
            #expect(file.sampleRate == 8000 && file.channelCount == 1)
            #expect(file.samples.count == clip.samples, "\(clip.file)")
            #expect(!clip.origin.isEmpty && !clip.licence.isEmpty)
        }
        #expect(total < 10_000_000)
        let found =
            FileManager.default.enumerator(atPath: Self.folder.path)?
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".wav") } ?? []
        #expect(Set(found) == Set(clips.map(\.file)))
        #expect(found.count == clips.count)
    }

    @Test("speech starts, ends and pauses where the manifest says, to 10 ms")
    func boundaries() throws {
        let clips = try Self.manifest().filter { $0.speechStartMs != nil }
        #expect(clips.count > 150)
        for clip in clips {
            // Noise hides the ends of speech: a noisy clip is measured on its clean twin.
            let measured = Measurement(try Self.samples(clip.clean ?? clip.file))
            let start = try #require(measured.start)
            let end = try #require(measured.end)
            #expect(abs(start - (clip.speechStartMs ?? -1000)) <= 10, "\(clip.file)")
            #expect(abs(end - (clip.speechEndMs ?? -1000)) <= 10, "\(clip.file)")
            try #require(measured.pauses.count == clip.pausesMs.count, "\(clip.file)")
            for (found, said) in zip(measured.pauses, clip.pausesMs) {
                #expect(abs(found[0] - said[0]) <= 10 && abs(found[1] - said[1]) <= 10)
            }
            #expect(start >= 100 && end <= clip.samples / 8 - 100, "\(clip.file)")
        }
    }

    @Test("noisy clips have the ratio they state, noise and quiet lines their level")
    func noise() throws {
        for clip in try Self.manifest() where clip.snrDb != nil {
            let noisy = try Self.samples(clip.file)
            let clean = try Self.samples(try #require(clip.clean))
            try #require(noisy.count == clean.count)
            let difference = zip(noisy, clean).map { Float($0) - Float($1) }
            let ratio =
                Signals.decibels(Measurement(clean).activePower)
                - Signals.decibels(Signals.power(difference))
            #expect(abs(ratio - (clip.snrDb ?? 0)) < 0.5, "\(clip.file): \(ratio) dB")
        }
        for clip in try Self.manifest() where clip.levelDbfs != nil {
            let samples = try Self.samples(clip.file)
            let level = Signals.decibels(Signals.power(samples) / (32_768 * 32_768))
            #expect(abs(level - (clip.levelDbfs ?? 0)) < 1, "\(clip.file): \(level) dBFS")
        }
        #expect(try Self.samples("silence/digital.wav").allSatisfy { $0 == 0 })
    }

    @Test("the collection has what tests and demos rely on")
    func contents() throws {
        let clips = try Self.manifest()
        func count(_ kind: String) -> Int { clips.filter { $0.kind == kind }.count }
        let texts = Set(clips.filter { $0.kind == "speech" }.compactMap(\.text))
        #expect(texts.count >= 30)
        #expect(Set(clips.compactMap(\.voice)).count >= 6)
        for noise in ["babble", "street", "line"] {
            for ratio in [20.0, 10, 5] {
                let some = clips.filter { $0.noise == noise && $0.snrDb == ratio }
                #expect(some.count >= 8, "\(noise) at \(ratio) dB")
            }
        }
        #expect(count("backchannel") >= 10)
        // A cough shorter than 150 ms must be no interruption; longer ones may be.
        let coughs = clips.filter { $0.kind == "cough" }
            .map { ($0.speechEndMs ?? 0) - ($0.speechStartMs ?? 0) }
        #expect(coughs.contains { $0 < 100 } && coughs.contains { $0 > 250 })
        #expect(coughs.allSatisfy { (60...310).contains($0) })
        let pauses = clips.filter { $0.kind == "pauses" }.flatMap(\.pausesMs).map { $0[1] - $0[0] }
        #expect((pauses.min() ?? 0) <= 320 && (pauses.max() ?? 0) >= 880)
    }
}
