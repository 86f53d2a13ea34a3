import DSP
import Foundation
import Realtime

/// Synthesised sentences on disk, a file each, within a limit; what was not used for longest goes
/// first. Files are read and written on a queue of their own; only `init`, ``newest(byteCountMax:)``
/// and ``close()`` block.
///
/// A file is a line of JSON with speaker, voice, text and the form of the audio (none: as telephones have it),
/// and then the speech. Its name is a hash of that line, and the line is compared when the file is read.
public final class SpeechFolder: Sendable {
    private struct File {
        var byteCount: Int
        var lastUse: Date
    }

    private struct State {
        var files: [String: File] = [:]
        var byteCount = 0
        var waiting = 0
    }

    /// Reads and writes that may wait; more are left out.
    static let queueMax = 256
    /// A longer first line is not ours.
    static let headByteCountMax = 65_536

    private let directory: URL
    private let speaker: String
    private let byteCountMax: Int
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "speech-folder", qos: .utility)

    /// - Parameters:
    ///   - speaker: who speaks and how fast, in any words: another one's sentences are left alone.
    ///   - byteCountMax: of all files together.
    /// - Throws: when the folder can't be made or read.
    public init(directory: String, speaker: String, byteCountMax: Int) throws {
        self.directory = URL(filePath: directory, directoryHint: .isDirectory)
        self.speaker = speaker
        self.byteCountMax = byteCountMax
        try FileManager.default.createDirectory(
            at: self.directory, withIntermediateDirectories: true)
        let files = try FileManager.default.contentsOfDirectory(
            at: self.directory, includingPropertiesForKeys: nil)
        for url in files where Self.fileExtensions.contains(url.pathExtension) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
            guard let size = attributes?[.size] as? Int,
                let date = attributes?[.modificationDate] as? Date
            else { continue }
            state.withLock {
                $0.files[url.lastPathComponent] = File(byteCount: size, lastUse: date)
                $0.byteCount += size
            }
        }
        makeRoom()
    }

    private static let fileExtensions: Set = ["ulaw", "s16"]

    private static func fileExtension(_ audio: CallAudio) -> String {
        audio.encoding == .muLaw ? "ulaw" : "s16"
    }

    public var byteCount: Int { state.withLock { $0.byteCount } }

    /// The speaker's sentences that were used last, newest first, as many as fit.
    func newest(byteCountMax: Int) -> [(clip: SpeechClip, voice: String?)] {
        let names = state.withLock { state in
            state.files.sorted { $0.value.lastUse > $1.value.lastUse }.map(\.key)
        }
        var found: [(clip: SpeechClip, voice: String?)] = []
        var sum = 0
        for name in names {
            guard let (head, clip) = read(name), head.speaker == speaker else { continue }
            sum += clip.byteCount
            guard sum <= byteCountMax else { break }
            found.append((clip, head.voice))
        }
        return found
    }

    /// Has `body` called, on the queue, with the sentence, if it is there.
    func fetch(
        _ text: String, voice: String?, audio: CallAudio,
        _ body: @escaping @Sendable (SpeechClip) -> Void
    ) {
        let head = Head(speaker: speaker, voice: voice, text: text, audio: audio)
        guard let name = head.fileName, state.withLock({ $0.files[name] != nil }) else { return }
        submit { [self] in
            guard let (found, clip) = read(name), found == head else { return }
            touch(name)
            body(clip)
        }
    }

    /// Writes a finished clip.
    func store(_ clip: SpeechClip, voice: String?) {
        submit { [self] in
            write(clip, Head(speaker: speaker, voice: voice, text: clip.text, audio: clip.audio))
        }
    }

    /// Waits until all is written.
    func close() { queue.sync {} }

    private func submit(_ body: @escaping @Sendable () -> Void) {
        let isTaken = state.withLock { state in
            guard state.waiting < Self.queueMax else { return false }
            state.waiting += 1
            return true
        }
        guard isTaken else { return }
        queue.async { [self] in
            body()
            state.withLock { $0.waiting -= 1 }
        }
    }

    // MARK: - Files

    private struct Head: Codable, Equatable {
        var speaker: String
        var voice: String?
        var text: String
        /// Nil for that of telephones, which has no name in files of earlier versions.
        var form: String?

        init(speaker: String, voice: String?, text: String, audio: CallAudio) {
            self.speaker = speaker
            self.voice = voice
            self.text = text
            form = audio == .telephone ? nil : audio.description
        }

        /// Nil where it is none that is known.
        var audio: CallAudio? { form.map { CallAudio($0) } ?? .telephone }

        var line: Data? {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try? encoder.encode(self)
        }

        /// FNV-1a, twice: chance does not make two alike, and the head would tell.
        var fileName: String? {
            guard let line, let audio else { return nil }
            func hash(_ start: UInt64) -> String {
                let value = line.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
                return String(value, radix: 16)
            }
            let first = hash(0xCBF2_9CE4_8422_2325)
            return "\(first)-\(hash(0x6C62_272E_07BB_0142)).\(SpeechFolder.fileExtension(audio))"
        }
    }

    private func read(_ name: String) -> (Head, SpeechClip)? {
        guard let data = try? Data(contentsOf: directory.appending(path: name)),
            let end = data.prefix(Self.headByteCountMax).firstIndex(of: 0x0A),
            let head = try? JSONDecoder().decode(Head.self, from: data[..<end]),
            let audio = head.audio
        else { return nil }
        let speech = data[(end + 1)...]
        guard !speech.isEmpty, speech.count % audio.bytesPerSample == 0 else { return nil }
        let clip = SpeechClip(
            text: head.text, audio: audio, secondsMax: speech.count / audio.bytesPerSecond + 1)
        Array(speech).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        return (head, clip)
    }

    private func write(_ clip: SpeechClip, _ head: Head) {
        guard var data = head.line, let name = head.fileName else { return }
        data.append(0x0A)
        var speech = [UInt8](repeating: 0, count: clip.byteCount)
        _ = speech.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        data.append(contentsOf: speech)
        // A full disk costs the next process some synthesis, nothing more.
        guard data.count <= byteCountMax,
            (try? data.write(to: directory.appending(path: name), options: .atomic)) != nil
        else { return }
        state.withLock {
            $0.byteCount += data.count - ($0.files[name]?.byteCount ?? 0)
            $0.files[name] = File(byteCount: data.count, lastUse: Date())
        }
        makeRoom()
    }

    private func touch(_ name: String) {
        let now = Date()
        state.withLock { $0.files[name]?.lastUse = now }
        try? FileManager.default.setAttributes(
            [.modificationDate: now], ofItemAtPath: directory.appending(path: name).path)
    }

    private func makeRoom() {
        while let name = state.withLock({ state -> String? in
            guard state.byteCount > byteCountMax,
                let oldest = state.files.min(by: { $0.value.lastUse < $1.value.lastUse })
            else { return nil }
            state.byteCount -= oldest.value.byteCount
            state.files[oldest.key] = nil
            return oldest.key
        }) {
            try? FileManager.default.removeItem(at: directory.appending(path: name))
        }
    }
}
