import DSP
import Foundation
import Testing

/// `say`, `transcribe` and `chat` go by the engines of the configuration.
@Suite struct ConfiguredToolTests {
    private func run(
        _ words: [String], engines: String, _ file: (String) throws -> Void = { _ in }
    ) async throws -> ProgramRun {
        let folder = NSTemporaryDirectory() + "streamd-tools-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            twilio: {validateSignatures: false}
            store: {path: "s.sqlite"}
            assistants: [{id: concya}]
            defaultAssistant: concya
            \(engines)
            """
        try yaml.write(toFile: folder + "/t.yaml", atomically: true, encoding: .utf8)
        try file(folder)
        return try await ProgramRun.finished(words + ["--config", "t.yaml"], folder: folder)
    }

    private func write(_ seconds: Int, to folder: String) throws {
        let file = try AudioFileWriter(path: folder + "/r.wav", format: .wav, sampleRate: 8000)
        try file.write((0..<seconds * 8000).map { Int16($0 % 50 < 25 ? 6000 : -6000) })
        try file.close()
    }

    @Test func transcribeAsksTheConfiguredRecogniserForEachWindow() async throws {
        let run = try await run(
            ["transcribe", "r.wav"], engines: "stt: [{engine: fixed, text: Seventy}]"
        ) { try write(70, to: $0) }
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("Seventy"))
    }

    @Test func aWindowThatFailsIsNoSuccess() async throws {
        let port = try ProgramRun.freePort()
        let run = try await run(
            ["transcribe", "r.wav"],
            engines: "stt: [{engine: openai, model: m, baseURL: \"http://127.0.0.1:\(port)\"}]"
        ) { try write(3, to: $0) }
        #expect(run.code == 69, "\(run.errors)\(run.output)")
        #expect(run.errors.contains("stt openai"))
    }

    @Test func sayAsksTheConfiguredSynthesiser() async throws {
        let run = try await run(
            ["say", "hello", "x.wav"], engines: "tts: [{engine: fixed, clipMs: 1234}]")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.contains("1234 ms"), "\(run.output)")
    }

    @Test func chatAsksTheConfiguredDialogue() async throws {
        let folder = NSTemporaryDirectory() + "streamd-tools-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            twilio: {validateSignatures: false}
            store: {path: "s.sqlite"}
            llm: [{engine: fixed, text: I am set in stone.}]
            assistants: [{id: concya}]
            defaultAssistant: concya
            """
        try yaml.write(toFile: folder + "/t.yaml", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: ProgramRun.program)
        process.arguments = ["chat", "--config", "t.yaml"]
        process.currentDirectoryURL = URL(filePath: folder)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data("hello\n".utf8))
        try input.fileHandleForWriting.close()
        let text = try await blocking {
            String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("I am set in stone."), "\(text)")
    }
}
