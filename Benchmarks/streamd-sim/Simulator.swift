import Foundation
import Realtime
import StreamTesting

/// Runs many calls and prints, for each policy, what they showed.
struct Simulator {
    let options: SimulatorOptions

    init(_ options: SimulatorOptions) { self.options = options }

    /// - Returns: the exit code; 1 if anything happened that must not.
    func run() -> Int32 {
        var isBroken = false
        for profile in options.profiles {
            let began = MonotonicClock.nowNanos()
            var rows = [PolicyReport.header]
            var simulated = 0.0
            for policy in options.policies {
                let report = run(policy, profile)
                rows.append(report.row)
                simulated += report.totals.callSeconds
                tell(report, policy, profile)
                show(report)
                isBroken = isBroken || !report.failures.isEmpty
            }
            let seconds = Double(MonotonicClock.nowNanos() - began) / 1e9
            print("\nservices: \(profile.name), calls from seed \(options.seed)")
            print(Self.table(rows))
            print(
                "\(Int(simulated)) s of conversation in \(Int(seconds.rounded(.up))) s: "
                    + "\(Int(simulated / seconds)) times as fast as real time")
        }
        print(isBroken ? "\nsim: FAILED" : "\nsim: every conversation kept the rules")
        return isBroken ? 1 : 0
    }

    private func run(_ policy: CallPolicy, _ profile: ServiceProfile) -> PolicyReport {
        let count =
            options.threads > 0 ? options.threads : ProcessInfo.processInfo.activeProcessorCount
        let whole = Locked(PolicyReport(policy: policy.name))
        let options = options
        let calls = max(1, options.calls / options.profiles.count)
        DispatchQueue.concurrentPerform(iterations: count) { worker in
            var part = PolicyReport(policy: policy.name)
            for index in stride(from: worker, to: calls, by: count) {
                var simulation = CallSimulation(
                    seed: options.seed + UInt64(index), policy: policy, profile: profile,
                    mutation: options.mutation)
                simulation.audio = options.audio
                simulation.keepsHistory = options.calls == 1
                part.add(simulation.run())
            }
            let finished = part
            whole.withLock { $0.add(finished) }
        }
        return whole.withLock { $0 }
    }

    private func tell(_ report: PolicyReport, _ policy: CallPolicy, _ profile: ServiceProfile) {
        guard !report.failures.isEmpty else { return }
        print(
            "\(report.failures.count) of \(report.calls) calls broke a rule with policy "
                + "\(policy.name) and \(profile.name) services:")
        for failure in report.failures.sorted(by: { $0.seed < $1.seed }).prefix(10) {
            print("  --calls 1 --seed \(failure.seed): \(failure.problems.prefix(3))")
            for step in failure.history.sorted(by: { $0.ms < $1.ms }) {
                print("  \(Int(step.ms)) ms: \(step.what)")
            }
        }
    }

    /// The words after which turns were taken too early, the most frequent first.
    private func show(_ report: PolicyReport) {
        guard options.shown > 0 else { return }
        var counts: [String: Int] = [:]
        for text in report.totals.earlyTexts { counts[text, default: 0] += 1 }
        print("\n\(report.policy) took the turn early after:")
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (text, count) in sorted.prefix(options.shown) { print("  \(count)  \(text)") }
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
