import Calls
import DSP
import Language
import Pipelines
import StreamTesting
import Testing

/// Listening to both directions of a call.
@Suite struct AudioTapTests {
    private func read(_ listener: AudioTapListener) -> [TappedSample] {
        var all: [TappedSample] = []
        let room = UnsafeMutableBufferPointer<TappedSample>.allocate(capacity: 4096)
        defer { room.deallocate() }
        while true {
            let count = listener.read(into: room)
            guard count > 0 else { return all }
            all += room[..<count]
        }
    }

    /// The span of samples, in milliseconds, in which this side makes a sound.
    private func span(
        _ samples: [TappedSample], perMs: Int = 8, _ side: (TappedSample) -> Int16
    ) -> ClosedRange<Int>? {
        guard let first = samples.firstIndex(where: { side($0) != 0 }),
            let last = samples.lastIndex(where: { side($0) != 0 })
        else { return nil }
        return first / perMs...last / perMs
    }

    @Test(arguments: [CallAudio.telephone, CallAudio(.linear16, sampleRate: 16_000)])
    func bothDirectionsStandSideBySide(audio: CallAudio) throws {
        let perMs = audio.samplesPerMillisecond
        var script = CallerScript()
        script.say(["w1", "w2"], fromMs: 3000)
        let call = ClockedSession(script, greeting: "g1 g2", change: { $0.audio = audio })
        let (tap, listener) = AudioTap.make(milliseconds: 10_000, samplesPerMs: perMs)
        let sent = call.command(.listen(tap), atMs: 1)
        call.run(throughMs: 8000)
        #expect(sent.isDone)
        let samples = read(listener)
        #expect(abs(samples.count / perMs - 8000) <= 20 && listener.lostCount == 0)
        #expect(span(samples, perMs: perMs, \.caller) == 3000...3599)
        try #require(samples.count > 5000 * perMs)
        let greeting = try #require(span(Array(samples[..<(2000 * perMs)]), perMs: perMs, \.agent))
        // The tap came when 200 ms were on their way, which it has as silence.
        #expect(abs(greeting.lowerBound - 220) <= 40, "\(greeting)")
        #expect(abs(greeting.upperBound - 560) <= 40, "\(greeting)")
        let heard = call.transport.words(call.tts)
        let reply = try #require(span(Array(samples[(3700 * perMs)...]), perMs: perMs, \.agent))
        let began = try #require(heard.first { $0.word == "a" }).ms
        #expect(abs(Double(reply.lowerBound + 3700) - began) <= 20, "on the caller's clock")
    }

    @Test func aTapOfAnotherRateIsRefused() {
        let call = ClockedSession(
            CallerScript(), change: { $0.audio = CallAudio(.linear16, sampleRate: 16_000) })
        let (tap, listener) = AudioTap.make(milliseconds: 1000, samplesPerMs: 8)
        let sent = call.command(.listen(tap), atMs: 1)
        call.run(throughMs: 500)
        #expect(sent.error == .invalid("the tap is for 8 samples a ms, and the call has 16"))
        #expect(read(listener).isEmpty)
    }

    @Test func whatIsNotTakenInTimeIsLostAndCounted() {
        let call = ClockedSession(CallerScript())
        let (tap, listener) = AudioTap.make(milliseconds: 1000, samplesPerMs: 8)
        _ = call.command(.listen(tap), atMs: 1)
        call.run(throughMs: 5000)
        let kept = read(listener).count
        #expect(kept == 8192, "the ring's size")
        #expect(abs(Int(listener.lostCount) + kept - 5000 * 8) <= 320)
    }

    @Test func aMutedCallerIsNotInIt() {
        var script = CallerScript()
        script.say(["w1", "w2"], fromMs: 3000)
        let call = ClockedSession(script)
        let (tap, listener) = AudioTap.make(milliseconds: 10_000, samplesPerMs: 8)
        _ = call.command(.listen(tap), atMs: 1)
        _ = call.command(.mute, atMs: 2000)
        call.run(throughMs: 5000)
        #expect(span(read(listener), \.caller) == nil)
    }

    @Test func aTapHasOneCallAndACallFourTaps() {
        let call = ClockedSession(CallerScript())
        let taps = (0...CallSession.tapsMax).map { _ in
            AudioTap.make(milliseconds: 100, samplesPerMs: 8)
        }
        let first = call.command(.listen(taps[0].tap), atMs: 100)
        let twice = call.command(.listen(taps[0].tap), atMs: 110)
        let more = taps.dropFirst().map { call.command(.listen($0.tap), atMs: 120) }
        call.at(200) { taps[1].listener.close() }
        let again = call.command(
            .listen(AudioTap.make(milliseconds: 100, samplesPerMs: 8).tap), atMs: 300)
        call.run(throughMs: 500)
        if case .invalid? = twice.error {
        } else {
            Issue.record("\(String(describing: twice.result))")
        }
        #expect(first.isDone && more.dropLast().allSatisfy { $0.isDone })
        #expect(more.last?.error == .tooMany(max: CallSession.tapsMax))
        #expect(again.isDone, "one that was closed leaves room")
        withExtendedLifetime(taps) {}
    }
}
