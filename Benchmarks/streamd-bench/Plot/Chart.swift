import Wire

/// A plot of one or more series over one axis, drawn by Chart.js in the colours of the page it
/// stands in (see ``ReportPage``).
struct Chart {
    enum Style: String { case line, dots, lineAndDots }

    struct Series {
        var name: String
        var points: [(x: Double, y: Double)]
        var style = Style.line
        /// Which of the page's colours, 0…5.
        var colour = 0
        /// A word at each point; empty for none.
        var labels: [String] = []
    }

    var xLabel: String
    var yLabel: String
    var series: [Series]
    /// Nil: what the points need, from nought where they are not far from it.
    var xRange: ClosedRange<Double>?
    var yRange: ClosedRange<Double>?
    /// For amounts, whose ratios should be seen.
    var startsAtNought = false
    /// Said to those who cannot see it.
    var summary: String

    /// A place for the plot, with what it shows; the script of the page draws it.
    var html: String {
        let plot = JSONValue.object([
            .init("x", axis(xLabel, xRange, series.flatMap { $0.points.map(\.x) }, false)),
            .init("y", axis(yLabel, yRange, series.flatMap { $0.points.map(\.y) }, startsAtNought)),
            .init("series", .array(series.map(json))),
        ])
        let data = String(decoding: plot.encoded(), as: UTF8.self).escaped
        let text = summary.escaped
        return "<div class=\"plot\"><canvas data-plot=\"\(data)\" role=\"img\" "
            + "aria-label=\"\(text)\">\(text)</canvas></div>\n"
    }

    private func axis(
        _ label: String, _ range: ClosedRange<Double>?, _ values: [Double], _ isFromNought: Bool
    ) -> JSONValue {
        let least = values.min() ?? 0
        let span = (values.max() ?? 0) - least
        // From nought where that wastes less than half of the plot.
        let isNear = least >= 0 && (least <= span || span == 0)
        return .object([
            .init("label", .string(label)), .init("min", .optional(range?.lowerBound)),
            .init("max", .optional(range?.upperBound)),
            .init("fromNought", .bool(isFromNought || isNear)),
        ])
    }

    private func json(_ one: Series) -> JSONValue {
        .object([
            .init("name", .string(one.name)), .init("style", .string(one.style.rawValue)),
            .init("colour", .integer(one.colour)),
            .init("labels", .array(one.labels.map { .string($0) })),
            .init(
                "points",
                .array(
                    one.points.map {
                        .object([.init("x", .number($0.x)), .init("y", .number($0.y))])
                    })),
        ])
    }
}

extension String {
    /// Safe as text or attribute of HTML and SVG.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
