import CAllocationCounter
import Calls
import DSP
import Language
import Pipelines
import StreamTesting
import Testing

/// What listening to a call takes from the heap.
@Suite struct TapAllocationTests {
    /// A loop whose time is set, and that does what is handed to it when it is told to.
    private final class StillLoop: CallLoop, @unchecked Sendable {
        final class Timer: CallTimer {
            func set(atNanos: UInt64) {}
            func set(afterMs: Int) {}
            func cancel() {}
            func close() {}
        }
        final class Wakeup: CallWakeup {
            func signal() {}
            func close() {}
        }
        var nowNanos: UInt64 = 1_000_000_000
        private var bodies: [@Sendable () -> Void] = []

        func execute(_ body: @escaping @Sendable () -> Void) { bodies.append(body) }
        func makeTimer(_ body: @escaping () -> Void) -> Timer { Timer() }
        func makeWakeup(_ body: @escaping () -> Void) -> Wakeup { Wakeup() }
        func run() {
            let due = bodies
            bodies = []
            for body in due { body() }
        }
    }

    private final class Line: CallTransport {
        var frames = 0
        var marks: [MarkName] = []
        let refusedMessageCount = 0
        init() { marks.reserveCapacity(4096) }
        let audio = CallAudio.telephone
        func sendMedia(_ speech: UnsafeBufferPointer<UInt8>) { frames += 1 }
        func sendMark(_ name: MarkName) { marks.append(name) }
        func sendClear() {}
        func cork() {}
        func uncork() {}
        func close(_ why: TransportClosing) {}
    }

    /// The allocations of four seconds in which both sides make sounds.
    private func allocations(taps: [AudioTap]) -> (count: UInt64, frames: Int) {
        let (loop, line, registry) = (StillLoop(), Line(), CallRegistry())
        let greeting = SpeechClip(text: "long", audio: .telephone)
        [UInt8](repeating: 1, count: 20 * 8000).withUnsafeBufferPointer {
            _ = greeting.append($0)
        }
        greeting.finish()
        let session = CallSession(
            CallDescription(carrier: "test", name: "CA1", path: "test"), transport: line,
            loop: loop,
            context: CallSession.Context(
                registry: registry, events: CallEvents(subscribers: [])),
            makeConversation: { session, onAudio in
                let time = SimulatedTime()
                return Conversation(
                    options: ConversationOptions(),
                    call: CallInfo(callSid: "CA1", assistantID: "test"),
                    stages: ConversationStages(
                        stt: CodedRecogniser(SpokenSounds(), time),
                        dialogue: CheckedDialogue(time) { _, _ in .init(parts: []) },
                        tts: CodedSynthesiser(time), detector: ScriptedDetector(CallerScript()),
                        cache: SpeechCache()),
                    greeting: greeting, transport: session, observer: session, onAudio: onAudio,
                    clock: { loop.nowNanos })
            },
            onEnded: { _ in })
        session.begin()
        for tap in taps { registry.all.first?.send(.listen(tap)) { _ in } }
        loop.run()
        let frame = [UInt8](repeating: 0x70, count: 160)
        var before: UInt64 = 0
        var returned = 0
        for index in 0..<300 {
            if index == 100 { before = streamd_allocations_of_this_thread() }
            loop.nowNanos += 20_000_000
            frame.withUnsafeBufferPointer { session.receive($0, nowNanos: loop.nowNanos) }
            if returned + 1 < line.marks.count {
                session.markReturned(line.marks[returned], nowNanos: loop.nowNanos + 1_000_000)
                returned += 1
            }
        }
        let count = streamd_allocations_of_this_thread() - before
        session.transportEnded("the test is over", isOrderly: true)
        return (count, line.frames)
    }

    @Test func listeningAllocatesNothing() {
        guard streamd_allocations_are_counted() else { return }
        let pairs = (0..<2).map { _ in AudioTap.make(milliseconds: 1000, samplesPerMs: 8) }
        let tapped = allocations(taps: pairs.map(\.tap))
        #expect(tapped.count == 0 && tapped.frames >= 300)
        #expect(pairs.allSatisfy { $0.listener.lostCount > 0 }, "nor when a listener is late")
    }
}
