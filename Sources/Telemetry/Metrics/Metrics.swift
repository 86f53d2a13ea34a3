import Synchronization

/// The daemon's counters, written from any thread without locks and rendered in the Prometheus
/// text exposition format 0.0.4. The names of the first four are those that existing dashboards use.
public final class Metrics: Sendable {
    /// 10 ms to 10 s, finest where a caller feels the difference.
    package static let latencyBoundsMs: [Double] = [
        10, 20, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000, 1250,
        1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000,
    ]

    package let callsTotal = Atomic<Int>(0)
    package let callsActive = Atomic<Int>(0)
    package let callDurationSeconds = PrometheusHistogram(
        bounds: [1, 5, 10, 30, 60, 120, 180, 300, 600, 1200, 3600])
    /// End of the caller's speech to the first frame of the reply sent.
    package let audioLatencyMs = PrometheusHistogram(bounds: latencyBoundsMs)

    /// End of the caller's speech to the decision that the turn is over.
    package let endpointMs = PrometheusHistogram(bounds: latencyBoundsMs)
    /// End of the caller's speech to the mark behind the first frame.
    package let playedMs = PrometheusHistogram(bounds: latencyBoundsMs)
    // What each stage took by itself, from its request.
    package let speechToTextMs = PrometheusHistogram(bounds: latencyBoundsMs)
    package let dialogueMs = PrometheusHistogram(bounds: latencyBoundsMs)
    package let textToSpeechMs = PrometheusHistogram(bounds: latencyBoundsMs)

    package let transcriptionMs = PrometheusHistogram(bounds: latencyBoundsMs)
    package let replyMs = PrometheusHistogram(bounds: latencyBoundsMs)
    package let firstSpeechMs = PrometheusHistogram(bounds: latencyBoundsMs)
    package let turnsTotal = Atomic<Int>(0)
    package let bargeInsTotal = Atomic<Int>(0)
    package let falseBargeInsTotal = Atomic<Int>(0)
    package let speculationsTotal = Atomic<Int>(0)
    package let speculationsWastedTotal = Atomic<Int>(0)
    package let transcriptsWastedTotal = Atomic<Int>(0)
    package let speechWastedMs = Atomic<Int>(0)
    package let keysDroppedTotal = Atomic<Int>(0)
    package let callCommandsTotal = Atomic<Int>(0)
    package let callsRefusedTotal = Atomic<Int>(0)
    package let streamsRefusedTotal = Atomic<Int>(0)
    package let signatureFailuresTotal = Atomic<Int>(0)
    package let protocolErrorsTotal = Atomic<Int>(0)
    package let stageFailuresTotal = Atomic<Int>(0)
    package let underrunsTotal = Atomic<Int>(0)
    package let mediaMessagesLostTotal = Atomic<Int>(0)
    package let outboundDroppedTotal = Atomic<Int>(0)
    package let gatherTurnsTotal = Atomic<Int>(0)
    package let messagesTotal = Atomic<Int>(0)
    package let confirmationsSentTotal = Atomic<Int>(0)
    package let confirmationsFailedTotal = Atomic<Int>(0)

    public init() {}

    /// One page for `GET /metrics`. `extra` holds what other parts count themselves.
    package func render(extra: [MetricFamily]) -> String {
        var text = ""
        func line(_ name: String, _ type: String, _ help: String, _ value: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
        }
        func counter(_ name: String, _ help: String, _ value: borrowing Atomic<Int>) {
            line(name, "counter", help, "\(value.load(ordering: .relaxed))")
        }
        counter("twilio_calls_total", "Streamed calls taken since the start.", callsTotal)
        line(
            "twilio_calls_active", "gauge", "Streamed calls that are live.",
            "\(callsActive.load(ordering: .relaxed))")
        text += renderHistograms()
        counter("streamd_turns_total", "Turns of callers that were answered.", turnsTotal)
        counter("streamd_barge_ins_total", "Replies that callers interrupted.", bargeInsTotal)
        counter(
            "streamd_false_barge_ins_total", "Pauses for a sound that was not an interruption.",
            falseBargeInsTotal)
        counter(
            "streamd_speculations_total", "Replies begun before the turn's end.", speculationsTotal)
        counter(
            "streamd_speculations_wasted_total", "Speculative replies that were thrown away.",
            speculationsWastedTotal)
        counter(
            "streamd_transcripts_wasted_total",
            "Transcripts of words after which the caller went on.", transcriptsWastedTotal)
        line(
            "streamd_speech_wasted_seconds_total", "counter",
            "Speech synthesised for replies that were thrown away.",
            "\(Double(speechWastedMs.load(ordering: .relaxed)) / 1000)")
        counter(
            "streamd_keys_dropped_total", "Keys beyond the longest keyed number.",
            keysDroppedTotal)
        counter(
            "streamd_call_commands_total", "Commands done in live calls.", callCommandsTotal)
        counter("streamd_calls_refused_total", "Calls turned away by a limit.", callsRefusedTotal)
        counter(
            "streamd_streams_refused_total", "Streams refused for a missing, used or wrong token.",
            streamsRefusedTotal)
        counter(
            "streamd_signature_failures_total", "Requests with a wrong signature.",
            signatureFailuresTotal)
        counter(
            "streamd_protocol_errors_total", "Streams closed for breaking the protocol.",
            protocolErrorsTotal)
        counter("streamd_stage_failures_total", "Failures of an engine.", stageFailuresTotal)
        counter(
            "streamd_underruns_total", "Frames that were due before the synthesiser had made them.",
            underrunsTotal)
        counter(
            "streamd_media_messages_lost_total", "Gaps in the caller's media chunks.",
            mediaMessagesLostTotal)
        counter(
            "streamd_outbound_dropped_total", "Messages not sent to a peer that stopped reading.",
            outboundDroppedTotal)
        counter(
            "streamd_gather_turns_total", "Turns of callers that were held by <Gather>.",
            gatherTurnsTotal)
        counter("streamd_messages_total", "Text messages that came in.", messagesTotal)
        counter(
            "streamd_confirmations_sent_total", "Confirmations that Twilio has taken.",
            confirmationsSentTotal)
        counter(
            "streamd_confirmations_failed_total", "Confirmations that were given up.",
            confirmationsFailedTotal)
        return text + extra.map(\.rendered).joined()
    }

    private func renderHistograms() -> String {
        var text = callDurationSeconds.render(
            "twilio_call_duration_seconds", help: "Length of streamed calls that have ended.")
        text += audioLatencyMs.render(
            "twilio_audio_latency_ms",
            help: "End of the caller's speech to the first audio of the reply, in milliseconds.")
        text += transcriptionMs.render(
            "streamd_transcription_ms", help: "End of speech to the final transcript.")
        text += replyMs.render(
            "streamd_reply_ms", help: "End of speech to the first sentence of the reply.")
        text += firstSpeechMs.render(
            "streamd_first_speech_ms", help: "End of speech to the first synthesised audio.")
        text += endpointMs.render(
            "streamd_endpoint_ms", help: "End of speech to the decision that the turn is over.")
        text += playedMs.render(
            "streamd_played_ms", help: "End of speech to the first audio of the reply played.")
        text += speechToTextMs.render(
            "streamd_stt_ms", help: "Request of a transcript to the transcript.")
        text += dialogueMs.render(
            "streamd_llm_ms", help: "Request of a reply to its first sentence.")
        text += textToSpeechMs.render(
            "streamd_tts_ms", help: "Request of a sentence's speech to its first audio.")
        return text
    }
}

extension Atomic where Value == Int {
    /// Adds without ordering: for counters.
    package func add(_ amount: Int) { wrappingAdd(amount, ordering: .relaxed) }
}
