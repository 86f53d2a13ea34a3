import Engines
import Pipelines
import Testing

@Suite struct ConcyaListeningTests {
    private func state(_ lines: [String], _ buffer: String) -> String {
        let objects = lines.map {
            #"{"speaker":1,"text":\#($0),"start":"0:00:00","end":"0:00:01"}"#
        }
        return #"{"status":"active_transcription","lines":[\#(objects.joined(separator: ","))],"#
            + #""buffer_transcription":"\#(buffer)","buffer_diarization":""}"#
    }

    @Test func theLastStateCountsWhenTheServerIsReady() throws {
        var wire = ConcyaListening()
        #expect(wire.utteranceBegan(at: 0) == [])
        _ = try wire.receive(
            #"{"type":"config","useAudioWorklet":true}"#, state([], "a tab"),
            state([#""a table""#], "for"))
        #expect(wire.wordsWanted(through: 8000, soundEnd: 7000) == [.endOfAudio])
        // A line of silence has no text.
        _ = try wire.receive(state([#""a table""#, "null", #"" for four""#], " please"))
        #expect(wire.words == nil)
        _ = try wire.receive(#"{"type":"ready_to_stop"}"#)
        #expect(wire.words?.text == "a table for four please")
    }

    @Test func simpleServersSayTextAndFinal() throws {
        var wire = ConcyaListening()
        _ = try wire.receive(
            #"{"text":"a table","final":false}"#, #"{"text":"a table","final":true}"#)
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        #expect(wire.words == nil)
        _ = try wire.receive(#"{"type":"final","text":"for four"}"#)
        #expect(wire.words?.text == "a table for four")
    }

    @Test func aServerThatClosesIsDone() throws {
        var wire = ConcyaListening()
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        _ = try wire.receive(state([#""yes""#], ""))
        wire.closed(normally: true)
        #expect(wire.words?.text == "yes")
    }

    @Test func aBrokenConnectionIsNoAnswer() throws {
        var wire = ConcyaListening()
        _ = wire.wordsWanted(through: 8000, soundEnd: 7000)
        _ = try wire.receive(state([#""yes""#], ""))
        wire.closed(normally: false)
        #expect(wire.words == nil)
    }

    @Test(arguments: [#"{"error":"FFmpeg failed"}"#, "[]", "3"])
    func troubleIsAFault(_ text: String) throws {
        var wire = ConcyaListening()
        let message = try message(text)
        #expect(throws: WireFault.self) { try wire.received(message) }
    }
}
