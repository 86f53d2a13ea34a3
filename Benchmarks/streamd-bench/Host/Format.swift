import CallSimulator
import Foundation

/// Numbers as reports show them.
enum Format {
    /// With so many places after the point.
    static func fixed(_ value: Double, _ places: Int) -> String {
        let text = String(format: "%.\(places)f", value)
        // No negative nought.
        return text.allSatisfy { "-0.".contains($0) } ? text.replacing("-", with: "") : text
    }

    /// A percentile in milliseconds with one place.
    static func ms(_ latency: some LatencyFigures, _ percent: Double) -> String {
        fixed(Double(latency.percentile(percent)) / 1e6, 1)
    }

    /// As short as it can be read: three figures that count.
    static func short(_ value: Double) -> String {
        let size = abs(value)
        if size == value.rounded(), size < 1e6 { return fixed(value, 0) }
        return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    }
}

extension String {
    /// Filled up on the right.
    func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// Filled up on the left.
    func leftPadding(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
