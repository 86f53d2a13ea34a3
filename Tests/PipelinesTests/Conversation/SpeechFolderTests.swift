import Foundation
import Pipelines
import Testing

@Suite struct SpeechFolderTests {
    private func clip(_ text: String, byte: UInt8 = 1) -> SpeechClip {
        let clip = SpeechClip(text: text)
        [UInt8](repeating: byte, count: 8000).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        return clip
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "streamd-speech-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func cache(
        _ path: String, speaker: String = "a", diskBytes: Int = 1 << 20, memory: Int = 1 << 20
    ) throws -> SpeechCache {
        SpeechCache(
            byteCountMax: memory,
            folder: try SpeechFolder(directory: path, speaker: speaker, byteCountMax: diskBytes))
    }

    @Test func speechOutlivesTheProcessForTheSameSpeakerOnly() throws {
        try withFolder { path in
            let first = try cache(path)
            first.insert(clip("hello \"you\"\nthere", byte: 7), voice: "v")
            first.close()
            let second = try cache(path)
            let kept = try #require(second.clip(for: "hello \"you\"\nthere", voice: "v"))
            var bytes = [UInt8](repeating: 0, count: kept.byteCount)
            _ = bytes.withUnsafeMutableBufferPointer { kept.read(from: 0, into: $0) }
            #expect(bytes == [UInt8](repeating: 7, count: 8000))
            #expect(second.clip(for: "hello \"you\"\nthere", voice: nil) == nil)
            #expect(try cache(path, speaker: "b").byteCount == 0)
        }
    }

    @Test func theDiskLimitIsKept() throws {
        try withFolder { path in
            let first = try cache(path, diskBytes: 25_000)
            for index in 0..<6 { first.insert(clip("sentence \(index)"), voice: nil) }
            first.close()
            let files = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(files.count == 3)
            let second = try cache(path)
            #expect(second.clip(for: "sentence 5", voice: nil) != nil)
            #expect(second.clip(for: "sentence 0", voice: nil) == nil)
        }
    }

    @Test func whatIsOnDiskOnlyIsThereTheNextTime() async throws {
        let path = NSTemporaryDirectory() + "streamd-speech-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try cache(path)
        for index in 0..<3 { first.insert(clip("sentence \(index)"), voice: nil) }
        first.close()
        // Room for one: the others stay on disk.
        let second = try cache(path, memory: 8000)
        let missing = try #require(
            (0..<3).map { "sentence \($0)" }.first { second.clip(for: $0, voice: nil) == nil })
        second.close()
        #expect(second.clip(for: missing, voice: nil) != nil)
    }

    @Test func damagedFilesAreLeftAlone() throws {
        try withFolder { path in
            let first = try cache(path)
            first.insert(clip("whole"), voice: nil)
            first.close()
            let name = try #require(FileManager.default.contentsOfDirectory(atPath: path).first)
            try Data("{\"speaker\":".utf8).write(to: URL(filePath: path + "/" + name))
            try Data().write(to: URL(filePath: path + "/empty.ulaw"))
            #expect(try cache(path).byteCount == 0)
        }
    }

    @Test func substitutesAndPinnedSpeech() {
        let cache = SpeechCache(byteCountMax: 8000)
        cache.pin(clip("sorry"), as: "I am sorry", voice: nil)
        cache.insert(clip("a"), voice: nil)
        cache.insert(clip("b"), voice: nil)
        #expect(cache.clip(for: "I am sorry", voice: nil) != nil)
        #expect(cache.byteCount == 8000 && cache.hitCount == 1)
    }
}
