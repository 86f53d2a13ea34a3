import DSP
import Engines
import Foundation
import Net
import Pipelines

/// The services that speak, each with its own protocol, as the stand-ins' process has them.
enum SynthesiserKind: String, CaseIterable, CustomStringConvertible {
    case openAIWave, openAIOpus, elevenLabs, elevenLabsLinear, deepgram
    case piper, piperOfTheMiddle, piperOfTheBeginning, concya

    var description: String { rawValue }

    /// True when the service sends speech while it makes it.
    var isStreamed: Bool {
        switch self {
        case .piper, .piperOfTheMiddle, .piperOfTheBeginning, .concya: false
        default: true
        }
    }

    private func service(
        _ services: ServiceProcess, firstByteMs: Int
    ) -> RemoteService {
        var headers = HTTPHeaders()
        let path: String
        switch self {
        case .openAIWave, .openAIOpus: path = "/v1"
        case .elevenLabs, .elevenLabsLinear:
            path = "/v1"
            headers["xi-api-key"] = "secret"
        case .deepgram:
            path = "/v1"
            headers["Authorization"] = "Token secret"
        case .piper: path = "/piper"
        case .piperOfTheMiddle: path = "/piper-1.3"
        case .piperOfTheBeginning: path = "/piper-1.0"
        case .concya: path = ""
        }
        return RemoteService(
            stage: "tts \(rawValue)", baseURL: services.origin + path, headers: headers,
            connectMs: 20_000, firstByteMs: firstByteMs, totalMs: 30_000, stallMs: firstByteMs)
    }

    /// The engine, that speaks with flite's voice rms whatever that is called here.
    func engine(
        _ services: ServiceProcess, on loop: EventLoop, clients: RemoteClients,
        firstByteMs: Int = 20_000
    ) -> any TextToSpeech {
        let service = service(services, firstByteMs: firstByteMs)
        func remote(_ wire: some SpeechWire) -> RemoteSpeech {
            RemoteSpeech(wire, clients: clients, loop: loop)
        }
        switch self {
        case .openAIWave, .openAIOpus:
            var wire = OpenAISpeech(service: service, model: "stand-in", voice: "rms")
            wire.format = self == .openAIOpus ? .opus : .wav
            return remote(wire)
        case .elevenLabs, .elevenLabsLinear:
            var options = ElevenLabsOptions(service: service, voice: "rms")
            if self == .elevenLabsLinear { options.format = .linear16000 }
            return ElevenLabsSpeech(options, loop: loop)
        case .deepgram: return remote(DeepgramSpeech(service: service, model: "rms"))
        case .piper, .piperOfTheMiddle, .piperOfTheBeginning:
            return remote(PiperSpeech(service: service, voice: "rms"))
        case .concya: return remote(ConcyaSpeech(service: service, voice: "rms"))
        }
    }
}

/// A loop with HTTP clients for engines that are used without a daemon.
final class EngineLoop: Sendable {
    let loop: EventLoop
    let clients = RemoteClients()

    init() throws {
        loop = try EventLoop(label: "engines")
        loop.start()
    }

    deinit {
        loop.stop()
        if !loop.isCurrent { loop.join() }
    }
}

/// What came of a sentence.
struct SpokenSentence: Sendable {
    var bytes: [UInt8]
    var audio: CallAudio
    var error: StageError?

    /// As a telephone would have it.
    var muLaw: [UInt8] {
        guard audio != .telephone,
            let converter = try? RateConverter(
                from: audio.sampleRate, to: CallAudio.telephone.sampleRate)
        else { return bytes }
        var samples: [Int16] = []
        audio.decoded(bytes).withUnsafeBufferPointer {
            converter.process($0, appendingTo: &samples)
        }
        converter.flush(appendingTo: &samples)
        return G711.encodedMuLaw(samples)
    }
}

extension TextToSpeech {
    /// Speaks to the end, well or not.
    func spoken(
        _ text: String, as audio: CallAudio = .telephone
    ) async throws -> SpokenSentence {
        try await blocking {
            let told = DispatchSemaphore(value: 0)
            let clip = synthesize(text, voice: nil, audio: audio) { told.signal() }
            let deadline = DispatchTime.now() + .seconds(60)
            while !clip.isFinished, clip.error == nil {
                guard told.wait(timeout: deadline) == .success else {
                    throw PeerFault(what: "no end of '\(text)' in a minute")
                }
            }
            var bytes = [UInt8](repeating: 0, count: clip.byteCount)
            _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
            return SpokenSentence(bytes: bytes, audio: clip.audio, error: clip.error)
        }
    }
}

/// How much alike two recordings of speech are: the correlation of their levels, every 20 ms, at the
/// best of some shifts.
func likeness(_ one: [UInt8], _ other: [UInt8]) -> Double {
    func levels(_ codes: [UInt8]) -> [Double] {
        let samples = G711.decodedMuLaw(codes)
        return stride(from: 0, to: samples.count - 159, by: 160).map { start in
            let block = samples[start..<start + 160]
            return log10(1 + block.reduce(0.0) { $0 + Double($1) * Double($1) } / 160)
        }
    }
    let (left, right) = (levels(one), levels(other))
    return (-3...3).map { shift in
        let count = min(left.count, right.count) - 3
        guard count > 10 else { return 0 }
        let pairs = (3..<count).map { (left[$0], right[$0 + shift]) }
        let leftMean = pairs.map(\.0).reduce(0, +) / Double(pairs.count)
        let rightMean = pairs.map(\.1).reduce(0, +) / Double(pairs.count)
        var (both, leftOnly, rightOnly) = (0.0, 0.0, 0.0)
        for (left, right) in pairs {
            both += (left - leftMean) * (right - rightMean)
            leftOnly += (left - leftMean) * (left - leftMean)
            rightOnly += (right - rightMean) * (right - rightMean)
        }
        return both / max(1e-9, (leftOnly * rightOnly).squareRoot())
    }.max() ?? 0
}
