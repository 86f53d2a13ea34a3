import Engines
import Pipelines
import Testing

@Suite struct ServerSentEventsTests {
    private func events(_ text: String, pieces size: Int) -> [ServerSentEvents.Event] {
        var reader = ServerSentEvents()
        var found: [ServerSentEvents.Event] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            found += piece.withUnsafeBytes { reader.append($0) }
            start += size
        }
        return found
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func anyCuttingGivesTheSameEvents(end: String) {
        let text = [
            "\u{FEFF}data: one", "", ": a comment", "event: delta", "data:two", "data:  three",
            "id: 4",
            "", "event: nothing", "", "data", "", "data: grüße", "", "data: never ended",
        ].joined(separator: end)
        let whole = events(text, pieces: text.utf8.count)
        #expect(whole.map(\.data) == ["one", "two\n three", "", "grüße"])
        #expect(whole.map(\.name) == ["", "delta", "", ""])
        for size in 1...text.utf8.count { #expect(events(text, pieces: size) == whole, "\(size)") }
    }

    @Test func whatHasNoEndIsNotKeptForEver() {
        var reader = ServerSentEvents()
        let piece = [UInt8](repeating: 0x61, count: 65_536)
        for _ in 0..<40 { _ = piece.withUnsafeBytes { reader.append($0) } }
        #expect(reader.isTooLong)
        #expect(Array("\n\n".utf8).withUnsafeBytes { reader.append($0) }.isEmpty)
    }
}
