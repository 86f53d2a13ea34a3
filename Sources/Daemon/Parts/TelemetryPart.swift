import Configuration
import Net
import Telemetry

/// Log, metrics and traces.
struct TelemetryPart: DaemonPart {
    let settings: TelemetrySettings
    let secrets: Secrets
    let tell: Telling
    let traces: CallTraces
    let loop: EventLoop

    private static let lastTracesMs = 2000

    func start() {
        var settings = settings
        if settings.otlpEndpoint.isEmpty { settings.otlpEndpoint = secrets.otlpEndpoint }
        guard !settings.otlpEndpoint.isEmpty else { return }
        traces.start(
            TraceExporter(
                loop: loop, settings: settings, headers: secrets.otlpHeaders, log: tell.log))
    }

    func reload(_ settings: Configuration) { tell.log.setLevel(settings.log.level) }

    /// Waits until a collector has taken the last traces, two seconds at most.
    func stop() { traces.exporter?.flush(timeoutMs: Self.lastTracesMs) }
}
