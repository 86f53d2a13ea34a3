/// One metric that a part of the daemon counts itself, with a sample for each set of labels.
package struct MetricFamily {
    package enum Kind: String { case counter, gauge }

    package var name: String
    package var kind: Kind
    package var help: String
    /// Labels are written out, `stage="stt"`, and empty where there are none.
    package var samples: [(labels: String, value: Double)]

    package init(name: String, kind: Kind, help: String, samples: [(labels: String, value: Double)])
    {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A metric without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name: name, kind: kind, help: help, samples: [("", value)])
    }

    /// In the Prometheus text exposition format 0.0.4.
    package var rendered: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
            text += "\(name)\(labels) \(sample.value)\n"
        }
        return text
    }
}
