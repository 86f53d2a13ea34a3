import DSP
import Net
import Pipelines
import Wire

/// The options of speech to text by `POST /v1/audio/transcriptions`.
public struct OpenAITranscriptionOptions: Sendable {
    public var service: RemoteService
    public var model: String
    /// ISO 639-1; empty to have it guessed.
    public var language = ""
    /// Words to expect.
    public var prompt = ""
    /// Of the audio that is sent: 8,000 or 16,000 Hz.
    public var sampleRate = 16_000
    /// Longest utterance, in milliseconds.
    public var utteranceMsMax = 30_000

    public init(service: RemoteService, model: String) {
        self.service = service
        self.model = model
    }
}

/// Speech to text by a server with OpenAI's interface: OpenAI, Groq, speaches, vLLM.
///
/// The utterance so far goes up as one WAV file with every request; an answer is a JSON object with
/// `text`. Source: OpenAI API reference, "Create transcription".
public struct OpenAITranscription: SpeechToText {
    public let name = "openai"
    let options: OpenAITranscriptionOptions
    let clients: RemoteClients

    public init(_ options: OpenAITranscriptionOptions, clients: RemoteClients) {
        self.options = options
        self.clients = clients
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        OpenAITranscriptionSession(self, loop: loop.eventLoop)
    }

    /// The request for an utterance at 8 kHz.
    func request(for samples8k: [Int16]) -> HTTPClientRequest {
        var form = MultipartForm()
        form.add("model", options.model)
        form.add("response_format", "json")
        if !options.language.isEmpty { form.add("language", options.language) }
        if !options.prompt.isEmpty { form.add("prompt", options.prompt) }
        let samples = options.sampleRate == 8000 ? samples8k : Self.doubled(samples8k)
        form.add(
            "file", file: "utterance.wav", type: "audio/wav",
            WaveStream.file(samples, rate: options.sampleRate))
        return options.service.post(
            "/audio/transcriptions", contentType: form.contentType, body: form.finished())
    }

    private static func doubled(_ samples: [Int16]) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: samples.count * 2) { output, count in
            samples.withUnsafeBufferPointer { count = Upsampler8to16().process($0, into: output) }
        }
    }

    /// The words of an answer.
    func transcript(status: Int, body: [UInt8]) -> Result<Transcript, StageError> {
        guard (200..<300).contains(status) else {
            return .failure(options.service.refusal(status: status, body: body))
        }
        guard let text = (try? JSONValue(parsing: body.span))?["text"]?.stringValue else {
            return .failure(options.service.failed("the answer is not a JSON object with a text"))
        }
        // Most of these servers run Whisper, with its ways of writing noises.
        return .success(Transcript(text: WhisperText.spoken(text)))
    }
}

extension OpenAITranscription: ServiceWarming {
    public func warm(on loop: any CallLoop) { clients.warm(options.service, on: loop.eventLoop) }
}

/// One call's recogniser.
final class OpenAITranscriptionSession: SpeechToTextSession {
    private let engine: OpenAITranscription
    private let loop: EventLoop
    private let utterance: UtteranceBuffer
    private var task: HTTPClientTask?
    /// Tells the request under way from those before.
    private var ticket = 0

    init(_ engine: OpenAITranscription, loop: EventLoop) {
        self.engine = engine
        self.loop = loop
        utterance = UtteranceBuffer(msMax: engine.options.utteranceMsMax)
    }

    func beginUtterance() {
        cancelRequest()
        utterance.removeAll()
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) { utterance.append(samples) }

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        cancelRequest()
        let samples = utterance.samples
        // Silence needs no decoder, which would hear something in it.
        guard WhisperAudio.hasSound(samples) else {
            return completion(.success(Transcript(text: "")))
        }
        let mine = ticket
        var status = 0
        var body: [UInt8] = []
        task = engine.clients.send(
            engine.request(for: samples), on: loop, onHead: { status = $0.status },
            onBody: { body += $0 },
            onEnd: { [weak self, engine] result in
                guard let self, ticket == mine else { return }
                task = nil
                switch result {
                case .success: completion(engine.transcript(status: status, body: body))
                case .failure(let error): completion(.failure(engine.options.service.error(error)))
                }
            })
    }

    func cancelRequest() {
        ticket += 1
        task?.cancel()
        task = nil
    }

    func close() { cancelRequest() }
}
