import Configuration
import Conversations
import Engines
import Foundation
import Net
import Realtime

/// Holds the written conversations with a language model, and tells how much of what is written came
/// true: answers line by line, and rows in the database.
enum EvalBenchmark {
    private static let known: [BenchOptions.Known] = [
        (
            "engine", OpenAIChatSettings.engineName,
            "an engine of llm; \(ScriptedSettings.engineName) for the dialogue without a model"
        ),
        (
            "url", "",
            "address up to /v1; STREAMD_LLM_URL, or the vendor's with the vendor's key, stand in for it"
        ),
        ("model", "", "the server's name for it; STREAMD_LLM_MODEL stands in for it"),
        ("key-env", "", "variable that holds the key of another address than the vendor's"),
        ("prompt", "", "instructions added to ours"),
        ("temperature", "0", "of the model; below 0 leaves it to the server"),
        ("timeout-ms", "60000", "time that the model has for one answer"),
        ("percent", "0", "ends with an error where fewer conversations pass"),
        ("json", "", "file for the figures"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            let options = try BenchOptions(arguments, known: known, takesNames: true)
            let names = options.names
            let paths = try ConversationFile.paths(names.isEmpty ? ["conversations"] : names)
            guard !paths.isEmpty else {
                throw BenchOptions.Fault(description: "there are no conversations in \(names)")
            }
            let environment = ProcessInfo.processInfo.environment
            let model = try model(options, environment)
            let secrets = try Secrets(environment: environment)
            var verdicts: [EvalVerdict] = []
            for path in paths {
                let verdict = try judge(path, model, secrets)
                print(verdict.text)
                fflush(nil)
                verdicts.append(verdict)
            }
            print(
                EvalVerdict.table(
                    verdicts, engine: model.engine, model: model.modelKeys?.model ?? ""))
            try options.write(
                benchmark: "eval", [.init("conversations", .array(verdicts.map(\.json)))])
            let passed = verdicts.count { $0.isPassed }
            return passed * 100 >= (try options.integer("percent")) * verdicts.count ? 0 : 1
        } catch {
            print("eval: \(error)")
            return 64
        }
    }

    private static func model(
        _ options: BenchOptions, _ environment: [String: String]
    ) throws -> EngineSettings {
        guard var entry = EngineRegistry.entry(.llm, options["engine"]), !entry.isCanned else {
            throw BenchOptions.Fault(
                description: "--engine must be one of "
                    + EngineRegistry.names(.llm).joined(separator: ", "))
        }
        guard var model = entry.own as? any LanguageModelSettings else { return entry }
        func given(_ option: String, _ variable: String) -> String {
            options[option].isEmpty ? environment[variable] ?? "" : options[option]
        }
        model.remote.baseURL = given("url", "STREAMD_LLM_URL")
        model.remote.apiKeyEnv = options["key-env"]
        model.modelKeys.model = given("model", "STREAMD_LLM_MODEL")
        guard !model.modelKeys.model.isEmpty else {
            throw BenchOptions.Fault(description: "--model is missing: the server's name for it")
        }
        model.modelKeys.prompt = options["prompt"]
        model.modelKeys.temperature = try options.number("temperature")
        entry.own = model
        let timeoutMs = max(1, try options.integer("timeout-ms"))
        entry.times.firstByteMs = timeoutMs
        entry.times.stallMs = timeoutMs
        entry.times.totalMs = timeoutMs
        return entry
    }

    private static func judge(
        _ path: String, _ model: EngineSettings, _ secrets: Secrets
    ) throws -> EvalVerdict {
        let file = try ConversationFile.read(path: path)
        let began = MonotonicClock.nowNanos()
        let faults: [String]
        if model.modelKeys == nil {
            let channel = EvalChannel(value: try TextChannel(file))
            faults = try Blocking.waitThrowing {
                try await ConversationRunner.run(file, over: channel.value)
            }
        } else {
            let channel = try ModelChannel(file, model: model, secrets: secrets)
            faults = Blocking.wait {
                do {
                    return try await ConversationRunner.run(file, over: channel)
                } catch { return ["broke off: \(error)"] }
            }
            channel.close()
        }
        let seconds = Double(MonotonicClock.nowNanos() - began) / 1e9
        return EvalVerdict(
            path: path, turnCount: file.turns.count, faults: faults, seconds: seconds)
    }
}

/// Handed to the one task that this thread waits for.
private struct EvalChannel: @unchecked Sendable {
    let value: TextChannel
}
