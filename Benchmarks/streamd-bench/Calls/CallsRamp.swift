/// Finds the largest number of calls that keeps a quality.
struct CallsRamp {
    /// How the number grows.
    enum Spacing: Equatable {
        case by(Int)
        /// Doubled until it no longer holds, then halved between the last two.
        case doubling
    }

    /// One number that was tried.
    struct Step {
        var callCount: Int
        var figures: CallsFigures
        var failures: [String]
    }

    let first: Int
    let last: Int
    let spacing: Spacing

    /// From `FROM:TO:STEP`, or `FROM:TO` for doubling and halving.
    init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap { $0 }
        guard numbers.count == parts.count, (2...3).contains(numbers.count), numbers[0] > 0,
            numbers[1] >= numbers[0], numbers.count == 2 || numbers[2] > 0
        else {
            throw BenchOptions.Fault(
                description: "--ramp must be FROM:TO:STEP, or FROM:TO to double and then halve, "
                    + "not '\(text)'")
        }
        first = numbers[0]
        last = numbers[1]
        spacing = numbers.count == 3 ? .by(numbers[2]) : .doubling
    }

    /// Tries numbers until one does not hold. A number that does not hold is tried once more, since
    /// what else happens on a machine can only make a run worse; the better of the two is its step.
    /// - Returns: the steps in the order of their numbers, and the largest number that held, 0 for
    ///   none.
    func run(
        quality: CallsQuality, measure: (Int) throws -> CallsFigures,
        report: (Step, _ isRetry: Bool) -> Void
    ) rethrows -> (steps: [Step], held: Int) {
        var steps: [Step] = []
        func holds(_ count: Int) throws -> Bool {
            for attempt in 0..<2 {
                let figures = try measure(count)
                let step = Step(
                    callCount: count, figures: figures, failures: quality.failures(figures))
                report(step, attempt > 0)
                if attempt == 0 || step.failures.count < steps[steps.count - 1].failures.count {
                    if attempt > 0 { steps.removeLast() }
                    steps.append(step)
                }
                if step.failures.isEmpty { return true }
            }
            return false
        }
        var held = 0
        var count = first
        while count <= last, try holds(count) {
            held = count
            guard count < last else { break }
            switch spacing {
            case .by(let step): count = min(last, count + step)
            case .doubling: count = min(last, count * 2)
            }
        }
        if spacing == .doubling, held > 0, held < last {
            var broken = count
            // To five in a hundred: a machine does not tell more.
            while broken - held > max(1, held / 20) {
                let middle = (held + broken) / 2
                if try holds(middle) { held = middle } else { broken = middle }
            }
        }
        return (steps.sorted { $0.callCount < $1.callCount }, held)
    }
}
