import CallSimulator
import Conversations
import Foundation
import Net
import Realtime
import Store

/// Holds written conversations by voice: a synthetic caller says the lines into a daemon of its own,
/// over a stream, with local Whisper; answers and database rows are judged as by text.
enum ConverseBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("config", "streamd.example.yaml", "engines; its assistants are put away"),
        ("voice", "rms", "the caller's voice: rms, slt, awb, kal"),
        ("agent-voice", "slt", "the assistant's voice, another one"),
        ("calls", "2", "calls at once"),
        ("tries", "1", "calls that a conversation is given: recognisers mishear now and then"),
        ("noise-db", "-65", "level of the line's noise, in dBFS"),
        ("set", "", "KEY=VALUE of the configuration; may be given again"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            let options = try BenchOptions(arguments, known: known, takesNames: true)
            let names = options.names
            guard options["voice"] != options["agent-voice"] else {
                throw BenchOptions.Fault(
                    description: "caller and assistant have one voice; give --voice another")
            }
            var rest = try conversations(
                names.isEmpty ? ["conversations/spoken.txt"] : names, options)
            let count = rest.reduce(0) { $0 + $1.count }
            for attempt in 1...max(1, try options.integer("tries")) where !rest.isEmpty {
                if attempt > 1 { print("\ncall \(attempt) of those that were not as written") }
                rest = try rest.map { try hold($0, options) }.filter { !$0.isEmpty }
            }
            let failed = rest.reduce(0) { $0 + $1.count }
            print("\(count) conversations by voice, \(failed) not as written")
            return failed == 0 && count > 0 ? 0 : 1
        } catch {
            print("converse: \(error)")
            return 64
        }
    }

    /// The conversations, those of one time of day together.
    private static func conversations(
        _ names: [String], _ options: BenchOptions
    ) throws -> [[SpokenConversation]] {
        let voice = try CallerVoice(options["voice"])
        var groups: [Date: [SpokenConversation]] = [:]
        for (index, path) in try ConversationFile.paths(names).enumerated() {
            var file = try ConversationFile.read(path: path)
            guard let moment = file.moment else { continue }
            file.assistant.id = "a\(index)"
            let spoken = SpokenConversation(
                path: path, file: file, number: "+1555400\(1000 + index)",
                utterances: try file.turns.map { turn in
                    turn.keys.isEmpty ? try voice.say(turn.caller) : nil
                })
            groups[moment, default: []].append(spoken)
        }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Calls a daemon of its own, with nothing in its database.
    /// - Returns: what was not as written.
    private static func hold(
        _ group: [SpokenConversation], _ options: BenchOptions
    ) throws -> [SpokenConversation] {
        let daemon = try start(group, options)
        defer { daemon.stop() }
        let database = try Database(daemon.database)
        defer { database.close() }
        let loops = try EventLoopGroup(count: 1, label: "callers")
        defer { loops.shutdown() }
        let level = Float(try options.number("noise-db"))
        let background = CallerBackground.noise(level: level)
        let atOnce = max(1, try options.integer("calls"))
        var failed: [SpokenConversation] = []
        var rest = group[...]
        while !rest.isEmpty {
            let calls = Array(rest.prefix(atOnce))
            rest = rest.dropFirst(calls.count)
            let webhook = daemon.webhook
            let results = Blocking.wait {
                await place(calls, webhook, background, loops.loops[0])
            }
            let records = turns(of: results.map(\.callSid), daemon)
            for (conversation, result) in zip(calls, results) {
                let call = SpokenCall(
                    result, of: conversation.file, records: records, store: database)
                let heard = call.heard
                let file = conversation.file
                let bound = UncheckedBox(call)
                let faults = try Blocking.waitThrowing {
                    try await ConversationRunner.run(file, over: bound.value)
                }
                tell(conversation, heard, faults, result)
                if !faults.isEmpty { failed.append(conversation) }
            }
        }
        return failed
    }

    private static func start(
        _ group: [SpokenConversation], _ options: BenchOptions
    ) throws -> DaemonProcess {
        guard let moment = group.first?.file.moment else {
            throw BenchOptions.Fault(description: "there is no conversation")
        }
        let blocks = try group.map { try $0.file.assistantYAML(id: $0.file.assistant.id) }
        let numbers = group.map { "\"\($0.number)\": \($0.file.assistant.id)" }
        var settings: [(key: String, value: String)] = [
            ("assistants", "[\(blocks.joined(separator: ", "))]"),
            ("numbers", "{\(numbers.joined(separator: ", "))}"), ("routes", "{}"),
            ("defaultAssistant", group[0].file.assistant.id),
            ("tts", "[{engine: flite, voice: \(options["agent-voice"])}]"),
            ("twilio.validateSignatures", "false"), ("log.format", "json"), ("log.level", "info"),
            // A machine that is busy with other calls is slow, which is not what is judged here.
            ("turn.fillerAfterMs", "0"), ("turn.replyTimeoutMs", "60000"),
            ("turn.transcriptTimeoutMs", "60000"), ("turn.idlePromptMs", "120000"),
        ]
        settings += try options.settings("set")
        return try DaemonProcess.ready(
            configFile: options["config"], settings: settings, callCount: group.count,
            arguments: ["--now", moment.formatted(.iso8601)])
    }

    private static func place(
        _ conversations: [SpokenConversation], _ webhook: String, _ background: CallerBackground,
        _ loop: EventLoop
    ) async -> [SimulatedCallResult] {
        await withTaskGroup(of: (Int, SimulatedCallResult).self) { tasks in
            for (index, conversation) in conversations.enumerated() {
                let options = conversation.call(
                    webhook: webhook, background: background, index: index)
                tasks.addTask { (index, await SimulatedCall.run(options, on: loop)) }
            }
            var results: [(Int, SimulatedCallResult)] = []
            for await result in tasks { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// What the daemon logged of the calls, when it has logged their ends.
    private static func turns(of callSids: [String], _ daemon: DaemonProcess) -> [TurnLogLine] {
        for _ in 0..<500 {
            let ended = daemon.log.split(separator: "\n").filter { $0.contains("\"call ended\"") }
            if callSids.allSatisfy({ sid in ended.contains { $0.contains(sid) } }) { break }
            usleep(10_000)
        }
        return daemon.log.split(separator: "\n").compactMap(TurnLogLine.init)
    }

    private static func tell(
        _ conversation: SpokenConversation, _ heard: [String], _ faults: [String],
        _ result: SimulatedCallResult
    ) {
        let seconds = result.durationNanos / 1_000_000_000
        print(
            "\(faults.isEmpty ? "held " : "NOT  ") \(conversation.path) (\(seconds) s, "
                + "\(result.end))")
        for (turn, heard) in zip(conversation.file.turns, heard) {
            print("    said  \(turn.caller)\(turn.keys)\n    heard \(heard)")
        }
        for fault in faults { print("    fault: \(fault)") }
        fflush(nil)
    }
}

/// Hands a value to the one task that works while this thread waits for it.
private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
