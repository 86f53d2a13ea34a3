import CAllocationCounter
import DSP
import Pipelines
import StreamTesting
import Testing

/// What happens for every frame of a call takes nothing from the heap.
struct AllocationTests {
    private final class Line: ConversationTransport {
        var frames = 0
        var marks: [MarkName] = []
        init() { marks.reserveCapacity(4096) }
        func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) { frames += 1 }
        func sendMark(_ name: MarkName) { marks.append(name) }
        func sendClear() {}
        func cork() {}
        func uncork() {}
        func setTimer(atNanos: UInt64?) {}
        func conversationEnded(_ ending: ConversationEnding) {}
    }

    private final class Recogniser: SpeechToTextSession {
        var fed = 0
        var requests = 0
        func beginUtterance() {}
        func feed(_ samples: UnsafeBufferPointer<Int16>) { fed += samples.count }
        func requestTranscript(
            _ completion: @escaping (Result<Transcript, StageError>) -> Void
        ) {
            requests += 1
            completion(.success(Transcript(text: "hello")))
        }
        func cancelRequest() {}
        func close() {}
    }

    private static let greetingSeconds = 20

    private func conversation(
        _ script: CallerScript, _ line: Line, _ recogniser: Recogniser, _ time: SimulatedTime,
        hasGreeting: Bool, endpointMs: Int, audio: CallAudio
    ) -> Conversation {
        var options = ConversationOptions()
        options.audio = audio
        options.turn.endpointing = .fixed
        options.turn.endpointMs = endpointMs
        let greeting = SpeechClip(text: "long", audio: audio)
        let byteCount = Self.greetingSeconds * audio.bytesPerSecond
        [UInt8](repeating: 1, count: byteCount).withUnsafeBufferPointer {
            _ = greeting.append($0)
        }
        greeting.finish()
        return Conversation(
            options: options, call: CallInfo(callSid: "CA1", assistantID: "test"),
            stages: ConversationStages(
                stt: recogniser, dialogue: CheckedDialogue(time) { _, _ in .init(parts: []) },
                tts: CodedSynthesiser(time), detector: ScriptedDetector(script),
                cache: SpeechCache()),
            greeting: hasGreeting ? greeting : nil, transport: line, observer: nil, onAudio: {},
            clock: { time.nowNanos })
    }

    /// The allocations of frames 100 to 300, two seconds into the call.
    private func allocations(
        _ script: CallerScript, hasGreeting: Bool, endpointMs: Int = 400,
        audio: CallAudio = .telephone
    ) -> (UInt64, Line, Recogniser) {
        let line = Line()
        let recogniser = Recogniser()
        let time = SimulatedTime()
        let talk = conversation(
            script, line, recogniser, time, hasGreeting: hasGreeting, endpointMs: endpointMs,
            audio: audio)
        let frame = [UInt8](repeating: 0x70, count: audio.byteCount(ms: 20))
        var before: UInt64 = 0
        var now = time.epochNanos
        talk.start(nowNanos: now)
        var returned = 0
        for index in 0..<300 {
            if index == 100 { before = streamd_allocations_of_this_thread() }
            now += 20_000_000
            frame.withUnsafeBufferPointer { talk.receive($0, nowNanos: now) }
            if returned + 1 < line.marks.count {
                talk.markReturned(line.marks[returned], nowNanos: now + 1_000_000)
                returned += 1
            }
            if let next = talk.nextDeadlineNanos, next < now + 20_000_000 {
                talk.advance(nowNanos: next)
            }
        }
        let count = streamd_allocations_of_this_thread() - before
        talk.end(nowNanos: now)
        return (count, line, recogniser)
    }

    /// Also where the caller's audio is converted on its way in.
    @Test(arguments: [
        CallAudio.telephone, CallAudio(.linear16, sampleRate: 16_000),
        CallAudio(.linear16, sampleRate: 24_000),
    ])
    func silenceSpeechAndPlayoutAllocateNothing(audio: CallAudio) {
        guard streamd_allocations_are_counted() else { return }
        let (silent, _, _) = allocations(CallerScript(), hasGreeting: false, audio: audio)
        #expect(silent == 0)
        var talking = CallerScript()
        talking.add("w", 500, 20_000)
        let (listening, _, recogniser) = allocations(talking, hasGreeting: false, audio: audio)
        #expect(listening == 0)
        #expect(recogniser.fed > 40_000)
        let (speaking, line, _) = allocations(CallerScript(), hasGreeting: true, audio: audio)
        #expect(speaking == 0)
        #expect(line.frames >= 300)
        #expect(line.marks.count > 10)
    }

    /// The words are known and the turn's end is awaited: every frame looks at them.
    @Test func aPauseAfterKnownWordsAllocatesNothing() {
        guard streamd_allocations_are_counted() else { return }
        var talking = CallerScript()
        talking.add("w", 500, 1500)
        let (pausing, _, recogniser) = allocations(talking, hasGreeting: false, endpointMs: 10_000)
        #expect(pausing == 0)
        #expect(recogniser.requests == 1)
        #expect(recogniser.fed > 40_000)
    }
}
