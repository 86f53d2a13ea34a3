import Engines
import Pipelines
import Testing

@Suite struct DeepgramFluxTests {
    private func turn(
        _ event: String, _ index: Int, _ text: String, through end: Double, words: String = "[]"
    ) -> String {
        """
        {"type":"TurnInfo","event":"\(event)","turn_index":\(index),"audio_window_start":0,
        "audio_window_end":\(end),"transcript":"\(text)","words":\(words),
        "end_of_turn_confidence":0.5}
        """
    }

    @Test func wordsAreThereOnceTheSoundWasHeard() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 0)
        _ = try wire.receive(
            #"{"type":"Connected"}"#, turn("StartOfTurn", 0, "a", through: 0.5),
            turn("Update", 0, "a table", through: 0.75))
        #expect(wire.wordsWanted(through: 9000, soundEnd: 8000) == [])
        #expect(wire.words == nil)
        _ = try wire.receive(turn("Update", 0, "a table for for", through: 1.1))
        #expect(wire.words == nil, "the last ones may change")
        _ = try wire.receive(turn("Update", 0, "a table for four", through: 1.25))
        #expect(wire.words?.text == "a table for four")
    }

    @Test func anEndSettlesTheWordsAtOnce() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 9000, soundEnd: 8000)
        _ = try wire.receive(turn("EagerEndOfTurn", 0, "yes", through: 1))
        #expect(wire.words?.text == "yes")
    }

    @Test func endsAreTold() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 0)
        let hints = try wire.receive(
            turn("Update", 0, "yes", through: 0.5), turn("EagerEndOfTurn", 0, "yes", through: 0.8),
            turn("TurnResumed", 0, "yes", through: 1),
            turn("EndOfTurn", 0, "yes please", through: 2))
        #expect(hints == [.likely, .resumed, .ended])
        let more = try wire.receive(
            turn("StartOfTurn", 1, "", through: 2.2), turn("Update", 1, "and", through: 2.4),
            turn("EndOfTurn", 1, "", through: 2.6))
        #expect(more == [.resumed], "a new turn is the caller who goes on")
    }

    @Test func severalTurnsMakeOneUtterance() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 0)
        _ = try wire.receive(
            turn("EndOfTurn", 0, "well", through: 1), turn("Update", 1, "", through: 1.2),
            turn("Update", 1, "a table", through: 2.2))
        _ = wire.wordsWanted(through: 16_000, soundEnd: 16_000)
        #expect(wire.words?.text == "well a table")
    }

    /// The service's turn goes on where our utterance had ended.
    @Test func wordsOfTheUtteranceBeforeAreLeftOut() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 0)
        _ = try wire.receive(turn("Update", 0, "okay right", through: 1))
        _ = wire.utteranceBegan(at: 8000)
        #expect(try wire.receive(turn("EagerEndOfTurn", 0, "okay right", through: 1.02)) == [])
        _ = try wire.receive(turn("Update", 0, "okay right a table", through: 2.1))
        _ = wire.wordsWanted(through: 16_000, soundEnd: 15_000)
        #expect(wire.words?.text == "a table")
    }

    @Test func wordsWithTimesAreToldApartByThem() throws {
        var wire = DeepgramFlux()
        _ = wire.utteranceBegan(at: 8000)
        _ = wire.wordsWanted(through: 16_000, soundEnd: 15_000)
        let words = """
            [{"word":"okay","confidence":1,"start":0.2,"end":0.5},
            {"word":"table","confidence":0.5,"start":1.2,"end":1.5}]
            """
        _ = try wire.receive(turn("EagerEndOfTurn", 0, "okay table", through: 2, words: words))
        #expect(wire.words == Transcript(text: "table", confidence: 0.75))
    }

    @Test(arguments: [
        #"{"type":"Error","code":"X","description":"no credit"}"#, #"{"type":"TurnInfo"}"#, "null",
    ])
    func troubleIsAFault(_ text: String) throws {
        var wire = DeepgramFlux()
        let message = try message(text)
        #expect(throws: WireFault.self) { try wire.received(message) }
    }
}
