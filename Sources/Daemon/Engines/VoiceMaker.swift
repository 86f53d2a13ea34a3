import Configuration
import Engines
import Options
import Pipelines

/// Makes the text-to-speech engine that one entry of `tts` describes.
struct VoiceMaker {
    private let settings: EngineSettings
    private let name: String
    private let configuration: Configuration
    private let remote: RemoteServices

    /// - Parameter name: of the entry, for errors: `tts[0]`.
    init(
        _ settings: EngineSettings, at name: String, _ configuration: Configuration,
        _ remote: RemoteServices
    ) {
        self.settings = settings
        self.name = name
        self.configuration = configuration
        self.remote = remote
    }

    /// Blocking where the engine loads a voice.
    func make() throws -> any TextToSpeech {
        switch settings.engine {
        case "flite": return try flite()
        case "espeak": return try espeak()
        case "openai": return speech(openAI(try service()))
        case "elevenlabs": return try elevenLabs()
        case "deepgram":
            return speech(DeepgramSpeech(service: try service(), model: settings.model))
        case "piper":
            return speech(
                PiperSpeech(service: try service(), voice: settings.voice, rate: settings.rate))
        case "concya":
            var wire = ConcyaSpeech(service: try service(), voice: settings.voice)
            wire.playoutMsMax = configuration.buffers.playoutMs
            return speech(wire)
        default: return try FixedTextToSpeech(clipMs: settings.clipMs, madeBy: try flite())
        }
    }

    func flite() throws -> FliteEngine {
        var options = FliteOptions()
        options.workers = settings.workers
        options.playoutMsMax = configuration.buffers.playoutMs
        options.resampler = configuration.audio.resampler.quality
        if !settings.voice.isEmpty { options.voice = settings.voice }
        return try FliteEngine(options)
    }

    private func espeak() throws -> EspeakEngine {
        var options = EspeakOptions()
        if !settings.language.isEmpty { options.voice = settings.language }
        if !settings.voice.isEmpty { options.voice = settings.voice }
        options.rate = settings.rate
        options.playoutMsMax = configuration.buffers.playoutMs
        options.resampler = configuration.audio.resampler.quality
        return try EspeakEngine(options)
    }

    private func openAI(_ service: RemoteService) -> OpenAISpeech {
        var wire = OpenAISpeech(service: service, model: settings.model, voice: settings.voice)
        wire.format = OpenAISpeech.Format(rawValue: settings.format.rawValue) ?? .pcm
        if settings.sampleRate > 0 { wire.pcmRate = settings.sampleRate }
        wire.rate = settings.rate
        return wire
    }

    private func elevenLabs() throws -> ElevenLabsSpeech {
        guard (0.7...1.2).contains(settings.rate) else {
            throw refusal("rate \(settings.rate) is beyond what elevenlabs takes, 0.7 to 1.2")
        }
        guard [0, 8000, 16_000].contains(settings.sampleRate) else {
            throw refusal("elevenlabs takes sampleRate 8000 or 16000, not \(settings.sampleRate)")
        }
        var options = ElevenLabsOptions(service: try service(), voice: settings.voice)
        if !settings.model.isEmpty { options.model = settings.model }
        if settings.sampleRate == 16_000 { options.format = .linear16000 }
        options.rate = settings.rate
        options.sparesMax = settings.spares
        options.speech = limits
        return ElevenLabsSpeech(options, loop: remote.loop)
    }

    private func service() throws -> RemoteService {
        try remote.service("tts", settings, at: name)
    }

    private func speech(_ wire: some SpeechWire) -> RemoteSpeech {
        RemoteSpeech(wire, options: limits, clients: remote.clients, loop: remote.loop)
    }

    private var limits: RemoteSpeechOptions {
        var options = RemoteSpeechOptions()
        options.requestsMax = settings.requestsMax
        options.playoutMsMax = configuration.buffers.playoutMs
        options.resampler = configuration.audio.resampler.quality
        return options
    }

    private func refusal(_ message: String) -> ConfigurationError {
        ConfigurationError(file: "configuration", place: nil, message: "\(name): \(message)")
    }
}
