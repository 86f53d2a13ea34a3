import Engines
import Pipelines
import Testing

@Suite struct DeepgramListenTests {
    private static let finalize = WireMessage.text(#"{"type":"Finalize"}"#)

    private func result(
        _ text: String, from start: Double, through end: Double, isFinal: Bool = true,
        fromFinalize: Bool = false, words: String = "[]"
    ) -> String {
        """
        {"type":"Results","start":\(start),"duration":\(end - start),"is_final":\(isFinal),
        "speech_final":false,"from_finalize":\(fromFinalize),"channel":{"alternatives":[
        {"transcript":"\(text)","confidence":0.5,"words":\(words)}]}}
        """
    }

    @Test func wordsAreThereOnceTheyAreFinal() throws {
        var wire = DeepgramListen()
        #expect(wire.utteranceBegan(at: 0) == [])
        _ = try wire.receive(result("a table", from: 0, through: 1, isFinal: false))
        #expect(wire.words == nil, "nobody has asked")
        #expect(wire.wordsWanted(through: 16_000, soundEnd: 14_000) == [Self.finalize])
        _ = try wire.receive(result("a table", from: 0, through: 1))
        #expect(wire.words == nil, "only half of it is final")
        _ = try wire.receive(result("for four", from: 1, through: 2, fromFinalize: true))
        #expect(wire.words == Transcript(text: "a table for four", confidence: 0.5))
    }

    @Test func whatTheServiceHasEndedByItselfNeedsNoFinalize() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        _ = try wire.receive(result("yes", from: 0, through: 0.9))
        #expect(wire.wordsWanted(through: 8000, soundEnd: 7000) == [])
        #expect(wire.words?.text == "yes")
        // The caller goes on: what comes is added.
        #expect(wire.wordsWanted(through: 16_000, soundEnd: 15_000) == [Self.finalize])
        _ = try wire.receive(result("please", from: 0.9, through: 1.95, fromFinalize: true))
        #expect(wire.words?.text == "yes please")
    }

    @Test func aFinalizeCoversAllThatWasSentBeforeIt() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 16_000, soundEnd: 16_000)
        _ = try wire.receive(result("yes", from: 0, through: 1.93, fromFinalize: true))
        #expect(wire.words?.text == "yes")
    }

    /// Wherever an answer says that it ends, it is one to what was asked.
    @Test func anAnswerThatFallsShortIsOneAllTheSame() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 16_000, soundEnd: 15_000)
        _ = try wire.receive(result("yes", from: 0, through: 1.2, fromFinalize: true))
        #expect(wire.words?.text == "yes")
    }

    /// The service does not answer where there is next to nothing to be made final.
    @Test func anUnansweredFinalizeIsPassedOver() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        _ = try wire.receive(result("yes", from: 0, through: 1))
        #expect(wire.wordsWanted(through: 9000, soundEnd: 8500) == [Self.finalize])
        #expect(wire.words == nil)
        _ = try wire.receive(result("", from: 1, through: 1.1, isFinal: false))
        #expect(wire.words == nil, "it may still be under way")
        _ = try wire.receive(result("please", from: 1, through: 2, isFinal: false))
        #expect(wire.words == nil, "there are words that are not final")
        _ = try wire.receive(result("", from: 1, through: 2, isFinal: false))
        #expect(wire.words?.text == "yes")
    }

    @Test func noiseHasNoWords() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 8000, soundEnd: 8000)
        _ = try wire.receive(result("", from: 0, through: 1, fromFinalize: true))
        #expect(wire.words?.text == "")
    }

    @Test func wordsOfTheUtteranceBeforeAreLeftOut() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 0)
        #expect(wire.utteranceBegan(at: 8000) == [Self.finalize], "it would run into the next")
        _ = wire.wordsWanted(through: 16_000, soundEnd: 15_000)
        _ = try wire.receive(result("okay", from: 0, through: 1, fromFinalize: true))
        #expect(wire.words == nil)
        _ = try wire.receive(result("a table", from: 1, through: 2, fromFinalize: true))
        #expect(wire.words?.text == "a table")
    }

    @Test func aResultOverTheBoundaryIsCutByItsWords() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 8000)
        _ = wire.wordsWanted(through: 16_000, soundEnd: 15_000)
        _ = try wire.receive(
            result(
                "Okay. A table", from: 0.2, through: 2,
                words: """
                    [{"word":"okay","punctuated_word":"Okay.","start":0.3,"end":0.6},
                    {"word":"a","punctuated_word":"A","start":1.1,"end":1.2},
                    {"word":"table","start":1.3,"end":1.6}]
                    """))
        #expect(wire.words?.text == "A table")
    }

    @Test func aLongSilenceIsAnEnd() throws {
        var wire = DeepgramListen()
        _ = wire.utteranceBegan(at: 8000)
        let end = #"{"type":"UtteranceEnd","channel":[0,1],"last_word_end":"#
        #expect(try wire.receive(end + "0.9}") == [])
        #expect(try wire.receive(end + "1.9}") == [.ended])
        #expect(try wire.receive(result("", from: 2, through: 3, isFinal: false)) == [])
        #expect(try wire.receive(result("and", from: 2, through: 3, isFinal: false)) == [.resumed])
        #expect(try wire.receive(result("and", from: 2, through: 4, isFinal: false)) == [])
        #expect(try wire.receive(#"{"type":"Metadata","duration":2}"#) == [])
    }

    @Test(arguments: [
        #"{"type":"Error","description":"no credit"}"#, #"{"type":"Results"}"#, "[1]", "7",
        #"{"type":"Results","start":0,"duration":1,"channel":{"alternatives":[]}}"#,
    ])
    func troubleIsAFault(_ text: String) throws {
        var wire = DeepgramListen()
        let message = try message(text)
        #expect(throws: WireFault.self) { try wire.received(message) }
    }

    /// Nothing that a service says is too far away.
    @Test(arguments: ["1e300", "-1e300", "9223372036854775807"])
    func nonsensePlacesAreGotOver(_ seconds: String) throws {
        var (nova, flux) = (DeepgramListen(), DeepgramFlux())
        _ = nova.utteranceBegan(at: 0)
        _ = flux.utteranceBegan(at: 0)
        _ = try nova.receive(
            """
            {"type":"Results","start":\(seconds),"duration":\(seconds),"is_final":true,
            "channel":{"alternatives":[{"transcript":"yes","words":[]}]}}
            """, #"{"type":"UtteranceEnd","last_word_end":\#(seconds)}"#)
        _ = try flux.receive(
            """
            {"type":"TurnInfo","event":"Update","turn_index":0,"transcript":"yes",
            "audio_window_end":\(seconds),"words":[{"word":"yes","start":\(seconds)}]}
            """)
    }

    @Test func theAddressSaysWhatIsWanted() {
        var options = DeepgramOptions(service: service("https://h/v1"), model: "nova-3")
        options.keyTerms = ["Fish & chips"]
        options.language = "en"
        #expect(
            options.url
                == "https://h/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000&channels=1"
                + "&punctuate=true&interim_results=true&utterance_end_ms=1000&language=en"
                + "&keyterm=Fish%20%26%20chips")
        options.model = "flux-general-multi"
        #expect(options.url.contains("&eager_eot_threshold=0.5&language_hint=en&keyterm="))
        options.model = "flux-general-en"
        options.isLinear16k = true
        #expect(
            options.url
                == "https://h/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000"
                + "&eager_eot_threshold=0.5&keyterm=Fish%20%26%20chips")
    }
}
