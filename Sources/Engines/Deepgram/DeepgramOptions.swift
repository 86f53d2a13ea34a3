import Wire

/// The options of speech to text by Deepgram.
public struct DeepgramOptions: Sendable {
    /// A version at the end of its address is left out: it depends on the model.
    public var service: RemoteService
    /// A model whose name begins with `flux` is asked by the interface that tells the ends of turns.
    public var model: String
    /// BCP 47; empty leaves it to the service. Of Flux' models only the one for many languages takes
    /// it, as a hint.
    public var language = ""
    /// Words to expect, such as names on a menu.
    public var keyTerms: [String] = []
    /// True when audio is sent as linear samples at 16 kHz; otherwise as µ-law, as it came.
    public var isLinear16k = false
    /// Silence after which the service ends a segment, in milliseconds; 0 leaves it to the service.
    public var endpointingMs = 0
    /// Flux: confidence, 0.5…0.9, that ends a turn; 0 leaves it to the service.
    public var endOfTurnThreshold = 0.0
    /// Flux: confidence, 0.3…0.9, at which an end is foreseen; 0 for never.
    public var earlyEndOfTurnThreshold = 0.5
    /// Longest utterance, in milliseconds.
    public var utteranceMsMax = 30_000

    public init(service: RemoteService, model: String) {
        self.service = service
        self.model = model
    }

    var isFlux: Bool { model.hasPrefix("flux") }

    /// The longest gap between words after which the service says that an utterance has ended; it
    /// takes nothing less. Milliseconds.
    static let utteranceEndMs = 1000

    /// The address with all that a connection is asked for.
    package var url: String {
        var query = QueryText()
        query.add("model", model)
        query.add("encoding", isLinear16k ? "linear16" : "mulaw")
        query.add("sample_rate", isLinear16k ? "16000" : "8000")
        if isFlux {
            if endOfTurnThreshold > 0 { query.add("eot_threshold", "\(endOfTurnThreshold)") }
            if earlyEndOfTurnThreshold > 0 {
                query.add("eager_eot_threshold", "\(earlyEndOfTurnThreshold)")
            }
            if model.hasSuffix("-multi"), !language.isEmpty { query.add("language_hint", language) }
        } else {
            query.add("channels", "1")
            query.add("punctuate", "true")
            query.add("interim_results", "true")
            query.add("utterance_end_ms", "\(Self.utteranceEndMs)")
            if endpointingMs > 0 { query.add("endpointing", "\(endpointingMs)") }
            if !language.isEmpty { query.add("language", language) }
        }
        // Models before nova-3 have another name for it.
        let hasKeyTerms = isFlux || model.hasPrefix("nova-3")
        for term in keyTerms { query.add(hasKeyTerms ? "keyterm" : "keywords", term) }
        let base = service.baseURL
        let bare = base.hasSuffix("/v1") || base.hasSuffix("/v2") ? base.dropLast(3) : base[...]
        return bare + (isFlux ? "/v2/listen" : "/v1/listen") + query.text
    }
}

extension StreamedTranscription {
    /// Speech to text by Deepgram's streaming interfaces. Source: Deepgram API reference, "Live
    /// audio" (`/v1/listen`) and "Turn-based audio (Flux)" (`/v2/listen`).
    public static func deepgram(_ options: DeepgramOptions) -> StreamedTranscription {
        let isFlux = options.isFlux
        var traits = WireTraits(
            audio: WireAudio(
                coding: options.isLinear16k ? .linear16k : .muLaw8k,
                // Flux wants pieces of 80 ms.
                chunkMs: isFlux ? 80 : 60))
        // Nova's connections end after ten seconds without a word; Flux knows no such message.
        traits.keepAlive =
            isFlux
            ? (.silence(ms: 80), 3000) : (.text(#"{"type":"KeepAlive"}"#), 4000)
        traits.farewell = #"{"type":"CloseStream"}"#
        return StreamedTranscription(
            name: "deepgram", service: options.service, url: options.url, traits: traits,
            utteranceMsMax: options.utteranceMsMax
        ) { isFlux ? DeepgramFlux() as any TranscriptionWire : DeepgramListen() }
    }
}
