import CAllocationCounter
import CallSimulator
import Configuration
import Engines
import Foundation
import Net
import Testing

/// Notes every 20 ms how often a loop's thread has allocated.
private final class AllocationSampler: @unchecked Sendable {
    // Lives on the loop; handed over when it has stopped.

    struct Sample: Sendable {
        var nanos: UInt64
        var count: UInt64
    }

    private let loop: EventLoop
    private var timer: LoopTimer?
    private var samples: [Sample] = []

    init(_ loop: EventLoop) { self.loop = loop }

    func start() {
        loop.execute { [self] in
            samples.reserveCapacity(10_000)
            timer = loop.makeTimer { [weak self] in self?.take() }
            take()
        }
    }

    private func take() {
        guard samples.count < samples.capacity else { return }
        let now = loop.nowNanos
        samples.append(Sample(nanos: now, count: streamd_allocations_of_this_thread()))
        timer?.set(atNanos: now + 20_000_000)
    }

    func stop() async -> [Sample] {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                timer?.close()
                timer = nil
                continuation.resume(returning: samples)
            }
        }
    }
}

/// The path of a frame through a whole daemon: socket, parser, detector, turn machine, playout.
@Suite struct AllocationTests {
    @Test(.enabled(if: streamd_allocations_are_counted()))
    func framesOfALiveCallAllocateNothing() async throws {
        let daemon = try await TestDaemon.start {
            $0.stt = [EngineSettings(WhisperSettings())]
            $0.tts[0][\FixedTextToSpeechSettings.clipMs] = 4000
            // Frames are sent one by one, and the caller's short pauses are not events.
            $0.conversation.leadMs = 200
            // Marks go out and come back several times a second.
            $0.conversation.markMs = 100
            $0.vad.offsetThreshold = 0.01
            $0.turn.endpointMs = 3000
            $0.turn.endpointMaxMs = 4000
            $0.turn.speculateAfterMs = 3000
        }
        let sampler = AllocationSampler(daemon.daemon.eventLoops[0])
        sampler.start()
        var script = CallerScript(
            [
                .say(try Fixture.utterance("speech/phone-number.rms"), pauseMs: 3000),
                .silence(ms: 1000), .hangUp,
            ], answerTimeoutMs: 30_000)
        script.background = .noise(level: -65)
        let result = await daemon.call(script)
        let samples = await sampler.stop()
        try await daemon.stop()
        #expect(result.end == .hungUp)
        let turn = try #require(result.turns.first)
        let ms: UInt64 = 1_000_000

        /// Allocations in a stretch of the call, and how many samples that was.
        func allocations(_ from: UInt64, _ to: UInt64) -> (count: UInt64, samples: Int, at: [Int]) {
            let inside = samples.filter { $0.nanos >= from && $0.nanos <= to }
            guard let first = inside.first, let last = inside.last else { return (.max, 0, []) }
            let places = zip(inside, inside.dropFirst()).filter { $0.count != $1.count }
                .map { Int($1.nanos - from) / 1_000_000 }
            return (last.count - first.count, inside.count, places)
        }
        let greeted = try #require(result.greetingNanos) + result.startNanos
        let speaking = allocations(greeted + 500 * ms, greeted + 3500 * ms)
        #expect(speaking.count == 0, "while the agent speaks, at ms \(speaking.at)")
        #expect(speaking.samples >= 50)
        let quiet = allocations(greeted + 4700 * ms, turn.speechStartNanos - 300 * ms)
        #expect(quiet.count == 0, "while nobody speaks, at ms \(quiet.at)")
        #expect(quiet.samples >= 50)
        let talking = allocations(turn.speechStartNanos + 800 * ms, turn.speechEndNanos - 300 * ms)
        #expect(talking.count == 0, "while the caller speaks, at ms \(talking.at)")
        #expect(talking.samples >= 50)
    }
}
