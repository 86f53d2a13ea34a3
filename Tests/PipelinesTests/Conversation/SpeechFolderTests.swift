import DSP
import Foundation
import Pipelines
import Testing

@Suite struct SpeechFolderTests {
    private func clip(_ text: String, byte: UInt8 = 1) -> SpeechClip {
        let clip = SpeechClip(text: text, audio: .telephone)
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
            let kept = try #require(
                second.clip(for: "hello \"you\"\nthere", voice: "v", audio: .telephone))
            var bytes = [UInt8](repeating: 0, count: kept.byteCount)
            _ = bytes.withUnsafeMutableBufferPointer { kept.read(from: 0, into: $0) }
            #expect(bytes == [UInt8](repeating: 7, count: 8000))
            #expect(second.clip(for: "hello \"you\"\nthere", voice: nil, audio: .telephone) == nil)
            #expect(try cache(path, speaker: "b").byteCount == 0)
        }
    }

    /// Files of earlier versions do not say their form: it was the telephone's.
    @Test func formsAreKeptApartAndOldFilesAreTheTelephones() throws {
        try withFolder { path in
            let wide = CallAudio(.linear16, sampleRate: 16_000)
            let first = try cache(path)
            first.insert(clip("hello", byte: 7), voice: nil)
            let other = SpeechClip(text: "hello", audio: wide)
            [UInt8](repeating: 3, count: 6400).withUnsafeBufferPointer { _ = other.append($0) }
            other.finish()
            first.insert(other, voice: nil)
            first.close()
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            let old = try #require(names.first { $0.hasSuffix(".ulaw") })
            let head = try Data(contentsOf: URL(filePath: path + "/" + old)).prefix { $0 != 10 }
            #expect(String(decoding: head, as: UTF8.self) == #"{"speaker":"a","text":"hello"}"#)
            let second = try cache(path)
            #expect(second.clip(for: "hello", voice: nil, audio: .telephone)?.byteCount == 8000)
            let kept = try #require(second.clip(for: "hello", voice: nil, audio: wide))
            #expect(kept.byteCount == 6400 && kept.audio == wide)
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
            #expect(second.clip(for: "sentence 5", voice: nil, audio: .telephone) != nil)
            #expect(second.clip(for: "sentence 0", voice: nil, audio: .telephone) == nil)
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
            (0..<3).map { "sentence \($0)" }.first {
                second.clip(for: $0, voice: nil, audio: .telephone) == nil
            })
        second.close()
        #expect(second.clip(for: missing, voice: nil, audio: .telephone) != nil)
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
        #expect(cache.clip(for: "I am sorry", voice: nil, audio: .telephone) != nil)
        #expect(cache.byteCount == 8000 && cache.hitCount == 1)
    }
}
