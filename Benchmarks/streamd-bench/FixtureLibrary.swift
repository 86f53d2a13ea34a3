import CallSimulator
import DSP
import Foundation

/// The recorded callers of audio-fixtures/, by what they say.
struct FixtureLibrary {
    /// One clip of MANIFEST.json; see its `definition` for how speech is measured.
    private struct Clip: Decodable {
        let file: String
        let kind: String
        let text: String?
        let voice: String?
        let noise: String?
        let speechStartMs: Int?
        let speechEndMs: Int?
        let pausesMs: [[Int]]
    }

    private struct Manifest: Decodable {
        let clips: [Clip]
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: String
    private let clips: [Clip]

    init(folder: String) throws {
        self.folder = folder
        let path = folder + "/MANIFEST.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(description: "\(path) can't be read; name the folder with --fixtures")
        }
        clips = try JSONDecoder().decode(Manifest.self, from: data).clips
    }

    /// Clips without noise of one kind, in the manifest's order; a kind names one or more, joined by
    /// commas.
    func clean(kind: String, countMax: Int) throws -> [CallerUtterance] {
        let kinds = kind.split(separator: ",").map(String.init)
        var chosen = clips.filter {
            kinds.contains($0.kind) && $0.noise == nil && $0.voice?.hasPrefix("espeak") != true
        }
        if countMax > 0 { chosen = Array(chosen.prefix(countMax)) }
        guard !chosen.isEmpty else {
            throw Fault(description: "\(folder) has no clean clips of kind '\(kind)'")
        }
        return try chosen.map(utterance)
    }

    /// The clip in which one of the voices says this; case and punctuation don't count.
    func clip(saying text: String, voice: String = "rms") throws -> CallerUtterance {
        func bare(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }
        }
        let same = clips.filter {
            $0.kind == "speech" && $0.noise == nil && bare($0.text ?? "") == bare(text)
        }
        guard let clip = same.first(where: { $0.voice == voice }) ?? same.first else {
            throw Fault(description: "\(folder) has no clip that says '\(text)'")
        }
        return try utterance(clip)
    }

    private func utterance(_ clip: Clip) throws -> CallerUtterance {
        let file = try AudioFile.read(path: folder + "/" + clip.file)
        let isSpeech = clip.kind != "cough" && clip.kind != "backchannel" && clip.kind != "noise"
        let samples = G711.encodedMuLaw(file.samples16)
        return CallerUtterance(
            text: clip.text ?? clip.kind, muLaw: samples,
            speechStart: (clip.speechStartMs ?? 0) * 8,
            speechEnd: min(samples.count, (clip.speechEndMs ?? samples.count / 8) * 8),
            expectsReply: isSpeech)
    }
}
