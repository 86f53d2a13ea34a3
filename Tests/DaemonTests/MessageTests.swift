import Assistants
import Calls
import Configuration
import Foundation
import Language
import TestSupport
import Testing
import TwilioServer

@Suite struct MessagePartsTests {
    @Test func aShortAnswerIsOneMessage() {
        #expect(MessageParts.split("Hello.", partsMax: 4) == ["Hello."])
        #expect(MessageParts.split("", partsMax: 4) == [])
    }

    @Test func sentencesAndWordsStayWhole() {
        let text = "One two three. Four five six. Seven eight nine."
        #expect(
            MessageParts.split(text, charactersMax: 32, partsMax: 4)
                == ["One two three. Four five six.", "Seven eight nine."])
        #expect(
            MessageParts.split("one two three four", charactersMax: 9, partsMax: 9)
                == ["one two", "three", "four"])
    }

    @Test func whatDoesNotFitIsSaidToBeMissing() {
        let parts = MessageParts.split("aaa bbb ccc ddd eee fff", charactersMax: 9, partsMax: 2)
        #expect(parts == ["aaa bbb", "ccc …"])
    }

    /// Whatever the text: no part is too long, none is empty, no word is lost or made up.
    @Test func randomTextsLoseNothing() {
        var generator = SeededGenerator(seed: printedSeed())
        func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
        let words = ["a", "pizza.", "naïve", "🍕🍕", "👨‍👩‍👧‍👦", "שלום", "$16.95", "why?", "e\u{301}te"]
        for _ in 0..<300 {
            let text = (0..<next(60)).map { _ in words[next(words.count)] }
                .joined(separator: " ")
            let most = 30 + next(60)
            let parts = MessageParts.split(text, charactersMax: most, partsMax: 1000)
            #expect(parts.allSatisfy { !$0.isEmpty && $0.utf16.count <= most })
            #expect(parts.joined(separator: " ") == text)
        }
    }

    @Test func aWordLongerThanAMessageIsCutBetweenCharacters() {
        let word = String(repeating: "🍕", count: 40)
        let parts = MessageParts.split(word, charactersMax: 21, partsMax: 10)
        #expect(parts.joined() == word && parts.allSatisfy { $0.utf16.count <= 21 })
    }
}

@Suite struct MessageKeywordTests {
    @Test(arguments: [
        ("STOP", MessageKeyword.stop), ("stop.", .stop), (" Unsubscribe ", .stop),
        ("START", .start), ("Help!", .help), ("info", .help),
    ])
    func loneWordsAreKeywords(body: String, keyword: MessageKeyword) {
        #expect(MessageKeyword(body, optOutType: "", hasOptedOut: false) == keyword)
    }

    @Test(arguments: [
        "stop by at seven", "yes", "start with the soup", "can you help me", "", "...", "cancel it",
    ])
    func sentencesAreNot(body: String) {
        #expect(MessageKeyword(body, optOutType: "", hasOptedOut: false) == nil)
    }

    @Test func yesBeginsAgainForWhoHasStopped() {
        #expect(MessageKeyword("Yes", optOutType: "", hasOptedOut: true) == .start)
    }

    @Test func twiliosJudgementCounts() {
        #expect(MessageKeyword("arrêt", optOutType: "STOP", hasOptedOut: false) == .stop)
    }
}

@Suite struct WrittenTextTests {
    @Test(arguments: [
        ("Your order number is 1 0 0 1.", "Your order number is 1001."),
        ("It is 4 8 2, 0 5 1. Goodbye.", "It is 482051. Goodbye."),
        ("The number 1 0 0, 0 1 is yours", "The number 10001 is yours"),
        ("for 2, 4 or 6 people", "for 2, 4 or 6 people"), ("at 7 8", "at 7 8"),
        ("2 Colas, 1 0 percent", "2 Colas, 1 0 percent"), ("", ""), ("$1 2 3", "$1 2 3"),
        ("5 6 7, 8", "5678"), ("7", "7"), ("1 2 3 times", "123 times"),
    ])
    func digitsThatAreSpelledAreJoined(spoken: String, written: String) {
        #expect(WrittenText.joiningDigits(spoken) == written)
    }

    @Test func controlCharactersAreTakenOut() {
        #expect(CleanText.clean("a\u{0}b\n\u{7f}c\u{fffe}", characterCountMax: 100) == "ab c")
        #expect(CleanText.clean("abcdef", characterCountMax: 3) == "abc")
    }
}

@Suite struct WaitingLineTests {
    private static func line(_ places: Int) -> WaitingLine {
        var settings = QueueSettings()
        settings.placesMax = places
        settings.holdSeconds = 10
        settings.waitSecondsMax = 100
        return WaitingLine(WaitingLine.Options(settings))
    }
    private let second: UInt64 = 1_000_000_000

    @Test func whoCameFirstIsNext() {
        let line = Self.line(2)
        #expect(line.ask("A", freePlaces: 1, nowNanos: 0) == .pass)
        #expect(line.ask("B", freePlaces: 0, nowNanos: 0) == .wait(position: 1))
        #expect(line.ask("C", freePlaces: 0, nowNanos: 0) == .wait(position: 2))
        #expect(line.ask("D", freePlaces: 0, nowNanos: 0) == .turnedAway)
        // A place is free: it is B's, whoever asks.
        #expect(line.ask("C", freePlaces: 1, nowNanos: second) == .wait(position: 2))
        #expect(line.ask("E", freePlaces: 1, nowNanos: second) == .turnedAway)
        #expect(line.ask("B", freePlaces: 1, nowNanos: second) == .pass)
        #expect(line.ask("C", freePlaces: 1, nowNanos: second) == .pass)
    }

    @Test func whoHangsUpLosesThePlace() {
        let line = Self.line(5)
        #expect(line.ask("A", freePlaces: 0, nowNanos: 0) == .wait(position: 1))
        #expect(line.ask("B", freePlaces: 0, nowNanos: 0) == .wait(position: 2))
        line.leave("A")
        #expect(line.ask("B", freePlaces: 0, nowNanos: second) == .wait(position: 1))
        // Nobody tells of a call that was cut off; it is not heard of any more.
        #expect(line.ask("C", freePlaces: 0, nowNanos: 40 * second) == .wait(position: 2))
        #expect(line.ask("C", freePlaces: 0, nowNanos: 60 * second) == .wait(position: 1))
    }

    @Test func nobodyWaitsForEver() {
        let line = Self.line(5)
        for moment in stride(from: 0, to: 100, by: 10) {
            #expect(
                line.ask("A", freePlaces: 0, nowNanos: UInt64(moment) * second)
                    == .wait(position: 1))
        }
        #expect(line.ask("A", freePlaces: 0, nowNanos: 100 * second) == .turnedAway)
    }

    private func call(_ name: String) -> CallDescription {
        CallDescription(name: name, path: "gather")
    }

    @Test func callsThatAreNotHeardOfGiveTheirPlaceBack() {
        let admission = Admission(maxCalls: 2, perSecond: 10, nowNanos: 0)
        let registry = CallRegistry()
        let calls = GatherCallList(admission: admission, registry: registry, idleSeconds: 60)
        #expect(
            calls.begin(call("A"), nowNanos: 0)
                && calls.begin(call("A"), nowNanos: 0))
        #expect(calls.begin(call("B"), nowNanos: 0) && admission.freePlaces == 0)
        #expect(!calls.begin(call("C"), nowNanos: 50 * second))
        calls.touch("A", nowNanos: 50 * second)
        #expect(calls.begin(call("C"), nowNanos: 61 * second))
        #expect(calls.contains("A") && !calls.contains("B"))
        #expect(registry.all.map(\.call.name) == ["A", "C"])
        calls.end("A")
        calls.end("A")
        #expect(admission.liveCount == 1)
        #expect(registry.all.map(\.call.name) == ["C"])
    }
}

@Suite struct KeyedQueueTests {
    @Test func oneAfterTheOtherForEachKey() {
        let queue = KeyedQueue()
        let log = Log()
        #expect(queue.enter("k") { log.add("1") })
        #expect(queue.enter("k") { log.add("2") })
        #expect(queue.enter("j") { log.add("j") })
        #expect(log.all == ["1", "j"])
        queue.leave("k")
        #expect(log.all == ["1", "j", "2"])
        for _ in 0..<KeyedQueue.waitingMax { #expect(queue.enter("k") { log.add("w") }) }
        #expect(!queue.enter("k") { log.add("too many") })
    }

    /// Used by one thread.
    private final class Log: @unchecked Sendable {
        private(set) var all: [String] = []
        func add(_ word: String) { all.append(word) }
    }
}
