import Assistants
import Foundation
import Pipelines
import Store
import StreamTesting
import TestSupport
import Testing

/// Whole calls with the reservation dialogue: no table is booked that was not read back and heard, none
/// twice, and none is confirmed that is not there, whatever synthesis and streams do.
@Suite struct BookingCallTests {
    private struct Wish {
        var line: String
        var readBack: String
        var name: String
    }

    private static let wishes = [
        Wish(
            line: "a table for four tomorrow at 7 pm under John",
            readBack: "That is a table for four people, tomorrow at 7 PM, under John.", name: "John"
        ),
        Wish(
            line: "a table for two tomorrow at 8 pm under Mary",
            readBack: "That is a table for two people, tomorrow at 8 PM, under Mary.", name: "Mary"),
        Wish(
            line: "a table for six tomorrow at 6 pm under Anna",
            readBack: "That is a table for six people, tomorrow at 6 PM, under Anna.", name: "Anna"),
    ]

    private func stream(
        _ restaurant: Restaurant, _ wish: Wish = wishes[0], seed: UInt64 = 1
    ) -> BookingStream {
        BookingStream(restaurant: restaurant, callSid: "CA1", wish: wish.line, seed: seed)
    }

    private func text(_ call: ClockedCall) -> String {
        BookingCaller.words(call).joined(separator: " ")
    }

    @Test func aTableIsReadBackAndBooked() async throws {
        let restaurant = try Restaurant()
        let said = text(stream(restaurant).run())
        #expect(said.contains(Self.wishes[0].readBack + " Is that right?"), "\(said)")
        let row = try #require(try await restaurant.reservations().first)
        #expect(Self.numbers(in: said) == [row.confirmationNumber])
    }

    /// A sentence whose speech is late is waited for; the rest is not said before it.
    @Test func aLateReadBackIsWaitedFor() async throws {
        let restaurant = try Restaurant()
        var stream = stream(restaurant)
        stream.fault = { ($0.hasPrefix("That is a table") ? 900 : 0, false) }
        let said = text(stream.run())
        #expect(said.contains(Self.wishes[0].readBack + " Is that right?"), "\(said)")
        #expect(try await restaurant.reservations().count == 1)
    }

    /// A sentence whose speech fails stops the reply there: "Is that right?" alone asks for nothing.
    @Test(arguments: [0.0, 900])
    func aReadBackThatFailsIsNotAgreedTo(delayMs: Double) async throws {
        let restaurant = try Restaurant()
        var stream = stream(restaurant)
        var failures = 0
        stream.fault = { text in
            guard text.hasPrefix("That is a table") else { return (0, false) }
            failures += 1
            return failures > 2 ? (0, false) : (delayMs, true)
        }
        let heard = HeardBeforeRows(restaurant)
        stream.onCommit = { heard.look($0) }
        let said = text(stream.run())
        // The first may be said in vain, in a speculation; the second is not.
        let first = try #require(said.range(of: "sorry"), "\(said)")
        #expect(!said[..<first.lowerBound].contains("right?"), "\(said)")
        #expect(heard.problems(Self.wishes.map { ($0.name, $0.readBack) }) == [])
        #expect(try await restaurant.reservations().count == 1, "\(said)")
    }

    /// Streams break at any moment, before and after the commit; the caller is connected again and has
    /// the same wish, or another.
    @Test(arguments: 1...40)
    func whatIsConfirmedIsThereOnce(seed: Int) async throws {
        let restaurant = try Restaurant()
        var dice = SeededGenerator(seed: UInt64(seed))
        let heard = HeardBeforeRows(restaurant)
        /// Wishes that were begun after the one before was gone on from, at most.
        var wanted: [String: Int] = [:]
        var isOpen: [String: Bool] = [:]
        for _ in 0..<3 {
            let wish = Self.wishes[dice.pick(0...2)]
            var stream = stream(restaurant, wish, seed: dice.next())
            stream.hastyPercent = dice.pick(0...30)
            stream.throughMs = dice.chance(60) ? dice.pick(4...22) * 1000 : 40_000
            let faults = SharedDice(SeededGenerator(seed: dice.next()))
            let faultPercent = dice.chance(50) ? 10 : 0
            stream.fault = { _ in
                (faults.dice.chance(faultPercent) ? 900 : 0, faults.dice.chance(faultPercent))
            }
            stream.onCommit = { heard.look($0) }
            if isOpen[wish.name] != true { wanted[wish.name, default: 0] += 1 }
            let call = stream.run()
            #expect(call.violations.isEmpty, "seed \(seed): \(call.violations)")
            let said = text(call)
            let rows = try await restaurant.reservations()
            for number in Self.numbers(in: said) {
                let row = rows.first { Self.isHeard($0.confirmationNumber, in: number) }
                #expect(row?.name == wish.name, "seed \(seed): \(number) of \(wish.name)")
            }
            // Where it was heard and answered, the same wish is a new one.
            isOpen[wish.name] = !said.contains("booked")
        }
        #expect(
            heard.problems(Self.wishes.map { ($0.name, $0.readBack) }) == [], "seed \(seed)")
        let rows = try await restaurant.reservations()
        for (name, count) in Dictionary(grouping: rows, by: \.name).mapValues(\.count) {
            #expect(count <= wanted[name] ?? 0, "seed \(seed): \(count) tables for \(name)")
        }
    }

    /// The digits of the confirmation numbers that were heard to their ends; one that was stopped in and
    /// gone on with may be there twice.
    private static func numbers(in said: String) -> [String] {
        said.components(separatedBy: "confirmation number is").dropFirst().compactMap { rest in
            guard let end = rest.range(of: "Is there") ?? rest.range(of: "Thank you") else {
                return nil
            }
            return rest[..<end.lowerBound].filter(\.isNumber)
        }
    }

    private static func isHeard(_ number: String, in digits: String) -> Bool {
        var left = number[...]
        for digit in digits where digit == left.first { left.removeFirst() }
        return left.isEmpty
    }
}

/// Notes what the caller had heard when a table was booked.
private final class HeardBeforeRows {
    private let restaurant: Restaurant
    private var known: Set<String> = []
    private var heard: [(name: String, words: String)] = []

    init(_ restaurant: Restaurant) { self.restaurant = restaurant }

    func look(_ call: ClockedCall) {
        let rows = Answer<[Reservation]>()
        let isDone = DispatchSemaphore(value: 0)
        restaurant.database.reservations(
            assistantID: restaurant.settings.id, startingIn: 0..<Int64.max
        ) {
            rows.value = (try? $0.get()) ?? []
            isDone.signal()
        }
        isDone.wait()
        for row in rows.value ?? [] where known.insert(row.confirmationNumber).inserted {
            heard.append((row.name, BookingCaller.words(call).joined(separator: " ")))
        }
    }

    func problems(_ readBacks: [(name: String, text: String)]) -> [String] {
        heard.compactMap { name, words in
            guard let readBack = readBacks.first(where: { $0.name == name }) else {
                return "a table for \(name)"
            }
            return Self.isSaid(readBack.text, in: words) ? nil : "\(name) after: \(words)"
        }
    }

    /// True when all that is to be agreed to was heard in its order; a word in which the speech was
    /// stopped and gone on with may be there twice, and it may have been read back in other words.
    private static func isSaid(_ readBack: String, in said: String) -> Bool {
        let needed = readBack.lowercased().split(separator: " ").map(String.init)
            .filter { !["that", "is", "a", "table", "for"].contains($0) }
        let heard = said.lowercased().split(separator: " ").map(String.init)
        var last = heard.endIndex
        // From the end, so that what was read back last counts.
        for word in needed.reversed() {
            guard let index = heard[..<last].lastIndex(of: word) else { return false }
            last = index
        }
        return true
    }

    private final class Answer<Value>: @unchecked Sendable { var value: Value? }
}
