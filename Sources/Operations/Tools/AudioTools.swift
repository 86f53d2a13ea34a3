import Assembly
import Configuration
import DSP
import Engines
import Pipelines
import Telemetry

/// The tools of the command line for sound, by the engines that the configuration names.
public final class AudioTools {
    private let configuration: Configuration
    private let maker: EngineMaker
    private let log: Logger

    /// - Throws: where a key or an address is missing that an engine needs.
    public init(_ configuration: Configuration, secrets: Secrets) throws {
        self.configuration = configuration
        log = Logger(level: .warning, format: .text)
        maker = try EngineMaker(Self.alone(configuration), secrets: secrets, log: log)
    }

    deinit {
        maker.close()
        log.close()
    }

    /// The command line has the machine for itself: one decode at a time, on all cores.
    private static func alone(_ configuration: Configuration) -> Configuration {
        var own = configuration
        for index in own.stt.indices { own.stt[index].own.takeMachine() }
        for index in own.tts.indices { own.tts[index].own.takeMachine() }
        return own
    }

    /// Any sound file as a telephone would carry it: mono, 8 kHz, 16 bits.
    public static func telephoneSamples(path: String) throws -> [Int16] {
        try AudioFile.read(path: path, resampledTo: CallAudio.listening.sampleRate).map {
            Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded())))
        }
    }

    /// Speaks a text to its end by the list `tts`. Blocking.
    /// - Returns: linear samples at 8 kHz, as they come out of µ-law.
    public func speech(_ text: String, voice: String?) throws -> [Int16] {
        try Self.speech(text, voice: voice, by: maker.textToSpeech().engine)
    }

    static func speech(
        _ text: String, voice: String?, by engine: any TextToSpeech
    ) throws -> [Int16] {
        let clip = try engine.speakToEnd(text, voice: voice, audio: .telephone)
        var bytes = [UInt8](repeating: 0, count: clip.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        return clip.audio.decoded(bytes)
    }

    /// Transcribes a recording of any length by the list `stt`, window by window. Blocking.
    /// - Parameter tell: hears the text of each window as soon as it is there.
    /// - Throws: what the first window that failed failed with; those before it have been told.
    public func transcribe(_ samples: [Int16], telling tell: (String) -> Void) throws {
        let desk = try TranscriptionDesk(maker.speechToText().engine)
        defer { desk.close() }
        var windows = RecordingWindows(
            samples,
            sampleCountMax: CallAudio.listening.sampleCount(
                ms: min(30_000, configuration.buffers.callerMs)))
        var joint = TranscriptJoint()
        while let window = windows.next() {
            let text = try desk.transcribe(Array(samples[window.range]))
            let rest = joint.append(text, overlapping: window.overlapsLast)
            if !rest.isEmpty { tell(rest) }
        }
    }
}
