import CallSimulator
import DSP
import Foundation

/// The recorded callers of `audio-fixtures`.
enum Fixture {
    private struct Clip: Decodable {
        let file: String
        let text: String?
        let speechStartMs: Int?
        let speechEndMs: Int?
    }
    private struct Manifest: Decodable { let clips: [Clip] }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "audio-fixtures").path

    /// A clip by its place in the folder, without `.wav`.
    static func utterance(_ name: String, expectsReply: Bool = true) throws -> CallerUtterance {
        let data = try Data(contentsOf: URL(filePath: folder + "/MANIFEST.json"))
        let clips = try JSONDecoder().decode(Manifest.self, from: data).clips
        guard let clip = clips.first(where: { $0.file == name + ".wav" }) else {
            throw PeerFault(what: "no fixture \(name)")
        }
        let audio = try AudioFile.read(path: folder + "/" + clip.file)
        let muLaw = G711.encodedMuLaw(audio.samples16)
        return CallerUtterance(
            text: clip.text ?? "", muLaw: muLaw, speechStart: (clip.speechStartMs ?? 0) * 8,
            speechEnd: min(muLaw.count, (clip.speechEndMs ?? muLaw.count / 8) * 8),
            expectsReply: expectsReply)
    }
}

extension CallerScript {
    /// Waits for the greeting, says these, waits for the last answer, hangs up.
    /// - Parameter silenceMs: after which the last answer is taken to be over.
    static func turns(_ names: [String], silenceMs: Int = 200) throws -> CallerScript {
        CallerScript(
            try names.map { .say(try Fixture.utterance($0), pauseMs: 200) }
                + [.waitForAgent(pauseMs: silenceMs)], answerTimeoutMs: 30_000)
    }
}

extension SimulatedCallResult {
    /// What is wrong with a call that should have gone well; empty when nothing is.
    var faults: [String] {
        var faults: [String] = []
        if end != .hungUp { faults.append("ended: \(end)") }
        // Shorter ones come of a crowded machine; benchmarks count them all.
        let long = gaps.filter { $0.sampleCount > 1600 }
        if !long.isEmpty { faults.append("gaps: \(long)") }
        if protocolErrorCount != 0 { faults.append("\(protocolErrors)") }
        if greetingNanos == nil { faults.append("no greeting") }
        for turn in turns {
            if turn.isUnanswered { faults.append("no answer to '\(turn.text)'") }
            if turn.isAfterTimeout { faults.append("'\(turn.text)' was waited for in vain") }
            if turn.cutInNanos != nil { faults.append("'\(turn.text)' was cut in on") }
        }
        return faults
    }
}
