import Language
import Pipelines
import StreamTesting

// What stops the agent, and what it does then.

extension FixtureReport {
    func tellOverlaps(_ policy: CallPolicy, _ profile: ServiceProfile) {
        for kind in ["cough", "backchannel", "noise"] { tellSounds(kind, policy, profile) }
        tellInterruptions(policy, profile)
    }

    private func overlaps(
        _ policy: CallPolicy, _ profile: ServiceProfile,
        where isWanted: (FixtureReplay.Clip) -> Bool
    ) -> [(name: String, overlap: FixtureReplay.Overlap)] {
        replay.clips.filter(isWanted).flatMap { clip in
            (0..<options.repeats).map { round in
                let seed = options.seed + UInt64(round)
                return (
                    clip.name,
                    replay.playOver(clip, policy: policy, profile: profile, seed: seed)
                )
            }
        }
    }

    /// Sounds after which the agent should go on by itself.
    private func tellSounds(_ kind: String, _ policy: CallPolicy, _ profile: ServiceProfile) {
        let all = overlaps(policy, profile) { $0.kind == kind }
        let stopped = all.filter { $0.overlap.clearMs != nil }
        let silences = stopped.filter { !$0.overlap.isInterrupted }.map(\.overlap.silenceMs)
        let late = silences.count { $0 > 700 }
        let interrupted = all.count { $0.overlap.isInterrupted }
        let lost = all.reduce(0) { $0 + $1.overlap.lostWords }
        let twice = all.reduce(0) { $0 + $1.overlap.repeatedWords }
        Swift.print(
            "\(policy.name), \(kind) over the agent: \(all.count), stopped \(stopped.count), "
                + "interrupted \(interrupted), silent p50 \(Self.percentile(50, silences)) ms, "
                + "p95 \(Self.percentile(95, silences)) ms, over 700 ms \(late), "
                + "words lost \(lost), twice \(twice)")
        guard options.shown > 0 else { return }
        for (name, overlap) in all where overlap.isInterrupted || overlap.silenceMs > 700 {
            Swift.print("  \(name): \(Int(overlap.silenceMs)) ms, \(overlap.isInterrupted)")
        }
    }

    /// Words that take the turn.
    private func tellInterruptions(_ policy: CallPolicy, _ profile: ServiceProfile) {
        let words = HeardWords(backchannels: policy.options.backchannels)
        let all = overlaps(policy, profile) { clip in
            let said = HeardWords.split(clip.words.map(\.text).joined(separator: " "))
            return clip.kind == "speech" && !words.isBackchannel(said)
        }
        let clears = all.compactMap(\.overlap.clearMs)
        let missed = all.count { !$0.overlap.isInterrupted }
        Swift.print(
            "\(policy.name), words over the agent: \(all.count), clear p50 "
                + "\(Self.percentile(50, clears)) ms, p95 \(Self.percentile(95, clears)) ms, "
                + "missed \(missed)")
        guard options.shown > 0 else { return }
        for (name, overlap) in all where !overlap.isInterrupted { Swift.print("  missed \(name)") }
        let slowest = all.sorted { $0.overlap.clearMs ?? 0 > $1.overlap.clearMs ?? 0 }
        for (name, overlap) in slowest.prefix(options.shown) {
            Swift.print("  \(name): clear after \(Int(overlap.clearMs ?? 0)) ms")
        }
    }
}
