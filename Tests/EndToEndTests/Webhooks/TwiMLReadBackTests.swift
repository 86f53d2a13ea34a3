import Configuration
import Engines
import Foundation
import TestSupport
import Testing
import Twilio

/// Twilio's own Python library reads our TwiML back and signs our vectors: `scripts/check-twiml.py`.
/// Where scripts/setup has not laid it into the cache, these tests fail and say so.
@Suite struct TwiMLReadBackTests {
    /// A script of ours, run to its end.
    private func run(_ words: [String]) async throws -> (code: Int32, output: String) {
        let scripts = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "scripts").path
        return try await blocking {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/python3")
            process.arguments = ["\(scripts)/\(words[0])"] + words.dropFirst()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: data, as: UTF8.self))
        }
    }

    private func readBack(_ documents: [(name: String, xml: String)]) async throws -> String {
        let list = documents.map { ["name": $0.name, "xml": $0.xml] }
        let path = NSTemporaryDirectory() + "streamd-twiml-" + UUID().uuidString + ".json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try JSONSerialization.data(withJSONObject: list).write(to: URL(filePath: path))
        let (code, output) = try await run(["check-twiml.py", path])
        #expect(code == 0, "\(output)")
        return output
    }

    // MARK: - All that can be written

    private static let texts = [
        "Hello", "a & b < c > d \"e\" 'f'", "🍕 für Zoë", "שלום, פיצה", " spaces  kept ",
        "two\nlines", "]]>", "&amp;",
    ]

    /// Every verb bare and with all that it can have.
    private static var verbs: [TwiMLVerb] {
        var gather = TwiMLGather(input: ["speech", "dtmf"], action: "/w?turn=1&wait=2")
        gather.method = .post
        gather.timeout = 5
        gather.speechTimeout = "auto"
        gather.maxSpeechTime = 30
        gather.finishOnKey = "#"
        gather.numDigits = 4
        gather.language = "en-US"
        gather.hints = "pizza,\"quoted\" & more"
        gather.profanityFilter = false
        gather.partialResultCallback = "/p"
        gather.bargeIn = true
        gather.actionOnEmptyResult = true
        gather.speechModel = "phone_call"
        gather.enhanced = true
        var dial = TwiMLDial(number: "+15551234567", action: "/after", callerID: "+15557654321")
        dial.method = .get
        dial.timeout = 20
        dial.timeLimit = 600
        dial.record = "record-from-answer-dual"
        dial.answerOnBridge = true
        var record = TwiMLRecord(action: "/r")
        record.method = .post
        record.maxLength = 60
        record.timeout = 5
        record.finishOnKey = "#"
        record.playBeep = true
        record.trim = "trim-silence"
        record.recordingStatusCallback = "/rs"
        let stream = TwiMLStream(
            url: "wss://h.example/s", name: "n", statusCallback: "https://h.example/c",
            parameters: [TwiMLParameter("token", "a&b"), TwiMLParameter("name", "Zoë \"Z\"")])
        return texts.map { .say($0) } + [
            .say("Hello", voice: "Polly.Joanna", language: "en-US"),
            .play(url: "https://h.example/a.mp3?x=1&y=2", loop: 0),
            .play(url: "https://h.example/b"),
            .pause(seconds: 3), .connect(TwiMLStream(url: "wss://h.example/s")),
            .connect(stream, action: "/after?attempt=1"), .gather(TwiMLGather()),
            .gather(
                gather, [.say("Hello"), .play(url: "https://h.example/c"), .pause(seconds: 1)]),
            .redirect(url: "/next?a=1&b=2", method: .post), .redirect(url: "/next"),
            .dial(TwiMLDial(number: "+15551234567")), .dial(dial), .record(TwiMLRecord()),
            .record(record), .reject(), .reject(.busy), .hangup,
        ]
    }

    @Test func everyVerbIsReadBack() async throws {
        var documents = try Self.verbs.enumerated().map {
            (name: "verb \($0)", xml: try TwiML.response([$1]))
        }
        documents.append((name: "nothing", xml: try TwiML.response([])))
        for text in Self.texts {
            documents.append(
                (
                    name: "message",
                    xml: try TwiML.response([
                        .message(text), .message(text, to: "+15551234567"),
                        .message("", mediaURL: "https://h.example/i.png?a=1&b=2"),
                    ])
                ))
        }
        // All of a call's together, in orders that chance brings.
        let seed = UInt64.random(in: 0...UInt64.max)
        print("everyVerbIsReadBack: seed \(seed)")
        var dice = SeededGenerator(seed: seed)
        for number in 0..<100 {
            let some = Self.verbs.shuffled(using: &dice).prefix(Int.random(in: 1...8, using: &dice))
            documents.append((name: "mixed \(number)", xml: try TwiML.response(Array(some))))
        }
        let output = try await readBack(documents)
        #expect(output.contains("read back \(documents.count) of \(documents.count) documents"))
    }

    @Test func whatTwilioDoesNotHaveIsNotReadBack() async throws {
        for (xml, words) in [
            ("<Response><Speak>a</Speak></Response>", "is nothing that VoiceResponse has"),
            ("<Response><Say tone=\"a\">a</Say></Response>", "has no attribute tone"),
            ("<Response><Gather><Dial/></Gather></Response>", "is nothing that Gather has"),
            ("<Response><Say>a</Response>", "mismatched tag"),
        ] {
            let path = NSTemporaryDirectory() + "streamd-twiml-" + UUID().uuidString + ".json"
            defer { try? FileManager.default.removeItem(atPath: path) }
            try JSONSerialization.data(withJSONObject: [["name": "n", "xml": xml]])
                .write(to: URL(filePath: path))
            let (code, output) = try await run(["check-twiml.py", path])
            #expect(code == 1 && output.contains(words), "\(output)")
        }
    }

    @Test func theLibrarySignsAsTheVectorsSay() async throws {
        let (code, output) = try await run(["signature-vectors.py", "--check"])
        #expect(code == 0 && output.contains("120 forms, 20 JSON bodies: the same"), "\(output)")
    }

    // MARK: - All that is answered

    /// `Gather(action,input)>Say(voice)`: an element with its attributes and what is in it.
    private static func shape(_ element: TwiMLDocument.Element) -> String {
        let names = element.attributes.keys.sorted().joined(separator: ",")
        let inner = Set(element.children.map(shape)).sorted().joined(separator: "+")
        return element.name + "(\(names))" + (inner.isEmpty ? "" : ">" + inner)
    }

    /// What the daemon's answers are made of. A new one has to be asked for here.
    private static let shapes: Set<String> = {
        let say = "Say(language,voice)"
        let gather = "action,actionOnEmptyResult"
        let rest = "finishOnKey,hints,input,language,method,speechTimeout,timeout"
        let parameters = "Stream(url)>Parameter(name,value)"
        return [
            say, "Say(language)", "Hangup()", "Dial(action,method)>Number()", "Redirect(method)",
            "Play(loop)",
            "Pause(length)", "Message()>Body()", "Connect(action)>\(parameters)",
            "Gather(\(gather),\(rest))>\(say)", "Gather(\(gather),bargeIn,\(rest))>\(say)",
            "Gather(\(gather),finishOnKey,hints,input,language,method,speechModel,speechTimeout,"
                + "timeout)>\(say)",
            "Gather(\(gather),finishOnKey,input,language,method,speechTimeout,timeout)>\(say)",
        ]
    }()

    @Test func everyAnswerOfTheDaemonIsReadBack() async throws {
        var bodies: [String] = []
        try await askCalls(&bodies)
        try await askEndings(&bodies)
        try await askWaiting(&bodies)
        try await askTexts(&bodies)
        let output = try await readBack(bodies.enumerated().map { (name: "answer \($0)", xml: $1) })
        #expect(output.contains("read back \(bodies.count) of \(bodies.count) documents"))
        let seen = try bodies.reduce(into: Set<String>()) { seen, body in
            seen.formUnion(try TwiMLDocument(body).root.children.map(Self.shape))
        }
        #expect(seen == Self.shapes, "\(seen.symmetricDifference(Self.shapes).sorted())")
        // An answer may be empty: nothing is to be done.
        #expect(try bodies.contains { try TwiMLDocument($0).verbs.isEmpty })
    }

    private func askCalls(_ bodies: inout [String]) async throws {
        let house = try await GatherHouse.start {
            $0.assistants[1].greetWith = .say
            $0.assistants[0].notices = ["This call is recorded."]
            $0.assistants[0].greeting = "Bella Napoli. This call is recorded."
        }
        for (number, route) in [
            (GatherHouse.bella, "/api/voice/welcome"), (GatherHouse.concya, "/twilio/voice"),
            (GatherHouse.concya, "/api/phone/incoming"), (GatherHouse.message, "/twilio/voice"),
            (GatherHouse.closed, "/twilio/voice"),
        ] {
            let call = house.call(number, route: route)
            bodies.append(try await house.side.post(route, call.callFields).body)
        }
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        for line in ["What pizzas do you have?", "An operator please"] {
            let fields = call.callFields + [("SpeechResult", line)]
            bodies.append(try await house.side.post(call.action, fields).body)
            if let answer = try? TwiMLDocument(bodies[bodies.count - 1]), let next = answer.gather {
                #expect(next.attributes["action"] != call.action)
                _ = try await call.say(line)
            }
        }
        try await house.stop()
        let modelled = try await GatherHouse.start { $0.gather.speechModel = "phone_call" }
        bodies.append(
            try await modelled.side.post(
                "/api/voice/welcome", modelled.call(GatherHouse.bella).callFields
            ).body)
        try await modelled.stop()
    }

    private func askEndings(_ bodies: inout [String]) async throws {
        let house = try await GatherHouse.start()
        let fields = house.call(GatherHouse.bella).callFields
        for status in ["completed", "busy"] {
            bodies.append(
                try await house.side.post("/twilio/after", fields + [("DialCallStatus", status)])
                    .body)
        }
        for query in ["?attempt=1", "?attempt=3"] {
            bodies.append(try await house.side.post("/twilio/after" + query, fields).body)
        }
        try await house.stop()
    }

    private func askWaiting(_ bodies: inout [String]) async throws {
        for music in ["", "https://music.example/a.mp3"] {
            let house = try await GatherHouse.start {
                $0.limits.maxCalls = 1
                $0.queue.placesMax = 1
                $0.queue.music = music
                $0.llm = [EngineSettings(FixedDialogueSettings())]
                $0.llm[0][\FixedDialogueSettings.delayMs] = 1500
                $0.gather.answerMs = 100
                $0.gather.hintsMax = 0
            }
            let first = house.call(GatherHouse.bella)
            bodies.append(try await house.side.post(first.route, first.callFields).body)
            try await first.begin()
            for _ in 0..<2 {
                let other = house.call(GatherHouse.bella)
                bodies.append(try await house.side.post(other.route, other.callFields).body)
            }
            // A slow reply is bridged: words, then a pause, each with a redirect.
            var path = first.action
            for _ in 0..<3 {
                let fields = first.callFields + [("SpeechResult", "Hello")]
                let body = try await house.side.post(path, fields).body
                bodies.append(body)
                guard let next = try TwiMLDocument(body).root.all("Redirect").first else { break }
                path = next.text
            }
            try await house.stop()
        }
    }

    private func askTexts(_ bodies: inout [String]) async throws {
        let house = try await GatherHouse.start()
        let channel = SMSChannel(
            side: house.side, database: house.database, customer: "+15550002222",
            business: GatherHouse.bella)
        for line in ["What is on the menu? 🍕 <b>&", "STOP", "A sprite"] {
            let fields = channel.fields(line, sid: TwilioSide.newSid("SM"))
            bodies.append(try await house.side.post(channel.path, fields).body)
        }
        try await house.stop()
    }
}
