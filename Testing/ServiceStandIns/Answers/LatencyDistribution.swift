import Foundation
import TestSupport

/// How long a service takes, in milliseconds.
public enum LatencyDistribution: Sendable, Equatable, CustomStringConvertible {
    case constant(ms: Double)
    case uniform(minMs: Double, maxMs: Double)
    /// Cut off at 0.
    case normal(meanMs: Double, deviationMs: Double)
    /// The logarithm is normal with this deviation around the logarithm of the median.
    case logNormal(medianMs: Double, sigma: Double)

    /// Longest delay that is ever drawn: tails of the normal kinds end here.
    public static let delayMsMax = 600_000.0

    /// From `150`, `uniform:100:200`, `normal:150:30` or `lognormal:150:0.4`; nil for other texts.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard numbers.allSatisfy({ $0 >= 0 && $0 <= Self.delayMsMax }) else { return nil }
        if parts.count == 1, numbers.count == 1 {
            self = .constant(ms: numbers[0])
            return
        }
        guard parts.count == 3, numbers.count == 2 else { return nil }
        switch parts[0] {
        case "uniform" where numbers[0] <= numbers[1]:
            self = .uniform(minMs: numbers[0], maxMs: numbers[1])
        case "normal": self = .normal(meanMs: numbers[0], deviationMs: numbers[1])
        case "lognormal": self = .logNormal(medianMs: numbers[0], sigma: numbers[1])
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .constant(let ms): "\(ms) ms"
        case .uniform(let low, let high): "\(low)…\(high) ms"
        case .normal(let mean, let deviation): "\(mean) ± \(deviation) ms"
        case .logNormal(let median, let sigma): "median \(median) ms, sigma \(sigma)"
        }
    }

    /// One delay, in nanoseconds.
    public func drawNanos(using generator: inout SeededGenerator) -> UInt64 {
        let ms: Double
        switch self {
        case .constant(let value): ms = value
        case .uniform(let low, let high):
            ms = low + (high - low) * Double.random(in: 0..<1, using: &generator)
        case .normal(let mean, let deviation):
            ms = mean + deviation * Self.standardNormal(using: &generator)
        case .logNormal(let median, let sigma):
            ms = median * exp(sigma * Self.standardNormal(using: &generator))
        }
        return UInt64(min(max(ms, 0), Self.delayMsMax) * 1e6)
    }

    /// Box and Muller's transform.
    private static func standardNormal(using generator: inout SeededGenerator) -> Double {
        let radius = Double.random(in: Double.leastNormalMagnitude..<1, using: &generator)
        let angle = Double.random(in: 0..<1, using: &generator)
        return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
    }
}
