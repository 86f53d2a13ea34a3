import DSP
import Options
import Pipelines

/// The context that an engine is made in, beside its own entry.
package struct EngineContext: Sendable {
    /// The entry's name, for errors: `stt[0]`.
    package var entry: String
    /// How long it may take for what.
    package var patience: Patience
    /// The longest utterance that is kept, in milliseconds.
    package var utteranceMsMax: Int
    /// The most speech of one reply, in milliseconds.
    package var playoutMsMax: Int
    package var resampler: StreamingResampler.Quality
    /// The path of a file of weights by its name.
    package var modelPath: @Sendable (String) -> String
    package var remote: RemoteServices

    package init(
        entry: String, patience: Patience, utteranceMsMax: Int, playoutMsMax: Int,
        resampler: StreamingResampler.Quality,
        modelPath: @escaping @Sendable (String) -> String, remote: RemoteServices
    ) {
        self.entry = entry
        self.patience = patience
        self.utteranceMsMax = utteranceMsMax
        self.playoutMsMax = playoutMsMax
        self.resampler = resampler
        self.modelPath = modelPath
        self.remote = remote
    }

    /// The server of an engine. Throws where its key is missing.
    func service(_ settings: some RemoteSettings) throws(ConfigurationError) -> RemoteService {
        try remote.service(settings, patience, at: entry)
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
