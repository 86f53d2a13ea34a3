/// Where values lie on the picture of a turn.
struct PlotFrame {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double

    func xPlace(_ value: Double) -> Double {
        left + (value - x.lowerBound) / (x.upperBound - x.lowerBound) * (right - left)
    }

    func yPlace(_ value: Double) -> Double {
        bottom - (value - y.lowerBound) / (y.upperBound - y.lowerBound) * (bottom - top)
    }

    /// Round numbers inside a range, about so many.
    static func ticks(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let raw = (range.upperBound - range.lowerBound) / Double(count)
        guard raw > 0, raw.isFinite else { return [] }
        var power = 1.0
        while power * 10 <= raw { power *= 10 }
        while power > raw { power /= 10 }
        let step = ([1, 2, 5, 10].first { $0 * power >= raw } ?? 10) * power
        var tick = (range.lowerBound / step).rounded(.up) * step
        var ticks: [Double] = []
        while tick <= range.upperBound + step * 1e-9 {
            ticks.append((tick / step).rounded() * step)
            tick += step
        }
        return ticks
    }
}
