import CallSimulator
import DSP
import TestSupport
import Testing

/// The same rules, sample by sample and without any cleverness.
private struct PlaybackModel {
    var now: Int64 = 0
    var waiting: [UInt8] = []
    var waitingMarks: [(name: String, afterCount: Int)] = []
    var played: [UInt8] = []
    var returned: [String] = []
    var gaps: [PlaybackGap] = []
    var drySince: Int64?
    var hasPlayed = false
    let gapMax: Int64

    mutating func advance(to sample: Int64) {
        while now < sample {
            if waiting.isEmpty {
                if drySince == nil, hasPlayed { drySince = now }
                played.append(G711.muLawSilence)
            } else {
                played.append(waiting.removeFirst())
                for index in waitingMarks.indices { waitingMarks[index].afterCount -= 1 }
                hasPlayed = true
            }
            now += 1
            while let first = waitingMarks.first, first.afterCount <= 0 {
                returned.append(first.name)
                waitingMarks.removeFirst()
            }
        }
    }

    mutating func append(_ audio: [UInt8]) {
        guard !audio.isEmpty else { return }
        if waiting.isEmpty, let dry = drySince, now > dry, now - dry <= gapMax {
            gaps.append(PlaybackGap(startSample: dry, sampleCount: now - dry))
        }
        drySince = nil
        hasPlayed = true
        waiting += audio
    }

    mutating func mark(_ name: String) {
        if waiting.isEmpty {
            returned.append(name)
        } else {
            waitingMarks.append((name, waiting.count))
        }
    }

    mutating func clear() {
        waiting = []
        returned += waitingMarks.map(\.name)
        waitingMarks = []
        hasPlayed = false
        drySince = nil
    }
}

@Suite struct PlaybackBufferTests {
    private let start: UInt64 = 7_000_000_123

    private func nanos(_ sample: Int64) -> UInt64 { start + UInt64(sample) * 125_000 }

    private func append(_ count: Int, _ buffer: inout PlaybackBuffer, at sample: Int64) {
        [UInt8](repeating: 1, count: count).withUnsafeBytes {
            buffer.append($0, atNanos: nanos(sample))
        }
    }

    @Test func agreesWithTheModelOnRandomCalls() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of PlaybackBuffer.agreesWithTheModelOnRandomCalls: \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let clock = SampleClock(startNanos: start)
            var buffer = PlaybackBuffer(clock: clock, gapMs: 50, recordedSecondsMax: 4)
            var model = PlaybackModel(gapMax: 400)
            var returned: [String] = []
            var sample: Int64 = 0
            for number in 0..<60 {
                sample += Int64.random(in: 0...500, using: &generator)
                let now = nanos(sample) + UInt64.random(in: 0..<125_000, using: &generator)
                model.advance(to: sample)
                buffer.advance(toNanos: now) { returned.append($0) }
                switch Int.random(in: 0..<10, using: &generator) {
                case 0...4:
                    let byte = UInt8.random(in: 0...255, using: &generator)
                    let audio = [UInt8](
                        repeating: byte, count: Int.random(in: 0...600, using: &generator))
                    model.append(audio)
                    audio.withUnsafeBytes { buffer.append($0, atNanos: now) }
                case 5...8:
                    model.mark("m\(number)")
                    buffer.appendMark("m\(number)", atNanos: now)
                    buffer.advance(toNanos: now) { returned.append($0) }
                default:
                    model.clear()
                    buffer.clear(atNanos: now) { returned.append($0) }
                }
                #expect(returned == model.returned, "seed \(seed)")
                #expect(buffer.isPlaying(atNanos: now) == !model.waiting.isEmpty, "seed \(seed)")
                #expect(
                    buffer.bufferedSampleCount(atNanos: now) == model.waiting.count, "seed \(seed)")
            }
            model.advance(to: 32_000)
            buffer.advance(toNanos: nanos(32_000)) { returned.append($0) }
            #expect(returned == model.returned)
            #expect(buffer.nextMarkNanos == nil)
            #expect(buffer.gaps == model.gaps, "seed \(seed)")
            let silence = [UInt8](
                repeating: G711.muLawSilence, count: 32_000 - buffer.recording.count)
            #expect(Array(buffer.recording) + silence == model.played, "seed \(seed)")
        }
    }

    @Test func marksReturnWhenTheirAudioHasPlayed() {
        var buffer = PlaybackBuffer(clock: SampleClock(startNanos: start))
        var returned: [String] = []
        buffer.appendMark("early", atNanos: nanos(0))
        buffer.advance(toNanos: nanos(0)) { returned.append($0) }
        #expect(returned == ["early"])
        append(160, &buffer, at: 10)
        buffer.appendMark("a", atNanos: nanos(10))
        append(160, &buffer, at: 20)
        buffer.appendMark("b", atNanos: nanos(20))
        #expect(buffer.nextMarkNanos == nanos(170))
        buffer.advance(toNanos: nanos(170) - 1) { returned.append($0) }
        #expect(returned == ["early"])
        buffer.advance(toNanos: nanos(170)) { returned.append($0) }
        #expect(returned == ["early", "a"])
        buffer.clear(atNanos: nanos(200)) { returned.append($0) }
        #expect(returned == ["early", "a", "b"])
        #expect(buffer.clearedByteCount == 130)
        #expect(!buffer.isPlaying(atNanos: nanos(200)))
    }

    @Test func gapsAreCountedInsideARepliesOnly() {
        var buffer = PlaybackBuffer(clock: SampleClock(startNanos: start), gapMs: 100)
        append(160, &buffer, at: 0)
        append(160, &buffer, at: 160)  // just in time
        append(160, &buffer, at: 321)  // one sample late
        append(160, &buffer, at: 481 + 801)  // another reply
        append(160, &buffer, at: 1500)
        buffer.endReply()
        append(160, &buffer, at: 1700)  // after the caller spoke
        append(160, &buffer, at: 1900)
        #expect(
            buffer.gaps == [
                PlaybackGap(startSample: 320, sampleCount: 1),
                PlaybackGap(startSample: 1442, sampleCount: 58),
                PlaybackGap(startSample: 1860, sampleCount: 40),
            ])
        #expect(buffer.gapCount == 3)
        for number in 0..<100 { append(10, &buffer, at: 2100 + Int64(number) * 20) }
        #expect(buffer.gapCount == 3 + 100)
        #expect(buffer.gaps.count == 64)
    }

    @Test func theSlackIsWhatWaitedWhenMoreCame() {
        var buffer = PlaybackBuffer(clock: SampleClock(startNanos: start), gapMs: 50)
        append(1600, &buffer, at: 0)
        // The lead is still being built up.
        append(2400, &buffer, at: 1500)
        #expect(buffer.slackSampleMin == nil)
        append(160, &buffer, at: 3200)
        #expect(buffer.slackSampleMin == 800)
        append(160, &buffer, at: 3300)
        #expect(buffer.slackSampleMin == 800)
        append(160, &buffer, at: 3900)
        #expect(buffer.slackSampleMin == 420)
        // Dry at 4480.
        append(160, &buffer, at: 4500)
        #expect(buffer.slackSampleMin == 0 && buffer.gapCount == 1)
    }

    @Test func thePlayedRunAndTheLeadAreKnown() {
        var buffer = PlaybackBuffer(clock: SampleClock(startNanos: start))
        #expect(buffer.playedRunSampleCount(atNanos: nanos(5)) == 0)
        append(800, &buffer, at: 100)
        append(800, &buffer, at: 300)
        #expect(buffer.bufferedSampleMax == 1400)
        #expect(buffer.playedRunSampleCount(atNanos: nanos(1000)) == 900)
        #expect(buffer.playedRunSampleCount(atNanos: nanos(1700)) == 0)
        #expect(buffer.playedEndSample == 1700)
    }
}
