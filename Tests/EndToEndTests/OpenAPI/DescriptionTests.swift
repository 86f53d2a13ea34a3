import Configuration
import Foundation
import Testing
import Twilio

/// `/openapi.json` held against the daemon that serves it.
@Suite struct DescriptionTests {
    static let apiToken = "0123456789-a-token-of-an-operator"
    static let account = "AC0123456789abcdef"

    /// The description as it is served.
    struct Description {
        var document: [String: Any]
        var paths: [String: [String: [String: Any]]]

        init(_ house: GatherHouse) async throws {
            let answer = try await house.daemon.get("/openapi.json")
            guard answer.status == 200, answer.head.contains("application/json"),
                let document = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
                    as? [String: Any],
                let paths = document["paths"] as? [String: [String: [String: Any]]]
            else { throw PeerFault(what: "no description: \(answer.status)") }
            self.document = document
            self.paths = paths
        }

        func responses(_ method: String, _ path: String) -> [String: [String: Any]] {
            paths[path]?[method]?["responses"] as? [String: [String: Any]] ?? [:]
        }

        /// `get /health 200`, of all that is described.
        var all: Set<String> {
            var all: Set<String> = []
            for (path, methods) in paths {
                for method in methods.keys {
                    for status in responses(method, path).keys {
                        all.insert("\(method) \(path) \(status)")
                    }
                }
            }
            return all
        }

        /// What is wrong with an answer; empty where it is as described.
        func complaints(_ answer: HTTPAnswer, _ method: String, _ path: String) -> [String] {
            let responses = responses(method, path)
            guard let response = responses["\(answer.status)"] ?? responses["default"] else {
                return ["\(method) \(path): \(answer.status) is not described: \(answer.body)"]
            }
            let place = "\(method) \(path) \(answer.status)"
            guard let content = response["content"] as? [String: [String: Any]] else {
                return answer.body.isEmpty ? [] : ["\(place): has a body: \(answer.body)"]
            }
            let line =
                answer.head.split(separator: "\r\n")
                .first { $0.lowercased().hasPrefix("content-type:") } ?? ""
            guard let (type, media) = content.first(where: { line.contains($0.key) }),
                let schema = media["schema"] as? [String: Any]
            else { return ["\(place): '\(line)' is not described"] }
            if type == "text/xml" { return (try? TwiMLDocument(answer.body)) == nil ? [place] : [] }
            guard type == "application/json" else { return answer.body.isEmpty ? [place] : [] }
            guard
                let json = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))
            else { return ["\(place): no JSON"] }
            return SchemaCheck(document: document).complaints(json, schema, at: place)
        }
    }

    private func house(_ tokens: String = apiToken) async throws -> GatherHouse {
        try await GatherHouse.start(environment: [
            "TWILIO_ACCOUNT_SID": Self.account, "STREAMD_API_TOKENS": "another-token, \(tokens)",
        ]) {
            $0.limits.webhooksPerSecond = 1000
            $0.twilio.restURL = "http://127.0.0.1:9"
        }
    }

    // MARK: - The document itself

    /// What the configuration may not take for a route, and what the daemon answers itself, are one.
    @Test func noRouteCanTakeThePlaceOfAPage() async throws {
        let house = try await house()
        let description = try await Description(house)
        let routes = Configuration().routes
        let pages = description.paths.filter { $0.value["get"] != nil && routes[$0.key] == nil }
        #expect(pages.count > 8)
        for path in pages.keys {
            #expect(ReservedPaths.hold(path.replacing("{call_sid}", with: "CA1")), "\(path)")
        }
        #expect(!routes.keys.contains { ReservedPaths.hold($0) })
        try await house.stop()
    }

    @Test func everyRouteOfTheServerIsDescribed() async throws {
        let house = try await house()
        let description = try await Description(house)
        var expected: Set<String> = [
            "/twilio/stream", "/twilio/health", "/health", "/metrics", "/healthz", "/readyz",
            "/openapi.json", "/api/phone/active-calls", "/api/phone/call-status/{call_sid}",
        ]
        expected.formUnion(RouteBlock.shipped.keys)
        #expect(Set(description.paths.keys) == expected)
        // What is not described is not answered: neither other paths nor other methods.
        for path in ["/", "/api", "/api/phone", "/openapi", "/twilio", "/api/phone/call-status/"] {
            #expect(try await house.daemon.get(path).status == 404, "\(path)")
        }
        for (path, methods) in description.paths {
            let concrete = path.replacing("{call_sid}", with: "CA1")
            for method in ["get", "post", "put", "delete", "patch"] where methods[method] == nil {
                let answer = try await house.daemon.http(method.uppercased(), concrete)
                #expect(answer.status == 405, "\(method) \(path)")
            }
        }
        try await house.stop()
    }

    @Test func namesAreUniqueAndReferencesLead() async throws {
        let house = try await house()
        let description = try await Description(house)
        #expect(description.document["openapi"] as? String == "3.1.0")
        let operations = description.paths.values.flatMap(\.values)
        let names = operations.compactMap { $0["operationId"] as? String }
        #expect(names.count == operations.count && Set(names).count == names.count)
        let check = SchemaCheck(document: description.document)
        func references(_ node: Any) -> [String] {
            if let list = node as? [Any] { return list.flatMap(references) }
            guard let object = node as? [String: Any] else { return [] }
            return object.flatMap { key, value in
                key == "$ref" ? [value as? String ?? ""] : references(value)
            }
        }
        let all = references(description.document)
        #expect(!all.isEmpty && all.allSatisfy { check.resolve($0) != nil })
        let schemes = check.resolve("#/components/securitySchemes")
        for operation in operations {
            let asked = (operation["security"] as? [[String: Any]] ?? []).flatMap(\.keys)
            #expect(asked.allSatisfy { schemes?[$0] != nil })
        }
        try await house.stop()
    }

    // MARK: - The server

    /// Asks for every answer that is described, but the rare ones under `default`.
    @Test func theServerAnswersAsDescribed() async throws {
        let house = try await house()
        let description = try await Description(house)
        var seen: Set<String> = []
        func check(_ answer: HTTPAnswer, _ method: String, _ path: String) {
            let complaints = description.complaints(answer, method, path)
            #expect(complaints == [])
            seen.insert("\(method) \(path) \(answer.status)")
        }
        for path in [
            "/twilio/health", "/health", "/metrics", "/healthz", "/readyz", "/openapi.json",
        ] {
            check(try await house.daemon.get(path), "get", path)
        }
        for (path, route) in RouteBlock.shipped {
            for answer in try await askWebhook(path, route, house) { check(answer, "post", path) }
            if route.webhook == .status {
                check(try await house.daemon.get(path), "get", path)
            }
        }
        for (path, answer) in try await askCallPages(house) { check(answer, "get", path) }
        for answer in try await askStream(house) { check(answer, "get", "/twilio/stream") }
        // Draining comes last: nobody is let in any more.
        house.daemon.daemon.drain()
        check(try await house.daemon.get("/readyz"), "get", "/readyz")
        check(try await house.daemon.get("/health"), "get", "/health")
        let elsewhere = Self.provokedElsewhere(description.all)
        let unseen = description.all.subtracting(seen).filter {
            !$0.hasSuffix(" default") && !elsewhere.contains($0)
        }
        #expect(unseen.isEmpty, "described, but never answered")
        try await house.stop()
    }

    /// 429 needs a crowd: `tooManyAtOnceAreDescribed`.
    private static func provokedElsewhere(_ all: Set<String>) -> Set<String> {
        all.filter { $0.hasSuffix(" 429") }
    }

    private func askWebhook(
        _ path: String, _ route: RouteBlock, _ house: GatherHouse
    ) async throws -> [HTTPAnswer] {
        let sid = TwilioSide.newSid(route.webhook == .sms ? "SM" : "CA")
        var fields: [(name: String, value: String)] = [
            ("From", "+15550001111"), ("To", GatherHouse.bella),
        ]
        switch route.webhook {
        case .sms: fields += [("MessageSid", sid), ("Body", "What pizzas do you have?")]
        case .status: fields += [("CallSid", sid), ("CallStatus", "completed")]
        case .speech: fields += [("CallSid", sid), ("SpeechResult", "A pizza")]
        case .voice, .after: fields += [("CallSid", sid)]
        }
        let form = "Content-Type: application/x-www-form-urlencoded"
        return [
            try await house.side.post(path, fields), try await house.daemon.form(path, fields),
            try await house.daemon.http(
                "POST", path, headers: ["Content-Type: text/plain"], body: "hello"),
            try await house.daemon.http(
                "POST", path, headers: [form], body: String(repeating: "a&", count: 1001)),
            try await house.side.post(path, []),
        ]
    }

    private func askCallPages(_ house: GatherHouse) async throws -> [(String, HTTPAnswer)] {
        let (list, one) = ("/api/phone/active-calls", "/api/phone/call-status/{call_sid}")
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        _ = try await call.say("What vegetarian pizzas do you have?")
        let gone = house.call(GatherHouse.bella)
        try await gone.begin()
        _ = try await house.side.post(
            "/twilio/status",
            gone.callFields.filter { $0.name != "CallStatus" }
                + [("CallStatus", "completed"), ("CallDuration", "12")])
        var answers: [(String, HTTPAnswer)] = []
        for sid in [call.callSid, gone.callSid, "CAunknown", "CA%27%3B", "CA1?x=1"] {
            let path = "/api/phone/call-status/\(sid)"
            answers.append((one, try await house.ask(path, Self.apiToken)))
        }
        answers.append((list, try await house.ask(list, Self.apiToken)))
        for path in [list, one] {
            for token in [nil, "a wrong token"] {
                answers.append((path, try await house.ask(path, token)))
            }
        }
        return answers
    }

    private func askStream(_ house: GatherHouse) async throws -> [HTTPAnswer] {
        let port = house.daemon.port
        func signed(_ url: String) -> String {
            let signature = TwilioSignature.sign(url: url, authToken: TwilioSide.token)
            return "\(TwilioSignature.headerName): \(signature)"
        }
        let right = signed("wss://voice.example.com/twilio/stream")
        let statuses = try await blocking {
            [
                try RawPeer(port: port).upgrade(headers: [right]),
                try RawPeer(port: port).upgrade(),
            ]
        }
        let plain = try await house.daemon.http("GET", "/twilio/stream", headers: [right])
        #expect(statuses == [101, 403] && plain.status == 426)
        return [
            HTTPAnswer(status: 101),
            try await house.daemon.get("/twilio/stream"), plain,
        ]
    }

    @Test func tooManyAtOnceAreDescribed() async throws {
        let house = try await GatherHouse.start { $0.limits.webhooksPerSecond = 1 }
        let description = try await Description(house)
        var statuses: Set<Int> = []
        for _ in 0..<3 {
            let call = house.call(GatherHouse.bella, route: "/twilio/voice")
            let answer = try await house.side.post("/twilio/voice", call.callFields)
            #expect(description.complaints(answer, "post", "/twilio/voice") == [])
            statuses.insert(answer.status)
        }
        #expect(statuses.contains(429))
        try await house.stop()
    }
}

extension GatherHouse {
    /// A page of calls, asked for with a token or without.
    func ask(_ path: String, _ token: String?) async throws -> HTTPAnswer {
        let headers = token.map { ["Authorization: Bearer \($0)"] } ?? []
        return try await daemon.http("GET", path, headers: headers)
    }
}
