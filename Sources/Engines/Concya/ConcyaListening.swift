import Pipelines
import Wire

/// The options of speech to text by raw PCM over a WebSocket.
public struct ConcyaListeningOptions: Sendable {
    /// Without `/asr`.
    public var service: RemoteService
    /// ISO 639-1; empty leaves it to the service.
    public var language = ""
    /// Longest utterance, in milliseconds.
    public var utteranceMsMax = 30_000

    public init(service: RemoteService) { self.service = service }
}

extension StreamedTranscription {
    /// Speech to text by a server that takes samples of 16 bits at 16 kHz at `/asr` and answers with
    /// JSON, such as Concya's and other WhisperLiveKit servers. Source: WhisperLiveKit, "WebSocket
    /// streaming API".
    public static func concya(_ options: ConcyaListeningOptions) -> StreamedTranscription {
        var query = QueryText()
        if !options.language.isEmpty { query.add("language", options.language) }
        let path = options.service.baseURL.hasSuffix("/asr") ? "" : "/asr"
        var traits = WireTraits(audio: WireAudio(coding: .linear16k, chunkMs: 100))
        traits.endsWithRequest = true
        return StreamedTranscription(
            name: "concya", service: options.service,
            url: options.service.baseURL + path + query.text, traits: traits,
            utteranceMsMax: options.utteranceMsMax
        ) { ConcyaListening() }
    }
}

/// The server says all it has heard again and again; an empty message ends the audio, and what has not
/// been heard by then is still worked out before it says that it is ready to stop.
///
/// Simple servers say `{"text": …, "final": true}` for each piece instead.
package struct ConcyaListening: TranscriptionWire {
    /// What is certain, and what may still change.
    private var settled = ""
    private var passing = ""
    private var isWanted = false
    private var isComplete = false

    package init() {}

    package mutating func utteranceBegan(at start: Int) -> [WireMessage] { [] }

    package mutating func wordsWanted(through end: Int, soundEnd: Int) -> [WireMessage] {
        isWanted = true
        return [.endOfAudio]
    }

    package mutating func closed(normally: Bool) { if normally { isComplete = true } }

    package var words: Transcript? {
        guard isWanted, isComplete else { return nil }
        return Transcript(text: WhisperText.spoken(Self.joined([settled, passing])))
    }

    package mutating func received(_ message: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        guard case .object = message else {
            throw WireFault("the service sent JSON that is not an object")
        }
        if let error = message["error"]?.stringValue, !error.isEmpty {
            throw WireFault("the service says: \(error.prefix(RemoteService.quotedBytesMax))")
        }
        if message["type"]?.stringValue == "ready_to_stop" {
            isComplete = true
        } else if let lines = message["lines"]?.arrayValue {
            settled = Self.joined(lines.compactMap { $0["text"]?.stringValue })
            passing = Self.joined(
                ["buffer_diarization", "buffer_transcription"]
                    .compactMap { message[$0]?.stringValue })
        } else if let text = message["text"]?.stringValue {
            take(text, isFinal: Self.isFinal(message))
        }
        return nil
    }

    private mutating func take(_ text: String, isFinal: Bool) {
        passing = isFinal ? "" : text
        guard isFinal else { return }
        settled = Self.joined([settled, text])
        if isWanted { isComplete = true }
    }

    private static func isFinal(_ message: JSONValue) -> Bool {
        message["final"]?.boolValue ?? message["is_final"]?.boolValue
            ?? (message["type"]?.stringValue == "final")
    }

    private static func joined(_ texts: [String]) -> String {
        texts.flatMap { $0.split(whereSeparator: \.isWhitespace) }.joined(separator: " ")
    }
}
