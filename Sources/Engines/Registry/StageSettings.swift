import Options
import Pipelines

/// The settings of a speech-to-text engine.
package protocol SpeechToTextSettings: VendorSettings {
    /// How many names of the assistant are told as words to expect; 0 where that is not its way.
    var vocabularyMax: Int { get }
    /// Files that it needs.
    /// - Parameter path: of a file of weights by its name.
    func weights(_ path: (String) -> String) -> [EngineWeights]
    /// Makes it for all calls. Blocking where it loads a model.
    func make(_ context: EngineContext) throws -> any SpeechToText
}

extension SpeechToTextSettings {
    package static var stage: EngineStage { .stt }
    package var vocabularyMax: Int { 0 }
    package func weights(_ path: (String) -> String) -> [EngineWeights] { [] }
}

/// A file of weights.
package struct EngineWeights: Sendable, Equatable {
    package var path: String
    /// By which `streamd model pull` fetches it; nil where it can't be had so.
    package var pullName: String?
    /// Of what is published under that name.
    package var sha256: String?

    package init(path: String, pullName: String? = nil, sha256: String? = nil) {
        self.path = path
        self.pullName = pullName
        self.sha256 = sha256
    }
}

/// The settings of a text-to-speech engine.
package protocol TextToSpeechSettings: VendorSettings {
    /// It needs nothing but this process, so it can say that all others have failed.
    static var canBeLastVoice: Bool { get }
    /// What the sound of a sentence depends on.
    var identity: SpeechIdentity { get }
    /// The voices that it has; nil where a service or the machine decides.
    static var voices: [String]? { get }
    /// Why it can't speak with a voice, as far as this machine can tell. Blocking.
    static func fault(ofVoice voice: String) -> String?
    /// Makes it for all calls. Blocking where it loads a voice.
    func make(_ context: EngineContext) throws -> any TextToSpeech
}

extension TextToSpeechSettings {
    package static var stage: EngineStage { .tts }
    package static var canBeLastVoice: Bool { false }
    package static var voices: [String]? { nil }

    package static func fault(ofVoice voice: String) -> String? {
        guard let voices, !voices.contains(voice) else { return nil }
        return "\(engineName) has no voice '\(voice)'; choose one of "
            + voices.joined(separator: ", ")
    }
}

/// The settings that tell one synthesiser's speech from another's, as sentences are kept by.
package struct SpeechIdentity: Sendable, Equatable {
    package var baseURL: String
    package var model: String
    package var voice: String
    package var language: String
    package var rate: Double

    package init(
        baseURL: String = "", model: String = "", voice: String = "", language: String = "en",
        rate: Double = 1
    ) {
        self.baseURL = baseURL
        self.model = model
        self.voice = voice
        self.language = language
        self.rate = rate
    }
}

/// The settings of a dialogue engine.
package protocol DialogueSettings: VendorSettings {
    /// It does not say what a whole answer would be, so the words themselves are judged.
    static var leavesWordsToJudge: Bool { get }
    /// The same as one assistant wants it.
    func adapted(to wishes: LanguageModelWishes) -> Self
    /// Makes it for one assistant.
    func make(_ context: DialogueContext) throws -> any DialogueEngine
}

extension DialogueSettings {
    package static var stage: EngineStage { .llm }
    package static var leavesWordsToJudge: Bool { false }
    package func adapted(to wishes: LanguageModelWishes) -> Self { self }
}
