import Engines
import Pipelines
import Testing

@Suite struct OpenAIRealtimeTests {
    private static let commit = WireMessage.text(#"{"type":"input_audio_buffer.commit"}"#)
    private static let clear = WireMessage.text(#"{"type":"input_audio_buffer.clear"}"#)

    private func wire() -> OpenAIRealtimeWire {
        var options = OpenAIRealtimeOptions(
            service: service("https://h/v1"), model: "gpt-4o-mini-transcribe")
        options.language = "en"
        return OpenAIRealtimeWire(options)
    }

    private func committed(_ id: String) -> String {
        #"{"type":"input_audio_buffer.committed","item_id":"\#(id)"}"#
    }

    private func completed(_ id: String, _ text: String) -> String {
        #"{"type":"conversation.item.input_audio_transcription.completed","item_id":"\#(id)","#
            + #""content_index":0,"transcript":"\#(text)"}"#
    }

    private func delta(_ id: String, _ text: String) -> String {
        #"{"type":"conversation.item.input_audio_transcription.delta","item_id":"\#(id)","#
            + #""delta":"\#(text)"}"#
    }

    @Test func theSessionOnlyTranscribes() throws {
        var wire = wire()
        let sent = wire.opened()
        guard case .text(let text) = sent.first else {
            Issue.record("\(sent)")
            return
        }
        let update = try message(text)
        #expect(update["type"]?.stringValue == "session.update")
        let session = update["session"]
        #expect(session?["type"]?.stringValue == "transcription")
        let input = session?["audio"]?["input"]
        #expect(input?["format"]?["type"]?.stringValue == "audio/pcmu")
        #expect(input?["transcription"]?["model"]?.stringValue == "gpt-4o-mini-transcribe")
        #expect(input?["transcription"]?["language"]?.stringValue == "en")
        #expect(input?["transcription"]?["prompt"] == nil)
        #expect(input?["turn_detection"] == .null)
    }

    @Test func wordsAreThereWhenTheItemIsComplete() throws {
        var wire = wire()
        #expect(wire.utteranceBegan(at: 0) == [])
        #expect(wire.wordsWanted(through: 8000, soundEnd: 7000) == [Self.commit])
        _ = try wire.receive(committed("i1"), delta("i1", "a "), delta("i1", "table"))
        #expect(wire.words == nil)
        _ = try wire.receive(completed("i1", "A table"))
        #expect(wire.words?.text == "A table")
    }

    @Test func whatIsSaidAfterAPauseIsAdded() throws {
        var wire = wire()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        #expect(wire.wordsWanted(through: 16_000, soundEnd: 15_000) == [Self.commit])
        _ = try wire.receive(committed("i1"), completed("i1", "a table"))
        #expect(wire.words == nil, "the second half is not committed yet")
        _ = try wire.receive(committed("i2"), completed("i2", "for four"))
        #expect(wire.words?.text == "a table for four")
        // Only silence since: nothing to be committed.
        #expect(wire.wordsWanted(through: 18_000, soundEnd: 15_000) == [])
        #expect(wire.words?.text == "a table for four")
    }

    @Test func theUtteranceBeforeIsForgotten() throws {
        var wire = wire()
        _ = wire.utteranceBegan(at: 0)
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        #expect(wire.utteranceBegan(at: 12_000) == [Self.clear])
        #expect(wire.wordsWanted(through: 20_000, soundEnd: 19_000) == [Self.commit])
        _ = try wire.receive(
            committed("i1"), completed("i1", "okay"), committed("i2"), completed("i2", "yes"))
        #expect(wire.words?.text == "yes")
    }

    @Test func tooLittleIsNotCommitted() throws {
        var wire = wire()
        _ = wire.utteranceBegan(at: 0)
        #expect(wire.wordsWanted(through: 700, soundEnd: 600) == [])
        #expect(wire.words?.text == "")
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        _ = try wire.receive(
            #"{"type":"error","error":{"code":"input_audio_buffer_commit_empty","message":"small"}}"#
        )
        #expect(wire.words?.text == "")
    }

    @Test(arguments: [
        #"{"type":"error","error":{"code":"x","message":"no credit"}}"#,
        #"{"type":"conversation.item.input_audio_transcription.failed","error":{"message":"no"}}"#,
        #"{"type":"input_audio_buffer.committed","item_id":"i"}"#, #"{"a":1}"#,
    ])
    func troubleIsAFault(_ text: String) throws {
        var wire = wire()
        let message = try message(text)
        #expect(throws: WireFault.self) { try wire.received(message) }
    }
}
