import CallSimulator
import Configuration
import Engines
import Foundation
import Store
import Testing

/// A model and the scripted dialogue in one conversation: whoever answers, the same is done, once.
@Suite struct HandOverTests {
    private static let demo = [
        "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms", "speech/make-it-five.rms",
        "speech/yes-please.rms",
    ]
    private static let tools = ["--llm", "tools", "--fixtures", "none"]

    /// Callers who wait a while, so that there is time to kill somebody.
    private static func script(_ names: [String], pauseMs: Int) throws -> CallerScript {
        CallerScript(
            try names.map { .say(try Fixture.utterance($0), pauseMs: pauseMs) }
                + [.waitForAgent(pauseMs: 1500)], answerTimeoutMs: 30_000)
    }

    /// A daemon that hears by one process and thinks by another, with the scripted dialogue behind it.
    private static func start(
        recognisers: ServiceProcess, dialogue: ServiceProcess?
    ) async throws -> TestDaemon {
        try await TestDaemon.start {
            var recogniser = recognisers.engine(.stt)
            recogniser.times = .patient
            $0.stt = [recogniser]
            $0.llm = [EngineSettings(ScriptedSettings())]
            if let dialogue {
                var model = dialogue.engine(.llm)
                model.times = .patient
                $0.llm.insert(model, at: 0)
            }
            // Whoever comes back is asked again at once.
            $0.fallback.probeAfterMs = 0
            $0.tts = [EngineSettings(FliteSettings())]
            $0.turn.idlePromptMs = 120_000
            $0.turn.replyTimeoutMs = 60_000
            $0.turn.fillerAfterMs = 0
        }
    }

    private func rows(_ daemon: TestDaemon) async throws -> [Reservation] {
        let database = try Database(DatabaseOptions(path: daemon.databasePath))
        defer { database.close() }
        let now = Int64(Date().timeIntervalSince1970)
        return try await database.value {
            database.reservations(
                assistantID: "concya", startingIn: now..<(now + 3 * 86_400), completion: $0)
        }
    }

    private func turns(_ daemon: TestDaemon, _ callSid: String) async throws -> [Store.TurnRecord] {
        let database = try Database(DatabaseOptions(path: daemon.databasePath))
        defer { database.close() }
        return try await database.value { database.turns(callSid: callSid, completion: $0) }
    }

    @Test func theDemoGivesTheSameRowsWhoeverLeadsIt() async throws {
        let services = try await blocking { try ServiceProcess(["--llm", "tools"]) }
        var made: [String] = []
        for dialogue in [nil, services] {
            let daemon = try await Self.start(recognisers: services, dialogue: dialogue)
            let result = await daemon.call(try Self.script(Self.demo, pauseMs: 200))
            #expect(result.faults == [], "\(daemon.lines([" turn {"]))")
            try await daemon.stop(keepingFiles: true)
            defer { daemon.removeFiles() }
            let booked = try await rows(daemon).map {
                "\($0.partySize) \($0.startsAtLocal) \($0.endsAt - $0.startsAt) \($0.name) "
                    + "\($0.phone) \($0.status) \($0.tableNames)"
            }
            #expect(booked.count == 1, "\(daemon.lines([" turn {"]))")
            made += booked
            // Either way the turns are in the store's log.
            let log = try await turns(daemon, result.callSid)
            #expect(log.count { !$0.callerText.isEmpty && !$0.agentText.isEmpty } == 4, "\(log)")
        }
        #expect(made.count == 2 && made.first == made.last, "\(made)")
        #expect(made.first?.hasPrefix("5 ") == true && made.first?.contains("John Miller") == true)
    }

    /// The model's server dies after the first turn and is back before the third.
    @Test func aModelThatDiesIsStoodInForAndComesBack() async throws {
        let recognisers = try await blocking { try ServiceProcess([]) }
        let dialogue = try await blocking { try ServiceProcess(Self.tools) }
        let port = dialogue.port
        let daemon = try await Self.start(recognisers: recognisers, dialogue: dialogue)
        let script = try Self.script(
            [
                "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms",
                "speech/yes-please.rms",
            ], pauseMs: 3000)
        async let call = daemon.call(script)
        #expect(await daemon.logs(" turn {", #""turn":1,"#))
        dialogue.kill()
        #expect(await daemon.logs(" turn {", #""turn":2,"#), "\(daemon.logLines)")
        #expect(!daemon.lines(["engine failed", "stage=llm"]).isEmpty)
        let back = try await blocking { try ServiceProcess(Self.tools + ["--port", "\(port)"]) }
        let result = await call
        #expect(result.end == .hungUp && result.protocolErrors == [])
        let said = daemon.lines([" turn {"])
        // The scripted dialogue read back what the model had been told, and the model booked it.
        #expect(!daemon.lines([#""turn":2,"#, "John Miller. Is that right?"]).isEmpty, "\(said)")
        #expect(
            !daemon.lines([#""turn":3,"#, "Your table is booked. Your number is"]).isEmpty,
            "\(said)")
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let booked = try await rows(daemon)
        #expect(booked.count == 1, "\(said)")
        #expect(booked.first?.partySize == 4 && booked.first?.name == "John Miller", "\(said)")
        back.kill()
    }

    /// The model's server dies just before the caller says yes to what it has read back.
    @Test func whatTheModelReadBackIsBookedWithoutIt() async throws {
        let recognisers = try await blocking { try ServiceProcess([]) }
        let dialogue = try await blocking { try ServiceProcess(Self.tools) }
        let daemon = try await Self.start(recognisers: recognisers, dialogue: dialogue)
        let script = try Self.script(
            [
                "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms",
                "speech/yes-please.rms",
            ], pauseMs: 2000)
        async let call = daemon.call(script)
        #expect(await daemon.logs(" turn {", #""turn":2,"#, "Shall I book it?"))
        dialogue.kill()
        let result = await call
        #expect(result.end == .hungUp && result.protocolErrors == [])
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let said = daemon.lines([" turn {"])
        let booked = try await rows(daemon)
        #expect(booked.count == 1 && booked.first?.partySize == 4, "\(said)")
        #expect(booked.first?.callSid == result.callSid)
        #expect(!daemon.lines([#""turn":3,"#, "is booked"]).isEmpty, "\(said)")
    }

    /// The table is booked, and the model's server fails before a word of it: nobody books it again.
    @Test func whatWasBookedBeforeTheModelFailedIsNotBookedAgain() async throws {
        let recognisers = try await blocking { try ServiceProcess([]) }
        let dialogue = try await blocking { try ServiceProcess(Self.tools) }
        let daemon = try await Self.start(recognisers: recognisers, dialogue: dialogue)
        let script = try Self.script(
            [
                "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms",
                "speech/yes-please.rms", "speech/yes-please.rms",
            ], pauseMs: 2000)
        async let call = daemon.call(script)
        #expect(await daemon.logs(" turn {", #""turn":2,"#, "Shall I book it?"))
        try await dialogue.setFault("llm", "\"fault\":\"status\",\"status\":500,\"after\":1")
        let result = await call
        #expect(result.end == .hungUp && result.protocolErrors == [])
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let booked = try await rows(daemon)
        #expect(
            booked.count == 1 && booked.first?.partySize == 4, "\(daemon.lines([" turn {"]))")
    }

    /// No engine can tell the caller's words any more: a person can.
    @Test func aCallerWhomNobodyHearsIsHandedOver() async throws {
        let services = try await blocking { try ServiceProcess(["--fixtures", "none"]) }
        let daemon = try await TestDaemon.start {
            $0.stt = [services.engine(.stt)]
            $0.llm = [EngineSettings(ScriptedSettings())]
            $0.tts = [EngineSettings(FliteSettings())]
            $0.turn.failuresMax = 2
            $0.assistants[0].handOverNumber = "+15557654321"
        }
        try await services.setFault("stt", "\"fault\":\"status\",\"status\":500")
        let result = await daemon.call(
            try Self.script(
                ["speech/book-a-table.rms", "speech/for-four-people.rms"], pauseMs: 300))
        #expect(result.end != .hungUp, "the daemon ends the call: \(daemon.logLines)")
        let after = try await daemon.form(
            "/twilio/after", [("CallSid", result.callSid), ("To", "+15551234567")])
        #expect(after.body.contains("+15557654321"), "\(after.body)")
        try await daemon.stop()
    }

    /// Digits end with `#`, or with a pause.
    @Test func keysAreAnAnswer() async throws {
        let daemon = try await TestDaemon.start {
            $0.llm = [EngineSettings(ScriptedSettings())]
            $0.tts = [EngineSettings(FliteSettings())]
            $0.turn.dtmfGapMs = 300
        }
        let result = await daemon.call(
            CallerScript(
                [
                    .waitForAgent(pauseMs: 200), .dtmf("4"), .dtmf("#"),
                    .waitForAgent(pauseMs: 200),
                    .dtmf("0"), .dtmf("7"), .waitForAgent(pauseMs: 200),
                ], answerTimeoutMs: 30_000))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let said = try await turns(daemon, result.callSid)
        #expect(said.map(\.callerText) == ["4", "07"], "\(daemon.logLines)")
        #expect(said.first?.agentText.hasPrefix("Four people") == true, "\(said)")
    }
}
