import CallSimulator
import DSP
import Foundation
import Testing

@Suite struct FixtureLibraryTests {
    /// A folder with a manifest of these clips and a µ-law file of 4000 samples.
    private func folder(_ clips: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("fixtures-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(#"{"format":"x","clips":[\#(clips)]}"#.utf8)
            .write(to: URL(fileURLWithPath: folder + "/MANIFEST.json"))
        let writer = try AudioFileWriter(
            path: folder + "/a.wav", format: .wavMuLaw, sampleRate: 8000)
        let codes = (0..<4000).map { UInt8(truncatingIfNeeded: $0) }
        try codes.withUnsafeBufferPointer { try writer.write(muLaw: $0) }
        return folder
    }

    private func clip(_ fields: String) -> String {
        #"{"file":"a.wav","samples":4000,"speechStartMs":100,"speechEndMs":400,\#(fields)}"#
    }

    @Test func readsManifestAndClips() throws {
        let folder = try folder(
            [
                clip(
                    #""kind":"noisy","text":"Yes, please!","noise":"street","snrDb":5,"pausesMs":[]"#
                ),
                clip(#""kind":"speech","text":"yes please","noise":null,"pausesMs":[[150,370]]"#),
                clip(#""kind":"cough","text":null,"voice":"rms""#),
                #"{"file":"b.wav","kind":"noise","samples":8,"speechStartMs":null,"speechEndMs":null}"#,
            ].joined(separator: ","))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let library = try FixtureLibrary(folder: folder)
        #expect(library.clips.map(\.kind) == ["noisy", "speech", "cough", "noise"])
        #expect(library.clips[0].snrDb == 5 && library.clips[1].pausesMs == [150..<370])
        #expect(library.clips[3].speechMs == nil)
        let said = try library.clip(saying: "YES please.")
        #expect(said.text == "yes please" && said.expectsReply)
        #expect(said.speechStart == 800 && said.speechEnd == 3200)
        // The two codes of zero are one sample.
        let codes = (0..<4000).map { UInt8(truncatingIfNeeded: $0) }.map { $0 == 0x7f ? 0xff : $0 }
        #expect(said.muLaw == codes)
        let coughs = try library.clean(kind: "cough", countMax: 5)
        #expect(coughs.count == 1 && !coughs[0].expectsReply)
        let both = try library.clean(kind: "cough,speech")
        #expect(both.map(\.text) == ["yes please", "cough"])
        #expect(throws: FixtureError.self) { try library.clip(saying: "no") }
        #expect(throws: FixtureError.self) { try library.clean(kind: "noisy") }
        // Its file is not there.
        #expect(throws: FixtureError.self) { try library.clean(kind: "noise") }
    }

    @Test func saysWhatIsWrong() throws {
        #expect(throws: FixtureError.self) { try FixtureLibrary(folder: "/nonexistent") }
        for bad in [
            "{}", #"{"file":"a.wav","kind":"x"}"#, clip(#""kind":"x","pausesMs":[[3]]"#),
            #"{"file":"a","kind":"x","samples":800,"speechStartMs":50,"speechEndMs":101}"#,
        ] {
            let folder = try folder(bad)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            #expect(throws: FixtureError.self, "\(bad)") { try FixtureLibrary(folder: folder) }
        }
    }

    /// The clips of this repository, every one of them.
    @Test func theRepositorysFixturesCanBeSaid() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../audio-fixtures").path
        let library = try FixtureLibrary(folder: folder)
        #expect(library.clips.count > 100)
        for clip in library.clips {
            let said = try library.utterance(clip)
            #expect(said.muLaw.count == clip.sampleCount, "\(clip.file)")
        }
        let speech = try library.clean(kind: "speech")
        #expect(speech.allSatisfy { $0.expectsReply })
        #expect(
            try library.clean(kind: "speech", countMax: 3).map(\.text) == speech[..<3].map(\.text))
        #expect(try library.clean(kind: "cough").allSatisfy { !$0.expectsReply })
    }
}
