import Options
import Pipelines

/// `flite` in `tts`.
package struct FliteSettings: TextToSpeechSettings {
    package static let engineName = "flite"
    package static let canBeLastVoice = true
    package static let voices: [String]? = FliteVoice.names
    package static let sample = "{engine: \(engineName), voice: \(FliteOptions().voice)}"

    package var voice = ""
    package var workers = 0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .voice(
            \.voice, allowed: FliteVoice.names.joined(separator: ", "),
            "Voice; empty means \(FliteOptions().voice)."),
        .integer("workers", \.workers, 0...64, "Syntheses at once; 0 means one a core."),
    ]

    package var identity: SpeechIdentity { SpeechIdentity(voice: voice) }

    package var faults: [EngineFault] {
        guard !voice.isEmpty, let fault = Self.fault(ofVoice: voice) else { return [] }
        return [EngineFault(key: "voice", message: fault)]
    }

    package mutating func takeMachine() { workers = 1 }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        try engine(context)
    }

    func engine(_ context: EngineContext) throws(StageError) -> FliteEngine {
        var options = FliteOptions()
        options.workers = workers
        options.playoutMsMax = context.playoutMsMax
        options.resampler = context.resampler
        if !voice.isEmpty { options.voice = voice }
        return try FliteEngine(options)
    }
}
