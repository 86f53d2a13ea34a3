import CallSimulator
import Foundation
import Net
import Testing

/// The program itself, as a process.
@Suite struct CommandTests {
    private struct Output: Sendable {
        var code: Int32
        var errors: String
    }

    private func makeFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "streamd-e2e-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Starts the program with its log in a file.
    private func launch(_ words: [String], folder: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: ProgramRun.program)
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["TWILIO_AUTH_TOKEN"] = nil
        process.environment = environment
        _ = FileManager.default.createFile(atPath: folder + "/log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: folder + "/log")
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func log(_ folder: String) -> String {
        (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    }

    private func run(_ words: [String], folder: String) async throws -> Output {
        let process = try launch(words, folder: folder)
        #expect(await eventually { !process.isRunning })
        return Output(code: process.terminationStatus, errors: log(folder))
    }

    @Test func sigtermLetsTheLiveCallFinish() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = TestDaemon.base + "\nstore: {path: \"\(folder)/streamd.sqlite\"}\n"
        try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
        let process = try launch(["serve", "--config", "a.yaml"], folder: folder)
        defer { if process.isRunning { process.terminate() } }
        #expect(await eventually { log(folder).contains(" listening ") })
        let text = log(folder)
        let port = try #require(
            text.split(separator: " ").first { $0.hasPrefix("port=") }?.dropFirst(5))
        let callers = try EventLoopGroup(count: 1, label: "caller")
        let script = try CallerScript.turns(["speech/yes.rms", "speech/no.rms"])
        var options = TestDaemon.options(script)
        options.webhookURL = "http://127.0.0.1:\(port)/twilio/voice"
        let placed = options
        async let call = SimulatedCall.run(placed, on: callers.loops[0])
        #expect(await eventually { log(folder).contains("stream connected") })
        kill(process.processIdentifier, SIGTERM)
        #expect(await eventually { log(folder).contains("draining calls=1") })
        let result = await call
        #expect(result.faults == [] && result.turns.count == 2)
        #expect(await eventually { !process.isRunning })
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(log(folder).contains("stopped"))
        try await blocking { callers.shutdown() }
    }

    @Test func sighupTakesWhatItCanAndTellsTheRest() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ rest: String, assistant: String) throws {
            let yaml =
                TestDaemon.base.replacing(
                    "assistants: [{id: concya}]", with: "assistants: [{id: concya}, {id: bella}]"
                ).replacing("defaultAssistant: concya", with: "defaultAssistant: \(assistant)")
                + "\nstore: {path: \"\(folder)/streamd.sqlite\"}\n\(rest)"
            try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
        }
        try write("", assistant: "concya")
        let process = try launch(["serve", "--config", "a.yaml"], folder: folder)
        defer { if process.isRunning { process.terminate() } }
        #expect(await eventually { log(folder).contains(" ready ") })
        let port = try #require(
            log(folder).split(separator: " ").first { $0.hasPrefix("port=") }.flatMap {
                Int($0.dropFirst(5))
            })
        func answering() async throws -> String {
            let body = "CallSid=CA\(UInt32.random(in: 0...UInt32.max))&From=%2B15551230000"
            return try await blocking {
                let peer = try RawPeer(port: port)
                peer.send(
                    "POST /twilio/voice HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
                return peer.answer().body
            }
        }
        #expect(try await answering().contains("value=\"concya\""))

        // A broken file changes nothing and says where.
        try write("limits: {maxCalls: many}\nlog: {level: loud}\n", assistant: "bella")
        kill(process.processIdentifier, SIGHUP)
        #expect(await eventually { log(folder).contains("limits.maxCalls must be a whole number") })
        #expect(await eventually { log(folder).contains("log.level: 'loud' is not one of") })
        let refused = log(folder).split(separator: "\n").filter { $0.contains("not reloaded") }
        #expect(refused.count == 2 && refused.allSatisfy { $0.contains("a.yaml:") }, "\(refused)")
        #expect(try await answering().contains("value=\"concya\""))

        try write(
            "limits: {maxCalls: 7}\nmodels: {baseURL: \"https://h\"}\n", assistant: "bella")
        kill(process.processIdentifier, SIGHUP)
        #expect(await eventually { log(folder).contains("configuration reloaded") })
        #expect(
            await eventually {
                log(folder).contains("limits.maxCalls") && log(folder).contains("defaultAssistant")
            })
        #expect(await eventually { log(folder).contains("need a restart") })
        #expect(log(folder).contains("models.baseURL"))
        #expect(try await answering().contains("value=\"bella\""))
        process.terminate()
        #expect(await eventually { !process.isRunning })
        #expect(process.terminationStatus == 0)
    }

    @Test func aSecondDaemonOnThePortIsRefused() async throws {
        let folder = try makeFolder()
        let other = try makeFolder()
        defer {
            for folder in [folder, other] { try? FileManager.default.removeItem(atPath: folder) }
        }
        let port = try ProgramRun.freePort()
        for folder in [folder, other] {
            let yaml =
                TestDaemon.base.replacing("port: 0", with: "port: \(port)")
                + "\nstore: {path: \"\(folder)/streamd.sqlite\"}\n"
            try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
        }
        let first = try launch(["serve", "--config", "a.yaml"], folder: folder)
        #expect(await eventually { log(folder).contains(" listening ") })
        let second = try await run(["serve", "--config", "a.yaml"], folder: other)
        #expect(second.code == 69)
        #expect(
            second.errors.contains(
                "in use by process \(first.processIdentifier) (\(ProgramRun.program) serve"),
            "\(second.errors)")
        // A restart in a hurry.
        first.terminate()
        #expect(await eventually { !first.isRunning })
        let third = try launch(["serve", "--config", "a.yaml"], folder: other)
        #expect(await eventually { log(other).contains(" listening ") })
        third.terminate()
        #expect(await eventually { !third.isRunning })
    }

    @Test func aBadConfigurationIsTold() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml =
            "assistants: [{id: concya}]\ndefaultAssistant: concya\nserver:\n  port: many\nlog: 1\n"
        try yaml.write(toFile: folder + "/b.yaml", atomically: true, encoding: .utf8)
        for command in ["serve", "check-config"] {
            let output = try await run([command, "--config", "b.yaml"], folder: folder)
            #expect(output.code == 78)
            let lines = output.errors.split(separator: "\n")
            #expect(lines.count == 2, "\(output.errors)")
            #expect(lines[0].hasPrefix("streamd: b.yaml:4:9: server.port must be a whole number"))
            #expect(lines[1].hasPrefix("streamd: b.yaml:5:6: 'log' must be a block of keys"))
        }
    }

    @Test func aMissingTokenIsTold() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = "assistants: [{id: concya}]\ndefaultAssistant: concya\n"
        try yaml.write(toFile: folder + "/c.yaml", atomically: true, encoding: .utf8)
        let output = try await run(["serve", "--config", "c.yaml"], folder: folder)
        #expect(output.code == 78)
        #expect(output.errors.contains("TWILIO_AUTH_TOKEN is not set"))
    }

    @Test func aMenuIsImportedAndAskedFor() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml =
            "store: {path: \"\(folder)/streamd.sqlite\"}\n"
            + "assistants: [{id: bella, kind: restaurant}]\ndefaultAssistant: bella\n"
        try yaml.write(toFile: folder + "/m.yaml", atomically: true, encoding: .utf8)
        let menu = "name,category,price\nFish Soup,Soups,7.50\n"
        try menu.write(toFile: folder + "/menu.csv", atomically: true, encoding: .utf8)
        try (menu + "Pie,Desserts,dear\n").write(
            toFile: folder + "/bad.csv", atomically: true, encoding: .utf8)
        let words = ["import", "menu", "menu.csv", "--assistant", "bella", "--config", "m.yaml"]
        let good = try await run(words, folder: folder)
        #expect(good.code == 0, "\(good.errors)")
        let list = try await run(
            ["export", "menu", "--assistant", "bella", "--config", "m.yaml"], folder: folder)
        #expect(list.code == 0, "\(list.errors)")
        let unknown = try await run(["export", "secrets", "--assistant", "bella"], folder: folder)
        #expect(unknown.code == 64 && unknown.errors.contains("can't be exported"))
        let bad = try await run(
            words.map { $0 == "menu.csv" ? "bad.csv" : $0 }, folder: folder)
        #expect(bad.code == 65)
        #expect(bad.errors.contains("bad.csv:3: 'dear' is not a price"))
        let lost = try await run(
            ["import", "menu", "menu.csv", "--config", "m.yaml"], folder: folder)
        #expect(lost.code == 64 && lost.errors.contains("--assistant is missing"))
        let chat = Process()
        chat.executableURL = URL(filePath: ProgramRun.program)
        chat.arguments = ["chat", "--assistant", "bella", "--config", "m.yaml"]
        chat.currentDirectoryURL = URL(filePath: folder)
        let (input, output) = (Pipe(), Pipe())
        chat.standardInput = input
        chat.standardOutput = output
        try chat.run()
        try input.fileHandleForWriting.write(
            contentsOf: Data("How much is the fish soup?\nGoodbye\n".utf8))
        #expect(await eventually { !chat.isRunning })
        let said = String(
            decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(said.contains("Fish Soup is $7.50.\nThank you for calling bella. Goodbye.\n"))
    }

    @Test func anUnknownCommandIsTold() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let output = try await run(["serv"], folder: folder)
        #expect(output.code == 64)
        #expect(output.errors.contains("unknown command 'serv'"))
    }
}
