import CallSimulator
import Foundation
import Net
import Realtime
import Store

/// Plays a recorded caller into a running daemon as Twilio would, and prints the conversation with
/// the latency of every turn.
enum Demo {
    private static let known: [(name: String, standard: String?, about: String)] = [
        ("webhook", nil, "the voice webhook, http://127.0.0.1:8000/twilio/voice"),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json"),
        ("database", nil, "the daemon's SQLite file, where conversation and reservation are read"),
        ("assistant", "concya", "whose reservations are shown"),
        ("wav", "demo.wav", "the recording: caller left, assistant right"),
    ]

    /// What the caller says, by the texts of the fixtures.
    private static let lines = [
        "I'd like to book a table.", "For four people.", "Tomorrow at seven PM.",
        "John Miller.", "No, make it five people.", "Yes, please.",
        "Thank you, goodbye.",
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            return try play(try BenchOptions(arguments, known: known))
        } catch {
            print("\(error)")
            return 64
        }
    }

    private static func play(_ options: BenchOptions) throws -> Int32 {
        let library = try FixtureLibrary(folder: options["fixtures"])
        let steps = try lines.map {
            CallerStep.say(try library.clip(saying: $0, voice: "rms"), pauseMs: 500)
        }
        var call = SimulatedCallOptions(
            script: CallerScript(
                steps + [.waitForAgent(pauseMs: 800)], background: .noise(level: -65)),
            number: MonotonicClock.nowNanos())
        call.webhookURL = options["webhook"]
        call.recordedSecondsMax = 180
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        print("Calling \(options["webhook"]) …\n")
        let result = Blocking.wait { [call] in await SimulatedCall.run(call, on: loops.loops[0]) }
        let database = try Database(DatabaseOptions(path: options["database"]))
        defer { database.close() }
        let sid = result.callSid
        let turns = try Blocking.waitThrowing {
            try await database.value { database.turns(callSid: sid, completion: $0) }
        }
        show(result, turns)
        try result.recording?.write(wav: options["wav"])
        print("\nRecording: \(options["wav"]) (caller left, assistant right)")
        let assistant = options["assistant"]
        let day: Int64 = 86_400
        let now = Int64(Date().timeIntervalSince1970)
        let booked = try Blocking.waitThrowing {
            try await database.value {
                database.reservations(
                    assistantID: assistant, startingIn: (now - day)..<(now + 366 * day),
                    completion: $0)
            }
        }.filter { $0.callSid == sid }
        for row in booked {
            print(
                "In the database: \(row.startsAtLocal), \(row.partySize) people, \(row.name), "
                    + "number \(row.confirmationNumber), tables \(row.tableNames.joined(separator: ", "))"
            )
        }
        print("Call: \(result.end), \(result.gapCount) gaps")
        guard !booked.isEmpty else {
            print("No reservation was made.")
            return 1
        }
        return 0
    }

    private static func show(_ result: SimulatedCallResult, _ turns: [TurnRecord]) {
        for record in turns.prefix(1) where record.callerText.isEmpty {
            print("assistant  \(record.agentText)")
        }
        let spoken = turns.filter { !$0.callerText.isEmpty }
        for (index, turn) in result.turns.enumerated() {
            print("caller     \(turn.text)")
            if index < spoken.count {
                print("  heard    \(spoken[index].callerText)")
                print("assistant  \(spoken[index].agentText)")
            }
            if let nanos = turn.responseNanos {
                print(String(format: "  latency  %.0f ms", Double(nanos) / 1e6))
            } else {
                print("  latency  no answer")
            }
        }
    }
}
