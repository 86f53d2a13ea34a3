import DSP
import Net
import Pipelines
import Wire

/// The options of text to speech by ElevenLabs' WebSocket.
public struct ElevenLabsOptions: Sendable {
    /// The form in which speech comes for telephones. µ-law goes there as it is.
    public enum Format: String, Sendable, CaseIterable {
        case muLaw8000 = "ulaw_8000"
        case linear16000 = "pcm_16000"
    }

    public var service: RemoteService
    /// The voice's identifier with ElevenLabs.
    public var voice: String
    /// The one with the shortest way to the first sound.
    public var model = "eleven_flash_v2_5"
    public var format = Format.muLaw8000
    /// 0.7 to 1.2; 1 is the voice's own pace.
    public var rate = 1.0
    /// Sockets that stand open for the sentences to come, for each voice.
    public var sparesMax = 2
    public var speech = RemoteSpeechOptions()

    public init(service: RemoteService, voice: String) {
        self.service = service
        self.voice = voice
    }

    /// The name that ElevenLabs has for the form in which a call's speech is asked for.
    private func formatName(_ audio: CallAudio) -> String {
        audio.sampleRate == CallAudio.telephone.sampleRate
            ? format.rawValue : "pcm_\(Self.linearRate(audio))"
    }

    /// Of the rates that all accounts have, the one that loses nothing.
    private static func linearRate(_ audio: CallAudio) -> Int {
        audio.sampleRate <= 16_000 ? 16_000 : 24_000
    }

    func url(voice: String?, audio: CallAudio) -> String {
        service.baseURL + "/text-to-speech/" + URLText.escaped(voice ?? self.voice)
            + "/stream-input?model_id=" + URLText.escaped(model)
            + "&output_format=" + formatName(audio)
            // Sentences come whole: nothing is gained by waiting for more text.
            + "&auto_mode=true&inactivity_timeout=\(ElevenLabsSockets.idleSecondsMax)"
    }

    func makeDecoder(for audio: CallAudio) -> any SpeechDecoder {
        guard audio.sampleRate == CallAudio.telephone.sampleRate else {
            return LinearSpeechDecoder(rate: Self.linearRate(audio))
        }
        return switch format {
        case .muLaw8000: MuLawSpeechDecoder()
        case .linear16000: LinearSpeechDecoder(rate: 16_000)
        }
    }
}

/// Text to speech by ElevenLabs over `/v1/text-to-speech/{voice}/stream-input`.
///
/// A socket speaks one text and is then closed by the service, so others stand open already, connected
/// and greeted, for the sentences to come: a sentence costs one round trip. Sockets live on one loop
/// for all calls.
///
/// Source: ElevenLabs API reference, "Text to Speech WebSocket"; "Latency optimization".
public final class ElevenLabsSpeech: TextToSpeech {
    public let name = "elevenlabs"
    private let options: ElevenLabsOptions
    private let loop: EventLoop
    private let sockets: ElevenLabsSockets
    private let gate: RequestGate

    /// - Parameter loop: any that runs as long as the engine is used.
    public init(_ options: ElevenLabsOptions, loop: EventLoop) {
        self.options = options
        self.loop = loop
        sockets = ElevenLabsSockets(options, loop: loop)
        gate = RequestGate(limit: options.speech.requestsMax)
        G711.warmUp()
    }

    public func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = options.speech.makeClip(text, audio)
        guard gate.enter() else {
            clip.fail(.overloaded(stage: options.service.stage))
            onAudio()
            return clip
        }
        let intake = SpeechIntake(
            clip, decoder: options.makeDecoder(for: audio), resampler: options.speech.resampler,
            onAudio: onAudio, onEnd: { [gate] in gate.leave() })
        let sentence = ElevenLabsSentence(
            intake, url: options.url(voice: voice, audio: audio), service: options.service,
            sockets: sockets,
            loop: loop)
        clip.onCancel { [loop] in loop.execute { sentence.cancel() } }
        loop.execute { sentence.start() }
        return clip
    }
}

extension ElevenLabsSpeech {
    /// Opens sockets of this voice on the engine's own loop.
    public func warm(voice: String?, on loop: any CallLoop) {
        self.loop.execute { [sockets, options] in
            sockets.fill(options.url(voice: voice, audio: .telephone))
        }
    }
}
