import Foundation
import TestSupport
import Testing
import Twilio

/// The scanner against Foundation's JSON reader, on texts with one or a few bytes changed.
@Suite struct JSONGrammarTests {
    @Test func acceptsExactlyWhatFoundationAccepts() {
        let seed = printedSeed("acceptsExactlyWhatFoundationAccepts")
        var generator = SeededGenerator(seed: seed)
        let values = [
            "null", "true", "-0.5e-3", "[1,2,[3]]", #"{"a":{"b":"c"},"d":[]}"#, #""x\n\u0041""#,
            "{}",
            "[ ]", "1E+2", "[{},[],\"\",0]", "-12.50",
        ]
        let alphabet = Array(#"{}[]",:\u0019.eE+-ntrabA "#.utf8) + [0x09, 0x0b, 0x1f]
        var acceptedCount = 0
        var commaCount = 0
        for _ in 0..<20_000 {
            var value = Array((values.randomElement(using: &generator) ?? "0").utf8)
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let byte = alphabet.randomElement(using: &generator) ?? 0x20
                let place = Int.random(in: 0...value.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: value.insert(byte, at: place)
                case 1 where place < value.count: value.remove(at: place)
                default: if place < value.count { value[place] = byte }
                }
            }
            // Inside an array of one element, so that the change cannot reach the envelope's rules.
            let text = Array("[".utf8) + value + Array("]".utf8)
            let message = Array(#"{"event":"x","v":"#.utf8) + text + Array("}".utf8)
            let isAccepted = parse(message) == .unknown("x")
            if isAccepted { acceptedCount += 1 }
            if Self.hasCommaBeforeBracket(text) || Self.hasLongExponent(text) {
                // Foundation lets a comma stand before the closing bracket of an array, and refuses
                // numbers that no Double holds.
                commaCount += 1
                continue
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(text))) != nil
            #expect(
                isAccepted == isJSON,
                "seed \(seed): \(String(decoding: text, as: UTF8.self)) \(parse(message))")
        }
        #expect(acceptedCount > 2000, "too few valid texts to show anything: \(acceptedCount)")
        #expect(commaCount < 2000, "too many texts not compared: \(commaCount)")
    }

    @Test func noCommaBeforeAClosingBracket() {
        for value in ["[1,]", "[1, ]", "[,]", #"{"a":1,}"#, "{,}", "[[],]", "[{} ,\n]"] {
            guard case .unexpectedByte = parse(#"{"event":"x","v":"# + value + "}").error else {
                Issue.record("\(value) was accepted")
                continue
            }
        }
    }

    private static func hasLongExponent(_ text: [UInt8]) -> Bool {
        String(decoding: text, as: UTF8.self).contains(/[eE][+-]?[0-9]{3}/)
    }

    private static func hasCommaBeforeBracket(_ text: [UInt8]) -> Bool {
        let dense = text.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return zip(dense, dense.dropFirst()).contains {
            $0 == UInt8(ascii: ",") && ($1 == UInt8(ascii: "]") || $1 == UInt8(ascii: "}"))
        }
    }
}
