import CommandArguments
import Configuration
import DSP
import Daemon
import Foundation
import Operations
import Pipelines

extension Command {
    static let transcribe = Command(
        name: "transcribe", usage: "streamd transcribe [--config FILE] FILE",
        summary: "Transcribe a sound file (any that libsndfile reads) with the configured engine.",
        options: [configOption],
        run: { arguments in
            try arguments.expect(positionalCount: 1, usage: "streamd transcribe FILE")
            let engine = try AudioTools.whisper(try toolConfiguration(arguments))
            let path = arguments.positional[0]
            let samples: [Int16]
            do {
                samples = try AudioTools.telephoneSamples(path: path)
            } catch {
                throw CommandFailure(code: ExitCode.noInput, description: "\(error)")
            }
            // Whisper hears 30 s at a time.
            for start in stride(from: 0, to: samples.count, by: 30 * 8000) {
                let piece = Array(samples[start..<min(samples.count, start + 30 * 8000)])
                print(try engine.transcribe(samples8k: piece).text)
            }
        })

    static let say = Command(
        name: "say", usage: "streamd say [--config FILE] [--voice NAME] TEXT FILE",
        summary: "Speak a text into a WAV file, as a caller would hear it.",
        options: [
            configOption,
            CommandOption(name: "voice", value: "NAME", summary: "rms, slt, awb or kal."),
        ],
        run: { arguments in
            try arguments.expect(positionalCount: 2, usage: "streamd say TEXT FILE")
            let engine = try AudioTools.flite(try toolConfiguration(arguments))
            let samples = try AudioTools.speech(
                arguments.positional[0], voice: arguments["voice"], with: engine)
            do {
                let file = try AudioFileWriter(
                    path: arguments.positional[1], format: .wav, sampleRate: 8000)
                try file.write(samples)
                try file.close()
            } catch {
                throw CommandFailure(code: ExitCode.cannotCreate, description: "\(error)")
            }
            print("\(arguments.positional[1]): \(samples.count / 8) ms")
        })
}

/// The configuration for commands that need none of their own: the defaults unless one is named.
private func toolConfiguration(_ arguments: Arguments) throws -> Configuration {
    guard let path = arguments["config"] else { return Configuration() }
    return try Configuration.read(path: path)
}
