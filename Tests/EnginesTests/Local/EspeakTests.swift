import DSP
import Engines
import Foundation
import Pipelines
import Testing

@Suite struct EspeakTests {
    private func makeEngine(_ voice: String, rate: Double = 1) throws -> EspeakEngine {
        var options = EspeakOptions()
        options.voice = voice
        options.rate = rate
        return try EspeakEngine(options)
    }

    private func milliseconds(_ text: String, _ engine: EspeakEngine, voice: String? = nil) throws
        -> Int
    {
        try TestModels.speak(text, voice: voice, with: engine).count / 8
    }

    @Test(arguments: [
        ("en-us", "Your table for four is booked."), ("de", "Ihr Tisch für vier ist reserviert."),
        ("fr", "Votre table est réservée."), ("es", "Su mesa está reservada, señor."),
        ("en-us+f3", "Your table for four is booked."),
    ])
    func itSpeaksManyLanguages(voice: String, text: String) throws {
        let speech = try TestModels.speak(text, with: try makeEngine(voice))
        #expect((700 * 8...4000 * 8).contains(speech.count))
        let samples = G711.decodedMuLaw(speech)
        #expect((samples.map { abs(Int($0)) }.max() ?? 0) > 4000)
        // It begins at once.
        #expect(samples.prefix(800).contains { abs(Int($0)) > 300 })
    }

    @Test func paceAndVoiceAreThoseOfEachSentence() throws {
        let text = "We are open until ten in the evening."
        let slow = try makeEngine("en-us", rate: 0.7)
        let fast = try makeEngine("en-us", rate: 1.6)
        let plain = try makeEngine("en-us")
        // The library is one for all: they must not leave anything behind for each other.
        for _ in 0..<2 {
            let lengths = try [fast, plain, slow].map { try milliseconds(text, $0) }
            #expect(lengths[0] * 5 < lengths[1] * 4 && lengths[1] * 5 < lengths[2] * 4)
        }
        let english = try milliseconds(text, plain)
        #expect(abs(try milliseconds(text, plain, voice: "de") - english) > 100)
        #expect(abs(try milliseconds(text, plain) - english) <= 60)
    }

    @Test func manySentencesAtOnceAreNotMixedUp() async throws {
        let engine = try makeEngine("en-us")
        // Each clearly longer than the one before.
        let texts = (1...8).map { String(repeating: "a table for two, ", count: $0) }
        let alone = try texts.map { try milliseconds($0, engine) }
        let together = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for (index, text) in texts.enumerated() {
                group.addTask { (index, try milliseconds(text, engine)) }
            }
            var found = [Int](repeating: 0, count: texts.count)
            for try await (index, length) in group { found[index] = length }
            return found
        }
        // The library takes the pause after a comma from the language that it spoke before, for whichever
        // test: up to 50 ms each. Every length is nearest to that of its own text all the same.
        for (index, length) in together.enumerated() {
            let nearest = alone.indices.min { abs(alone[$0] - length) < abs(alone[$1] - length) }
            #expect(nearest == index, "\(alone) \(together)")
        }
        #expect(zip(alone, alone.dropFirst()).allSatisfy { $1 > $0 + 200 })
    }

    @Test func aSentenceIsCancelledInTheMiddle() throws {
        let engine = try makeEngine("en-us")
        let long = String(repeating: "and so it goes on and on, ", count: 60)
        let whole = try TestModels.speak(long, with: engine).count
        let heard = DispatchSemaphore(value: 0)
        let clip = engine.synthesize(long, voice: nil, audio: .telephone) { heard.signal() }
        heard.wait()
        clip.cancel()
        while !clip.isFinished { _ = heard.wait(timeout: .now() + .milliseconds(20)) }
        #expect(clip.byteCount < whole / 2)
        // The library is fit for the next one.
        #expect(try TestModels.speak("Good evening.", with: engine).count > 2000)
    }

    @Test func whatItCannotSpeakIsAnError() throws {
        #expect {
            _ = try makeEngine("klingonese")
        } throws: { error in
            "\(error)".contains("there is no voice 'klingonese'")
        }
        let engine = try makeEngine("en-us")
        #expect(throws: StageError.self) {
            _ = try TestModels.speak("Hello.", voice: "klingonese", with: engine)
        }
        #expect(throws: StageError.self) { _ = try TestModels.speak("", with: engine) }
        #expect(try TestModels.speak("Hello.", with: engine).count > 1000)
    }
}
