import CommandArguments
import Configuration
import DSP
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
            let tools = try audioTools(arguments)
            let path = arguments.positional[0]
            let samples: [Int16]
            do {
                samples = try AudioTools.telephoneSamples(path: path)
            } catch {
                throw CommandFailure(code: ExitCode.noInput, description: "\(error)")
            }
            try tools.transcribe(samples) { text in
                print(text)
                fflush(nil)
            }
        })

    static let say = Command(
        name: "say", usage: "streamd say [--config FILE] [--voice NAME] TEXT FILE",
        summary: "Speak a text into a WAV file, as a caller would hear it.",
        options: [
            configOption,
            CommandOption(
                name: "voice", value: "NAME", summary: "A voice of the first engine of tts."),
        ],
        run: { arguments in
            try arguments.expect(positionalCount: 2, usage: "streamd say TEXT FILE")
            let samples = try audioTools(arguments).speech(
                arguments.positional[0], voice: arguments["voice"])
            do {
                let file = try AudioFileWriter(
                    path: arguments.positional[1], format: .wav,
                    sampleRate: CallAudio.listening.sampleRate)
                try file.write(samples)
                try file.close()
            } catch {
                throw CommandFailure(code: ExitCode.cannotCreate, description: "\(error)")
            }
            print(
                "\(arguments.positional[1]): "
                    + "\(samples.count / CallAudio.listening.samplesPerMillisecond) ms")
        })
}

/// By the configuration that is named, else by the defaults.
private func audioTools(_ arguments: Arguments) throws -> AudioTools {
    let configuration = try arguments["config"].map { try Configuration.read(path: $0) }
    return try AudioTools(
        configuration ?? Configuration(),
        secrets: try Secrets(environment: ProcessInfo.processInfo.environment))
}
