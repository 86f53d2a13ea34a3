import StreamTesting

/// What the replay of recorded callers shows of each policy.
struct FixtureReport {
    private struct Group {
        var name: String
        var holds: (FixtureReplay.Clip) -> Bool
    }

    let replay: FixtureReplay
    let options: SimulatorOptions

    init(_ replay: FixtureReplay, _ options: SimulatorOptions) {
        self.replay = replay
        self.options = options
    }

    private static let short = ["yes", "no", "thats-right", "four.", "for-four", "yes-please"]

    private let groups = [
        Group(name: "yes, no, numbers") { clip in
            clip.kind == "speech" && Self.short.contains { clip.name.hasPrefix("speech/" + $0) }
        },
        Group(name: "speech without pauses") { $0.kind == "speech" && $0.longestPauseMs < 250 },
        Group(name: "pauses up to 700 ms") { $0.kind == "pauses" && $0.longestPauseMs <= 710 },
        Group(name: "longer pauses") { $0.kind == "pauses" && $0.longestPauseMs > 710 },
    ]

    func print() {
        for profile in options.profiles {
            Swift.print("\nservices: \(profile.name), each clip \(options.repeats) times")
            for policy in options.policies {
                tell(policy, profile)
                tellOverlaps(policy, profile)
            }
        }
    }

    /// The value that `percent` of them do not exceed; 0 where there are none.
    static func percentile(_ percent: Int, _ values: [Double]) -> Int {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return Int(sorted[min(sorted.count - 1, sorted.count * percent / 100)])
    }

    private func tell(_ policy: CallPolicy, _ profile: ServiceProfile) {
        for group in groups {
            var responses: [Double] = []
            var cutIns: [String: Int] = [:]
            var count = 0
            for clip in replay.clips where group.holds(clip) {
                for round in 0..<options.repeats {
                    let result = replay.play(
                        clip, policy: policy, profile: profile,
                        seed: options.seed + UInt64(round))
                    count += 1
                    if result.isCutIn {
                        cutIns["\(clip.name): \(result.heardText)", default: 0] += 1
                    } else if let ms = result.responseMs {
                        responses.append(ms)
                    }
                    if round == 0, options.shown > 1 {
                        Swift.print("    \(clip.name) \(Int(result.responseMs ?? -1)) ms")
                    }
                }
            }
            let premature = cutIns.values.reduce(0, +)
            Swift.print(
                "\(policy.name), \(group.name): p50 \(Self.percentile(50, responses)) ms, "
                    + "p95 \(Self.percentile(95, responses)) ms, "
                    + "cut-ins \(premature) of \(count), unanswered \(count - premature - responses.count)"
            )
            if options.shown > 0 {
                for (text, number) in cutIns.sorted(by: { $0.key < $1.key }) {
                    Swift.print("  \(number)  \(text)")
                }
            }
        }
    }
}
