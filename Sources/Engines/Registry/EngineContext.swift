import DSP
import Pipelines

/// The context that an engine is made in, beside its own entry.
package struct EngineContext: Sendable {
    /// The entry's name, for errors: `stt[0]`.
    package var entry: String
    /// The longest utterance that is kept, in milliseconds.
    package var utteranceMsMax: Int
    /// The most speech of one reply, in milliseconds.
    package var playoutMsMax: Int
    package var resampler: StreamingResampler.Quality
    /// The path of a Whisper model by its name.
    package var whisperPath: @Sendable (String) -> String
    package var remote: RemoteServices

    package init(
        entry: String, utteranceMsMax: Int, playoutMsMax: Int,
        resampler: StreamingResampler.Quality,
        whisperPath: @escaping @Sendable (String) -> String, remote: RemoteServices
    ) {
        self.entry = entry
        self.utteranceMsMax = utteranceMsMax
        self.playoutMsMax = playoutMsMax
        self.resampler = resampler
        self.whisperPath = whisperPath
        self.remote = remote
    }

    /// The server of an engine of these facts. Throws where its key is missing.
    func service(_ facts: EngineFacts, _ settings: EngineSettings) throws -> RemoteService {
        try remote.service(facts, settings, at: entry)
    }

    /// Speech that comes over HTTP by the protocol of a vendor.
    func speech(_ wire: some SpeechWire, _ settings: EngineSettings) -> RemoteSpeech {
        RemoteSpeech(
            wire, options: speechOptions(settings), clients: remote.clients, loop: remote.loop)
    }

    func speechOptions(_ settings: EngineSettings) -> RemoteSpeechOptions {
        var options = RemoteSpeechOptions()
        options.requestsMax = settings.requestsMax
        options.playoutMsMax = playoutMsMax
        options.resampler = resampler
        return options
    }
}

/// The context that a dialogue engine of one assistant is made in.
package struct DialogueContext: Sendable {
    package var engine: EngineContext
    /// The assistant's own dialogue without a model.
    package var scripted: any DialogueEngine
    /// Said first; nil where the caller is to speak first.
    package var greeting: String?
    /// What a model is to be, with instructions added to ours.
    package var role: @Sendable (String) -> LanguageModelRole
    package var limits: LanguageModelLimits

    package init(
        engine: EngineContext, scripted: any DialogueEngine, greeting: String?,
        role: @escaping @Sendable (String) -> LanguageModelRole, limits: LanguageModelLimits
    ) {
        self.engine = engine
        self.scripted = scripted
        self.greeting = greeting
        self.role = role
        self.limits = limits
    }
}
