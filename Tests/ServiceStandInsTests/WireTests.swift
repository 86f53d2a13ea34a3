import CallSimulator
import DSP
import Net
import ServiceStandIns
import Testing
import Wire

@Suite struct WireTests {
    private func clip(_ file: String) throws -> [Float] {
        let library = try #require(Fixtures.library)
        return try Fixtures.samples(try #require(library.clips.first { $0.file == file }))
    }

    @Test func transcriptionAnswersInThreeForms() async throws {
        let fixture = try StandInFixture()
        let file = wave(try clip("speech/for-four-people.rms.wav"), rate: 8_000)
        let path = "/v1/audio/transcriptions"
        let plain = try await fixture.send("POST", path, form: form(file))
        #expect(plain.status == 200)
        #expect(plain.json == .object([.init("text", .string("for four people"))]))
        let fields = [("model", "whisper-1"), ("language", "en"), ("prompt", "tables")]
        let text = try await fixture.send(
            "POST", path, form: form(file, fields: fields + [("response_format", "text")]))
        #expect(text.text == "for four people\n")
        let verbose = try await fixture.send(
            "POST", path, form: form(file, fields: fields + [("response_format", "verbose_json")]))
        #expect(verbose.json?["language"]?.stringValue == "en")
        #expect(verbose.json?["segments"]?[0]?["text"]?.stringValue == "for four people")
        let counts = try await fixture.settledCounts(.stt)
        #expect(counts.requests == 3)
        #expect(counts.active == 0)
        #expect(counts.cancelled == 0)
    }

    @Test func unknownAudioGetsTheSetTranscriptAndNonsenseAnError() async throws {
        let fixture = try StandInFixture { $0.transcript = "something else" }
        let path = "/v1/audio/transcriptions"
        let loud = wave(Fixtures.noise(16_000, level: -20, seed: 2), rate: 16_000)
        #expect(
            try await fixture.send("POST", path, form: form(loud)).json?["text"]?.stringValue
                == "something else")
        let noise = try await fixture.send("POST", path, form: form(Array("no wave".utf8)))
        #expect(noise.status == 400)
        #expect(noise.json?["error"]?["type"]?.stringValue == "invalid_request_error")
        #expect(try await fixture.send("POST", path, json: "{}").status == 400)
        let nameless = form(loud, fields: [])
        #expect(try await fixture.send("POST", path, form: nameless).status == 400)
    }

    @Test(arguments: [
        ("gpt-5-mini", #""max_tokens":300"#, "max_tokens", "unsupported_parameter"),
        ("o3", #""max_completion_tokens":9,"temperature":0.2"#, "temperature", "unsupported_value"),
        ("gpt-5", #""max_completion_tokens":300,"temperature":1"#, nil, nil),
        ("gpt-4o", #""max_tokens":300,"temperature":0.2"#, nil, nil),
    ])
    func newerModelsRefuseWhatTheRealOnesDo(
        model: String, members: String, parameter: String?, code: String?
    ) async throws {
        let fixture = try StandInFixture()
        let answer = try await fixture.send(
            "POST", "/v1/chat/completions",
            json: #"{"model":"\#(model)",\#(members),"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(answer.status == (parameter == nil ? 200 : 400))
        let error = answer.json?["error"]
        #expect(error?["param"]?.stringValue == parameter)
        #expect(error?["code"]?.stringValue == code)
        #expect(error?["type"]?.stringValue == (code == nil ? nil : "invalid_request_error"))
    }

    @Test func chatStreamsTokenByToken() async throws {
        let fixture = try StandInFixture { $0.reply = "Good evening, how can I help you?" }
        let answer = try await fixture.send(
            "POST", "/v1/chat/completions",
            json: #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"#
                + #""messages":[{"role":"user","content":"hello"}]}"#)
        #expect(answer.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        let events = try #require(answer.events)
        #expect(events.last == "[DONE]")
        let chunks = try events.dropLast().map { try JSONValue(parsing: Array($0.utf8).span) }
        #expect(chunks.allSatisfy { $0["object"]?.stringValue == "chat.completion.chunk" })
        #expect(Set(chunks.compactMap { $0["id"]?.stringValue }).count == 1)
        let deltas = chunks.compactMap { $0["choices"]?[0]?["delta"] }
        #expect(deltas.first?["role"]?.stringValue == "assistant")
        let words = deltas.compactMap { $0["content"]?.stringValue }
        #expect(words.count > 7)
        #expect(words.joined() == "Good evening, how can I help you?")
        let finishes = chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue }
        #expect(finishes == ["stop"])
        #expect(chunks.last?["choices"] == .array([]))
        #expect(chunks.last?["usage"]?["total_tokens"]?.intValue ?? 0 > 8)
    }

    @Test func chatAnswersWhole() async throws {
        let fixture = try StandInFixture { $0.reply = "Yes." }
        let answer = try await fixture.send(
            "POST", "/v1/chat/completions",
            json:
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#
        )
        let message = answer.json?["choices"]?[0]?["message"]
        #expect(message?["content"]?.stringValue == "Yes.")
        #expect(message?["role"]?.stringValue == "assistant")
        #expect(try await fixture.send("POST", "/v1/chat/completions", json: "{").status == 400)
        #expect(
            try await fixture.send("POST", "/v1/chat/completions", json: #"{"model":"m"}"#).status
                == 400)
    }

    @Test func speechIsSpeechAt24kHz() async throws {
        let fixture = try StandInFixture()
        func spoken(_ format: String, _ text: String = "A table for four.") async throws
            -> HTTPClientResponse
        {
            try await fixture.send(
                "POST", "/v1/audio/speech",
                json:
                    #"{"model":"tts-1","voice":"onyx","input":"\#(text)","response_format":"\#(format)"}"#
            )
        }
        let pcm = try await spoken("pcm")
        let seconds = Double(pcm.body.count) / 48_000
        #expect((0.8...2.5).contains(seconds))
        let wav = try await spoken("wav")
        #expect(Array(wav.body.dropFirst(44)) == pcm.body)
        let audio = try #require(WaveAudio(wav.body[...]))
        #expect(audio.sampleRate == 24_000)
        #expect(audio.samples.count == pcm.body.count / 2)
        #expect(audio.samples.contains { abs($0) > 0.1 })
        #expect(try await spoken("opus").body.starts(with: "OggS".utf8))
        #expect(try await spoken("mp3").headers["content-type"] == "audio/mpeg")
        #expect(try await spoken("flac").status == 400)
        #expect(try await spoken("pcm", "").status == 400)
    }

    @Test func whatItSpeaksOfAFixturesTextIsUnderstood() async throws {
        // The fixtures' voice and flite's are the same: played and posted again, the words come back.
        let fixture = try StandInFixture()
        let speech = try await fixture.send(
            "POST", "/v1/audio/speech",
            json:
                #"{"model":"m","voice":"rms","input":"I'd like to book a table","response_format":"wav"}"#
        )
        let heard = try await fixture.send(
            "POST", "/v1/audio/transcriptions", form: form(speech.body))
        #expect(heard.json?["text"]?.stringValue == "I'd like to book a table")
    }

    @Test func faultsAreSetAtRunTimeAndCounted() async throws {
        let fixture = try StandInFixture()
        let order = #"{"service":"llm","fault":"status","status":429,"count":1}"#
        #expect(try await fixture.send("POST", "/faults", json: order).status == 204)
        let chat = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]}"#
        let path = "/v1/chat/completions"
        #expect(try await fixture.send("POST", path, json: chat).status == 429)
        #expect(try await fixture.send("POST", path, json: chat).status == 200)
        fixture.services.faults.set(.cut, for: .llm, count: 1)
        await #expect(throws: NetError.self) { try await fixture.send("POST", path, json: chat) }
        fixture.services.faults.set(.hang, for: .llm, count: 1)
        await #expect(throws: NetError.self) {
            try await fixture.send("POST", path, json: chat, timeoutMs: 150)
        }
        let stats = try await fixture.send("GET", "/stats")
        #expect(stats.json?["llm"]?["requests"]?.intValue == 4)
        #expect(stats.json?["llm"]?["faults"]?.intValue == 3)
        #expect(try await fixture.send("POST", "/faults", json: #"{"fault":"?"}"#).status == 400)
    }

    @Test func clientsThatGoAwayAreCounted() async throws {
        let fixture = try StandInFixture { $0.chatFirst = .constant(ms: 60_000) }
        await #expect(throws: NetError.self) {
            try await fixture.send(
                "POST", "/v1/chat/completions",
                json: #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#,
                timeoutMs: 100)
        }
        let counts = try await fixture.settledCounts(.llm)
        #expect(counts.cancelled == 1)
        #expect(counts.active == 0)
        #expect(counts.activeMax == 1)
    }

    @Test func theRestIsThere() async throws {
        let fixture = try StandInFixture()
        #expect(try await fixture.send("GET", "/healthz").text == "ok\n")
        let models = try await fixture.send("GET", "/v1/models")
        #expect(models.json?["data"]?[0]?["object"]?.stringValue == "model")
        #expect(try await fixture.send("GET", "/v1/else").status == 404)
        #expect(try await fixture.send("DELETE", "/stats").status == 204)
    }
}
