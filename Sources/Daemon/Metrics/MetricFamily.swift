/// One metric that a part of the daemon counts itself, with a sample for each set of labels.
struct MetricFamily {
    enum Kind: String { case counter, gauge }

    var name: String
    var kind: Kind
    var help: String
    /// Labels are written out, `stage="stt"`, and empty where there are none.
    var samples: [(labels: String, value: Double)]

    init(name: String, kind: Kind, help: String, samples: [(labels: String, value: Double)]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A metric without labels.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name: name, kind: kind, help: help, samples: [("", value)])
    }

    /// In the Prometheus text exposition format 0.0.4.
    var rendered: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
            text += "\(name)\(labels) \(sample.value)\n"
        }
        return text
    }
}
