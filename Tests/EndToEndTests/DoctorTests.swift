import Foundation
import Testing

/// `streamd doctor` as a process, against a stand-in of Twilio's REST API that is a process too.
@Suite struct DoctorTests {
    /// What is set up for one run; each test spoils one thing of it.
    struct Setup: Sendable {
        var account = DoctorTests.account
        var token = DoctorTests.token
        var environment: [String: String] = [:]
        var number = DoctorTests.number
        /// Of the number at Twilio's, over the right ones.
        var numberFields: [String: String] = [:]
        /// Lines of YAML, over the right ones.
        var yaml: [String: String] = [:]
        var port: Int
        var standInWords: [String] = []
        var fileBytesMax: Int?
    }

    struct Report: Sendable {
        var code: Int32
        var isOK: Bool
        var checks: [[String: String]]

        func check(_ subject: String) -> [String: String] {
            checks.first { $0["check"] == subject } ?? [:]
        }
        /// Subjects that are not ok, with their verdict.
        var complaints: [String] {
            checks.filter { $0["verdict"] != "ok" }.map {
                "\($0["check"] ?? "") \($0["verdict"] ?? "")"
            }
        }
    }

    static let account = "AC0123456789abcdef0123456789abcdef"
    static let token = "the auth token of the account"
    static let number = "+15551230001"

    /// - Parameter spoil: changes the set-up, the folder, or the stand-in.
    func examine(
        words: [String] = ["--json"],
        _ spoil: (inout Setup, String) async throws -> Void = { _, _ in },
        standIn change: (ServiceProcess) async throws -> Void = { _ in }
    ) async throws -> (run: ProgramRun, report: Report?) {
        let folder = NSTemporaryDirectory() + "streamd-doctor-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var setup = Setup(port: try ProgramRun.freePort())
        try await spoil(&setup, folder)
        let settled = setup
        let services = try await blocking {
            try ServiceProcess(
                [
                    "--twilio-account", Self.account, "--twilio-token", Self.token, "--fixtures",
                    "none",
                ] + settled.standInWords)
        }
        try await buyNumber(setup, services)
        try await change(services)
        try write(setup, services, folder)
        let environment = [
            "TWILIO_ACCOUNT_SID": setup.account, "TWILIO_AUTH_TOKEN": setup.token,
            "TWILIO_PHONE_NUMBER": setup.number,
        ].merging(setup.environment) { $1 }
        let run = try await ProgramRun.finished(
            ["doctor", "--config", "d.yaml"] + words, folder: folder, environment: environment,
            fileBytesMax: setup.fileBytesMax)
        return (run, words.contains("--json") ? try read(run) : nil)
    }

    private func write(_ setup: Setup, _ services: ServiceProcess, _ folder: String) throws {
        var lines = [
            "server": "{host: 127.0.0.1, port: \(setup.port)}",
            "twilio":
                "{publicURL: \"http://127.0.0.1:\(setup.port)\", restURL: \"http://127.0.0.1:\(services.port)\"}",
            "stt": "[{engine: fixed}]", "tts": "[{engine: fixed}]", "llm": "[{engine: fixed}]",
            "store": "{path: \"\(folder)/records/streamd.sqlite\"}",
            "assistants": "[{id: concya}]", "defaultAssistant": "concya",
        ]
        lines.merge(setup.yaml) { $1.replacing("SERVICES", with: "\(services.port)") }
        let yaml = lines.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
        try yaml.write(toFile: folder + "/d.yaml", atomically: true, encoding: .utf8)
    }

    private func buyNumber(_ setup: Setup, _ services: ServiceProcess) async throws {
        let base = "http://127.0.0.1:\(setup.port)"
        var fields = [
            "PhoneNumber": Self.number, "VoiceUrl": base + "/twilio/voice",
            "SmsUrl": base + "/api/voice/sms/incoming", "StatusCallback": base + "/twilio/status",
        ]
        fields.merge(setup.numberFields) { $1 }
        let answer = try await services.twilio("POST", "/IncomingPhoneNumbers.json", fields)
        #expect(answer.status == 201)
    }

    private func read(_ run: ProgramRun) throws -> Report {
        guard
            let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
                as? [String: Any], let isOK = json["ok"] as? Bool,
            let checks = json["checks"] as? [[String: String]]
        else { throw PeerFault(what: "no report: \(run.output) \(run.errors)") }
        #expect(json["failed"] as? Int == checks.filter { $0["verdict"] == "failed" }.count)
        #expect(json["warnings"] as? Int == checks.filter { $0["verdict"] == "warning" }.count)
        // Whoever complains says what to do.
        #expect(checks.allSatisfy { ($0["remedy"]?.isEmpty == true) == ($0["verdict"] == "ok") })
        #expect(isOK == (run.code == 0))
        return Report(code: run.code, isOK: isOK, checks: checks)
    }

    // MARK: - All is well

    @Test func aRightSetUpIsRight() async throws {
        let (run, report) = try await examine({ setup, _ in
            setup.yaml["stt"] = "[{engine: whisper, model: tiny.en}]"
            setup.yaml["tts"] = "[{engine: flite}]"
            setup.yaml["llm"] = "[{engine: scripted}]"
        })
        let found = try #require(report)
        // A loopback address is a trial's.
        #expect(found.complaints == ["public address warning"], "\(run.output)")
        #expect(run.code == 0)
        #expect(found.check("credentials")["detail"]?.contains("AC01…cdef") == true)
        #expect(!run.output.contains(Self.token) && !run.output.contains(Self.account))
        #expect(found.check("number \(Self.number)")["verdict"] == "ok")
        #expect(found.check("public address")["detail"]?.contains("leads here") == true)
        #expect(found.check("stt[0] whisper")["detail"]?.contains("table for four people") == true)
        #expect(found.checks.filter { $0["check"] == "model" }.count == 2)
        #expect(found.check("tts[0] flite")["verdict"] == "ok")
        #expect(found.check("llm[0] scripted")["verdict"] == "ok")
        #expect(found.check("clock")["verdict"] == "ok" && found.check("disk")["verdict"] == "ok")
    }

    @Test func forPeopleItIsALineEach() async throws {
        let (run, _) = try await examine(words: [], { setup, _ in setup.token = "another" })
        #expect(run.code == 78)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count > 8)
        for line in lines {
            let verdict = line.prefix { $0 != " " }
            #expect(["ok", "warning", "failed"].contains(verdict), "\(line)")
            #expect(line.contains("→") == (verdict != "ok"), "\(line)")
        }
        #expect(run.errors.contains("2 of \(lines.count) checks failed"))
    }

    // MARK: - Something is wrong

    /// A set-up that is spoilt, and what is said of it.
    struct Fault: Sendable, CustomStringConvertible {
        var description: String
        var subject: String
        var verdict = "failed"
        var detail: String
        var remedy: String
        var spoil: @Sendable (inout Setup, String) throws -> Void
    }

    static let faults: [Fault] = [
        Fault(
            description: "wrong token", subject: "credentials", detail: "Twilio refuses them",
            remedy: "copy TWILIO_ACCOUNT_SID", spoil: { setup, _ in setup.token = "wrong" }),
        Fault(
            description: "no account", subject: "credentials",
            detail: "TWILIO_ACCOUNT_SID not set", remedy: ".env",
            spoil: { setup, _ in setup.account = "" }),
        Fault(
            description: "no token", subject: "signatures", detail: "TWILIO_AUTH_TOKEN is not set",
            remedy: ".env", spoil: { setup, _ in setup.token = "" }),
        Fault(
            description: "no API there", subject: "credentials", detail: "was not reached",
            remedy: "twilio.restURL",
            spoil: { setup, _ in
                let nobody = try ProgramRun.freePort()
                setup.yaml["twilio"] = "{restURL: \"http://127.0.0.1:\(nobody)\"}"
            }),
        Fault(
            description: "clock an hour behind", subject: "clock", detail: "s behind Twilio's",
            remedy: "timedatectl",
            spoil: { setup, _ in setup.standInWords = ["--twilio-clock", "3600"] }),
        Fault(
            description: "clock some seconds ahead", subject: "clock", verdict: "warning",
            detail: "s ahead of Twilio's", remedy: "timedatectl",
            spoil: { setup, _ in setup.standInWords = ["--twilio-clock", "-30"] }),
        Fault(
            description: "another's number", subject: "number +15559990000",
            detail: "is none of the account's 1", remedy: "buy it",
            spoil: { setup, _ in setup.number = "+15559990000" }),
        Fault(
            description: "calls go elsewhere", subject: "number \(number)",
            detail: "its calls go to https://old.example.com/voice, which is not http://127.0.0.1",
            remedy: "/twilio/voice",
            spoil: { setup, _ in
                setup.numberFields["VoiceUrl"] = "https://old.example.com/voice"
            }),
        Fault(
            description: "calls go to the address of texts", subject: "number \(number)",
            detail: "which is for sms", remedy: "POST http://127.0.0.1",
            spoil: { setup, _ in
                setup.numberFields["VoiceUrl"] = "http://127.0.0.1:\(setup.port)/twilio/sms"
            }),
        Fault(
            description: "calls go where nothing is", subject: "number \(number)",
            detail: "where nothing answers", remedy: "/twilio/voice",
            spoil: { setup, _ in
                setup.numberFields["VoiceUrl"] = "http://127.0.0.1:\(setup.port)/twilio/voices"
            }),
        Fault(
            description: "calls come by GET", subject: "number \(number)", detail: "come by GET",
            remedy: "POST", spoil: { setup, _ in setup.numberFields["VoiceMethod"] = "GET" }),
        Fault(
            description: "calls go to a trunk", subject: "number \(number)", verdict: "warning",
            detail: "TK01", remedy: "/twilio/voice",
            spoil: { setup, _ in setup.numberFields["TrunkSid"] = "TK01" }),
        Fault(
            description: "texts go elsewhere", subject: "number \(number)", verdict: "warning",
            detail: "its texts go to https://demo.example.com/", remedy: "/twilio/sms",
            spoil: { setup, _ in setup.numberFields["SmsUrl"] = "https://demo.example.com/" }),
        Fault(
            description: "the public address is another's", subject: "public address",
            detail: "somebody else answers there", remedy: "proxy or tunnel",
            spoil: { setup, _ in
                setup.yaml["twilio"] =
                    "{publicURL: \"http://127.0.0.1:SERVICES\", restURL: \"http://127.0.0.1:SERVICES\"}"
            }),
        Fault(
            description: "weights are missing", subject: "model", detail: "is missing",
            remedy: "scripts/setup",
            spoil: { setup, folder in
                setup.yaml["models"] = "{directory: \"\(folder)/nowhere\"}"
            }),
        Fault(
            description: "weights are damaged", subject: "model", detail: "is damaged",
            remedy: "delete it and run scripts/setup",
            spoil: { setup, folder in
                setup.yaml["models"] = "{directory: \"\(folder)\"}"
                try Data("cut off in the middle".utf8).write(
                    to: URL(filePath: folder + "/silero_v6_16k.safetensors"))
            }),
        Fault(
            description: "the disk is full", subject: "disk", detail: "can't be written",
            remedy: "free some space", spoil: { setup, _ in setup.fileBytesMax = 600_000 }),
        Fault(
            description: "the database is none", subject: "database", detail: "streamd.sqlite",
            remedy: "backup",
            spoil: { setup, folder in
                try FileManager.default.createDirectory(
                    atPath: folder + "/records", withIntermediateDirectories: true)
                try Data(repeating: 7, count: 8192).write(
                    to: URL(filePath: folder + "/records/streamd.sqlite"))
            }),
        Fault(
            description: "a service's key is missing", subject: "llm[0] openai",
            detail: "OPENAI_API_KEY", remedy: "key",
            spoil: { setup, _ in setup.yaml["llm"] = "[{engine: openai, model: m}]" }),
        Fault(
            description: "an assistant's file is wrong", subject: "assistant concya",
            detail: "bad.csv", remedy: "the file that it names",
            spoil: { setup, folder in
                setup.yaml["assistants"] = "[{id: concya, kind: restaurant, menu: bad.csv}]"
                try "what,is,this\n1,2,3\n".write(
                    toFile: folder + "/bad.csv", atomically: true, encoding: .utf8)
            }),
        Fault(
            description: "the configuration is wrong", subject: "configuration",
            detail: "d.yaml", remedy: "check-config",
            spoil: { setup, _ in setup.yaml["server"] = "{port: many}" }),
        Fault(
            description: "a weak token", subject: "api tokens", verdict: "warning",
            detail: "shorter than 16", remedy: "openssl rand",
            spoil: { setup, _ in setup.environment["STREAMD_API_TOKENS"] = "secret" }),
    ]

    @Test(arguments: faults)
    func aFaultIsNamedWithItsRemedy(fault: Fault) async throws {
        let (run, report) = try await examine({ setup, folder in try fault.spoil(&setup, folder) })
        let found = try #require(report).check(fault.subject)
        #expect(found["verdict"] == fault.verdict, "\(run.output)")
        #expect(found["detail"]?.contains(fault.detail) == true, "\(found)")
        #expect(found["remedy"]?.contains(fault.remedy) == true, "\(found)")
        #expect(run.code == (fault.verdict == "failed" ? 78 : 0), "\(run.output)")
    }

    @Test func aSuspendedAccountIsTold() async throws {
        let (_, report) = try await examine(standIn: { services in
            let answer = try await services.twilio("POST", ".json", ["Status": "suspended"])
            #expect(answer.status == 200)
        })
        #expect(report?.check("credentials")["detail"]?.contains("is suspended") == true)
        #expect(report?.code == 78)
    }

    @Test(arguments: [
        "\"fault\":\"garbage\"", "\"fault\":\"cut\"", "\"fault\":\"status\",\"status\":503",
    ])
    func anAPIWithTroubleIsTold(fault: String) async throws {
        let (_, report) = try await examine(standIn: { services in
            try await services.setFault("twilio", fault)
        })
        #expect(report?.check("credentials")["verdict"] == "failed")
        #expect(report?.check("numbers")["verdict"] == "failed")
        #expect(report?.check("stt[0] fixed")["verdict"] == "ok")
    }

    /// Twilio lists a thousand at once.
    @Test func aNumberBehindAThousandOthersIsFound() async throws {
        let last = "+15557001000"
        let (_, report) = try await examine(
            { setup, _ in setup.number = last },
            standIn: { services in
                for index in 0...1000 {
                    let number = "+15557" + String(String(1_000_000 + index).dropFirst())
                    _ = try await services.twilio(
                        "POST", "/IncomingPhoneNumbers.json", ["PhoneNumber": number])
                }
            })
        #expect(
            report?.check("number \(last)")["detail"]
                == "its calls go nowhere; its texts go nowhere")
    }

    @Test func aTakenPortIsTold() async throws {
        let held = try HeldPort()
        let port = held.port
        let (_, report) = try await examine({ setup, _ in setup.port = port })
        let found = report?.check("port")
        #expect(found?["detail"]?.contains("\(port) is taken by another program") == true)
        #expect(found?["remedy"]?.contains("ss -ltnp") == true && report?.code == 78)
        withExtendedLifetime(held) {}
    }

    @Test func aRunningDaemonIsNoFault() async throws {
        let daemon = try await TestDaemon.start()
        let port = daemon.port
        let (run, report) = try await examine({ setup, _ in setup.port = port })
        #expect(
            report?.check("port")["detail"] == "\(port) is held by streamd, which is running",
            "\(run.output)")
        #expect(report?.check("public address")["verdict"] == "warning")
        #expect(report?.code == 0)
        try await daemon.stop()
    }
}

extension ServiceProcess {
    /// A request to the stand-in for Twilio's REST API.
    /// - Parameter path: behind the account's name.
    func twilio(
        _ method: String, _ path: String, _ fields: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let port = port
        let account = DoctorTests.account
        let key = Data("\(account):\(DoctorTests.token)".utf8).base64EncodedString()
        let body = fields.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(value.replacing("%", with: "%25").replacing("+", with: "%2B"))"
        }.joined(separator: "&")
        return try await blocking {
            let peer = try RawPeer(port: port)
            var head = "\(method) /2010-04-01/Accounts/\(account)\(path) HTTP/1.1\r\n"
            head += "Host: 127.0.0.1\r\nAuthorization: Basic \(key)\r\nConnection: close\r\n"
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
            peer.send(head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
            return peer.answer()
        }
    }
}

/// What the doctor says of engines that do not work, asked one by one.
extension DoctorTests {
    @Test func deadEnginesAreFoundEvenBehindLiveOnes() async throws {
        let dead = "http://127.0.0.1:\(try ProgramRun.freePort())"
        let (run, found) = try await examine({ setup, _ in
            setup.yaml["stt"] =
                "[{engine: fixed}, {engine: openai, model: m, baseURL: \"\(dead)\"}]"
            setup.yaml["tts"] = "[{engine: piper, baseURL: \"\(dead)\"}, {engine: fixed}]"
            setup.yaml["llm"] =
                "[{engine: scripted}, {engine: ollama, model: m, baseURL: \"\(dead)\"}]"
        })
        let report = try #require(found)
        #expect(run.code == 78)
        for subject in ["stt[1] openai", "tts[0] piper", "llm[1] ollama"] {
            #expect(report.check(subject)["verdict"] == "failed", "\(subject): \(report.checks)")
        }
        for subject in ["stt[0] fixed", "tts[1] fixed", "llm[0] scripted"] {
            #expect(report.check(subject)["verdict"] == "ok", "\(subject): \(report.checks)")
        }
    }

    /// A key that is missing concerns its entry, and not those beside it.
    @Test func anEntryThatCannotBeMadeIsToldByItself() async throws {
        let (run, found) = try await examine({ setup, _ in
            setup.yaml["stt"] =
                "[{engine: openai, model: m}, {engine: whisper, model: tiny.en}]"
            setup.yaml["tts"] = "[{engine: openai, model: m, voice: v}, {engine: flite}]"
            setup.yaml["llm"] = "[{engine: openai, model: m}, {engine: scripted}]"
        })
        let report = try #require(found)
        #expect(run.code == 78)
        for stage in ["stt", "tts", "llm"] {
            let check = report.check("\(stage)[0] openai")
            #expect(check["verdict"] == "failed", "\(report.checks)")
            #expect(check["detail"]?.contains("OPENAI_API_KEY is not set") == true, "\(check)")
        }
        #expect(report.check("stt[1] whisper")["detail"]?.contains("table for four") == true)
        for subject in ["stt[1] whisper", "tts[1] flite", "llm[1] scripted"] {
            #expect(report.check(subject)["verdict"] == "ok", "\(subject): \(report.checks)")
        }
        let entries = report.checks.filter { $0["check"]?.contains("[") == true }
        #expect(entries.count == 6)
    }

    @Test func recognisersAreNotAskedWhereNothingCouldSpeak() async throws {
        let (run, found) = try await examine({ setup, _ in
            setup.yaml["stt"] =
                "[{engine: whisper, model: tiny.en}, {engine: openai, model: m}]"
            setup.yaml["tts"] = "[{engine: openai, model: m, voice: v}]"
        })
        let report = try #require(found)
        #expect(run.code == 78)
        let whisper = report.check("stt[0] whisper")
        #expect(whisper["verdict"] == "warning", "\(report.checks)")
        #expect(whisper["detail"] == "not asked: nothing could speak")
        #expect(report.check("stt[1] openai")["detail"]?.contains("OPENAI_API_KEY") == true)
    }
}
