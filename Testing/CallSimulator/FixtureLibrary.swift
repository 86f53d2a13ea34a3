import DSP
import Foundation
import Wire

/// Why a fixture cannot be had: which, and what to do.
public enum FixtureError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case badManifest(path: String, reason: String)
    case noClip(wanted: String, folder: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason); scripts/make-fixtures makes it"
        case .badManifest(let path, let reason): "\(path): \(reason)"
        case .noClip(let wanted, let folder): "\(folder) has no clip \(wanted)"
        }
    }
}

/// One clip of the manifest. Times are milliseconds from the clip's beginning.
public struct FixtureClip: Sendable, Equatable {
    /// Path inside the folder.
    public var file: String
    /// `speech`, `noisy`, `pauses`, `backchannel`, `cough`, `noise`, `silence`.
    public var kind: String
    /// What is said; empty where nothing is.
    public var text: String
    public var voice: String
    /// `full`, or the telephone's `300-3400 Hz`.
    public var band: String
    /// What was mixed in, and how loud the speech is against it; empty and nil for clean clips.
    public var noise: String
    public var snrDb: Int?
    public var sampleCount: Int
    /// Nil where nothing is said.
    public var speechMs: Range<Int>?
    /// Pauses of 200 ms and more inside the speech.
    public var pausesMs: [Range<Int>]

    /// Coughs, "mhm" and noises want no answer.
    public var expectsReply: Bool {
        kind != "cough" && kind != "backchannel" && speechMs != nil
    }
}

/// The recorded callers of a folder with a `MANIFEST.json`, as scripts/make-fixtures writes it.
///
/// Reads files, so it blocks: not for an event loop's thread.
public struct FixtureLibrary: Sendable {
    /// Where the files are.
    public let folder: String
    /// In the manifest's order.
    public let clips: [FixtureClip]

    /// Reads the manifest; the clips' files are read when they are asked for.
    public init(folder: String) throws(FixtureError) {
        self.folder = folder
        let path = folder + "/MANIFEST.json"
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .unreadable(path: path, reason: "\(error.localizedDescription)")
        }
        let manifest: JSONValue
        do {
            manifest = try JSONValue(parsing: bytes.span)
        } catch {
            throw .badManifest(path: path, reason: "\(error)")
        }
        guard let entries = manifest["clips"]?.arrayValue else {
            throw .badManifest(path: path, reason: "no list `clips`")
        }
        var clips: [FixtureClip] = []
        for (index, entry) in entries.enumerated() {
            guard let clip = FixtureClip(entry) else {
                throw .badManifest(
                    path: path,
                    reason: "clips[\(index)] lacks file, kind or samples, or its times "
                        + "do not lie inside it")
            }
            clips.append(clip)
        }
        self.clips = clips
    }

    /// Reads a clip. One without words counts as sound from its beginning to its end.
    public func utterance(_ clip: FixtureClip) throws(FixtureError) -> CallerUtterance {
        let path = folder + "/" + clip.file
        let audio: AudioFile
        do {
            audio = try AudioFile.read(path: path)
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
        let count = audio.samples.count
        let range = clip.speechMs.map { $0.lowerBound * 8..<$0.upperBound * 8 } ?? 0..<count
        guard audio.sampleRate == 8000, !range.isEmpty, range.upperBound <= count else {
            throw .badManifest(
                path: path,
                reason: "\(count) samples at \(audio.sampleRate) Hz are not the "
                    + "manifest's \(clip.sampleCount) at 8000 Hz")
        }
        return CallerUtterance(
            text: clip.text.isEmpty ? clip.kind : clip.text,
            muLaw: G711.encodedMuLaw(audio.samples16), speechStart: range.lowerBound,
            speechEnd: range.upperBound, expectsReply: clip.expectsReply)
    }

    /// A clip without noise that says these words, in this voice if there is one; letters and
    /// digits are compared, without regard to case.
    public func clip(
        saying text: String, voice: String = "rms"
    ) throws(FixtureError) -> CallerUtterance {
        let wanted = Self.words(text)
        let matches = clips.filter {
            Self.words($0.text) == wanted && $0.kind == "speech" && $0.noise.isEmpty
        }
        guard let clip = matches.first(where: { $0.voice == voice }) ?? matches.first else {
            throw .noClip(wanted: "that says \"\(text)\"", folder: folder)
        }
        return try utterance(clip)
    }

    /// The clips without noise of one kind, or of several joined by commas, in the manifest's
    /// order; at most the first `countMax`, all of them for 0.
    /// - Parameter leavingOutVoices: names whose beginning is enough. The voices of espeak are left
    ///   out unless said otherwise, since speech recognition does not understand them in µ-law.
    public func clean(
        kind: String, countMax: Int = 0, leavingOutVoices: [String] = ["espeak"]
    ) throws(FixtureError) -> [CallerUtterance] {
        let kinds = kind.split(separator: ",").map(String.init)
        var matches = clips.filter { clip in
            kinds.contains(clip.kind) && clip.noise.isEmpty
                && !leavingOutVoices.contains { clip.voice.hasPrefix($0) }
        }
        if countMax > 0 { matches = Array(matches.prefix(countMax)) }
        guard !matches.isEmpty else {
            throw .noClip(wanted: "without noise of the kind \(kind)", folder: folder)
        }
        var utterances: [CallerUtterance] = []
        for clip in matches { utterances.append(try utterance(clip)) }
        return utterances
    }

    private static func words(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}

extension FixtureClip {
    /// From an entry of the manifest; nil when it lacks something or its times cannot be.
    fileprivate init?(_ entry: JSONValue) {
        guard let file = entry["file"]?.stringValue, let kind = entry["kind"]?.stringValue,
            let sampleCount = entry["samples"]?.intValue
        else { return nil }
        self.file = file
        self.kind = kind
        self.sampleCount = sampleCount
        text = entry["text"]?.stringValue ?? ""
        voice = entry["voice"]?.stringValue ?? ""
        band = entry["band"]?.stringValue ?? ""
        noise = entry["noise"]?.stringValue ?? ""
        snrDb = entry["snrDb"]?.intValue
        if let start = entry["speechStartMs"]?.intValue, let end = entry["speechEndMs"]?.intValue {
            guard 0 <= start, start < end, end * 8 <= sampleCount else { return nil }
            speechMs = start..<end
        }
        pausesMs = []
        for pause in entry["pausesMs"]?.arrayValue ?? [] {
            guard let start = pause[0]?.intValue, let end = pause[1]?.intValue, start < end else {
                return nil
            }
            pausesMs.append(start..<end)
        }
    }
}
