/// A plot of one or more series over one axis, as an inline SVG that takes its colours from the page
/// it stands in (see ``ReportPage``).
struct Chart {
    enum Style { case line, dots, lineAndDots }

    struct Series {
        var name: String
        var points: [(x: Double, y: Double)]
        var style = Style.line
        /// Which of the page's colours, 0…5.
        var colour = 0
        /// A word at each point; empty for none.
        var labels: [String] = []
    }

    /// A line across the plot, such as a limit.
    struct Level {
        var y: Double
        var name: String
    }

    var xLabel: String
    var yLabel: String
    var series: [Series]
    var levels: [Level] = []
    /// Nil: what the points need, from nought where they are not far from it.
    var xRange: ClosedRange<Double>?
    var yRange: ClosedRange<Double>?
    /// For amounts, whose ratios should be seen.
    var startsAtNought = false
    /// Said to those who cannot see it.
    var summary: String

    private static let width = 720.0
    private static let height = 320.0
    private static let left = 68.0
    private static let right = 18.0
    private static let top = 14.0
    private static let bottom = 46.0

    /// Legend and plot.
    var html: String {
        let xs = xRange ?? Self.range(series.flatMap { $0.points.map(\.x) })
        let values = series.flatMap { $0.points.map(\.y) } + levels.map(\.y)
        let ys = yRange ?? Self.range(values + (startsAtNought ? [0] : []))
        let frame = PlotFrame(
            x: xs, y: ys, left: Self.left, right: Self.width - Self.right, top: Self.top,
            bottom: Self.height - Self.bottom)
        var svg = """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-label="\(summary.escaped)">

            """
        svg += axes(frame)
        for level in levels where ys.contains(level.y) {
            let y = Format.fixed(frame.yPlace(level.y), 1)
            svg += """
                <line class="level" x1="\(frame.left)" x2="\(frame.right)" y1="\(y)" y2="\(y)"/>
                <text class="note" x="\(frame.right - 4)" y="\(y)" dy="-5" \
                text-anchor="end">\(level.name.escaped)</text>

                """
        }
        for one in series { svg += draw(one, frame) }
        return legend + svg + "</svg>\n"
    }

    private var legend: String {
        let named = series.filter { !$0.name.isEmpty }
        guard !named.isEmpty else { return "" }
        let keys = named.map { "<span class=\"key c\($0.colour)\">\($0.name.escaped)</span>" }
        return "<div class=\"legend\">\(keys.joined(separator: " "))</div>\n"
    }

    private func axes(_ frame: PlotFrame) -> String {
        var svg = ""
        for tick in Self.ticks(frame.y, count: 5) {
            let y = Format.fixed(frame.yPlace(tick), 1)
            svg += """
                <line class="grid" x1="\(frame.left)" x2="\(frame.right)" y1="\(y)" y2="\(y)"/>
                <text x="\(frame.left - 8)" y="\(y)" dy="4" \
                text-anchor="end">\(Format.short(tick))</text>

                """
        }
        for tick in Self.ticks(frame.x, count: 8) {
            let x = Format.fixed(frame.xPlace(tick), 1)
            svg += """
                <line class="grid" x1="\(x)" x2="\(x)" y1="\(frame.top)" y2="\(frame.bottom)"/>
                <text x="\(x)" y="\(frame.bottom + 17)" \
                text-anchor="middle">\(Format.short(tick))</text>

                """
        }
        let middle = (frame.left + frame.right) / 2
        let height = (frame.top + frame.bottom) / 2
        return svg + """
            <text x="\(middle)" y="\(frame.bottom + 38)" text-anchor="middle">\
            \(xLabel.escaped)</text>
            <text transform="translate(14 \(height)) rotate(-90)" text-anchor="middle">\
            \(yLabel.escaped)</text>

            """
    }

    private func draw(_ one: Series, _ frame: PlotFrame) -> String {
        let places = one.points.filter { frame.x.contains($0.x) }.map {
            (
                x: frame.xPlace($0.x),
                y: frame.yPlace(min(max($0.y, frame.y.lowerBound), frame.y.upperBound))
            )
        }
        var svg = ""
        if one.style != .dots, places.count > 1 {
            let path = places.map { "\(Format.fixed($0.x, 1)) \(Format.fixed($0.y, 1))" }
            svg += "<path class=\"line c\(one.colour)\" d=\"M\(path.joined(separator: "L"))\"/>\n"
        }
        if one.style != .line || places.count == 1 {
            for (index, place) in places.enumerated() {
                let x = Format.fixed(place.x, 1)
                let y = Format.fixed(place.y, 1)
                svg += "<circle class=\"dot c\(one.colour)\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\"/>\n"
                if one.labels.indices.contains(index) {
                    // Beside the point, on the side where there is room.
                    let isRight = place.x < (frame.left + frame.right) / 2
                    svg += """
                        <text class="note" x="\(x)" y="\(y)" dx="\(isRight ? 8 : -8)" dy="4" \
                        text-anchor="\(isRight ? "start" : "end")">\
                        \(one.labels[index].escaped)</text>

                        """
                }
            }
        }
        return svg
    }

    // MARK: Scales

    /// From the smallest to the largest, with a little room; from nought where that wastes less than
    /// half of the plot.
    static func range(_ values: [Double]) -> ClosedRange<Double> {
        guard let least = values.min(), let most = values.max() else { return 0...1 }
        let span = most - least
        let low = least >= 0 && (least <= span || span == 0) ? 0 : least - span * 0.06
        let high = most + (most - low) * 0.06
        return low...(high > low ? high : low + 1)
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

/// Where values lie on a plot.
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
}

extension String {
    /// Safe as text or attribute of HTML and SVG.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
