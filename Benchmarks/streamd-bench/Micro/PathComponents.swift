import Pipelines
import Realtime

/// What lies between the codec and the socket: ring, pacing, turn-taking.
enum PathComponents {
    private static let frameSampleCount = 160
    private static let frameNanos: UInt64 = 20_000_000

    static func all() -> [MicroComponent] { [ring(), pacing(), turnFrame(), wholeTurn()] }

    // MARK: Ring

    private static func ring() -> MicroComponent {
        let box = RingBox()
        let frame = [Int16](repeating: 3, count: frameSampleCount)
        var target = [Int16](repeating: 0, count: frameSampleCount)
        return MicroComponent(
            name: "ring: write and read", unit: "frame", count: 100_000,
            floor: .copy(2 * frameSampleCount)
        ) { count in
            frame.withUnsafeBufferPointer { frame in
                target.withUnsafeMutableBufferPointer { target in
                    for _ in 0..<count {
                        box.producer.write(frame)
                        consume(box.consumer.read(into: target))
                    }
                }
            }
        }
    }

    // MARK: Pacing

    /// One frame sent, and the mark of every fifth.
    private static func pacing() -> MicroComponent {
        let line = CountingLine()
        let clip = SpeechClip(text: "", audio: .telephone, secondsMax: 60)
        [UInt8](repeating: 0x70, count: 60 * 8000).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        let playout = Playout(
            audio: .telephone, frameMs: 20, leadMs: 200, markMs: 100, markGraceMs: 500,
            transport: line)
        playout.delegate = line
        var now: UInt64 = 1_000_000_000
        return MicroComponent(
            name: "playout: pace one frame", unit: "frame", count: 20_000,
            floor: .copy(frameSampleCount),
            run: { count in
                let wanted = playout.framesSent + count
                while playout.framesSent < wanted {
                    if playout.turn == nil || line.hasEnded {
                        line.hasEnded = false
                        playout.begin(turn: 1)
                        playout.append(clip, sentence: 0)
                        playout.complete()
                    }
                    playout.pump(at: now)
                    if let mark = line.mark {
                        line.mark = nil
                        playout.markReturned(mark, at: now)
                    }
                    now += frameNanos
                }
            }, details: { ["frames": Double(line.frameCount), "marks": Double(line.markCount)] })
    }

    // MARK: Turns

    /// A frame in the midst of an utterance, which decides nothing.
    private static func turnFrame() -> MicroComponent {
        var options = TurnOptions()
        // The utterance is not to come to its end.
        options.utteranceMaxMs = 1_000_000_000
        var machine = TurnMachine(options: options)
        machine.start(hasGreeting: false, at: 0)
        var through: Int64 = 0
        var now: UInt64 = 1_000_000_000
        machine.speechStarted(startSample: 0, detectedSample: 0, at: now)
        while machine.nextAction() != nil {}
        return MicroComponent(
            name: "turn machine: frame", unit: "frame", count: 50_000,
            floor: .copy(MemoryLayout<TurnMachine>.size)
        ) { count in
            for _ in 0..<count {
                through += Int64(frameSampleCount)
                now += frameNanos
                machine.audioArrived(through: through, at: now)
                machine.audioExamined(at: now)
                if machine.nextAction() != nil { consume(1) }
                consume(machine.nextDeadlineNanos == nil ? 0 : 1)
            }
        }
    }

    /// A caller speaks for 600 ms and is answered: all events of a turn, without its frames.
    private static func wholeTurn() -> MicroComponent {
        var eventCount = 0
        return MicroComponent(
            name: "turn machine: turn of 8 events", unit: "turn", count: 2_000,
            isAllocationFree: false, floor: .copy(MemoryLayout<TurnMachine>.size),
            run: { count in
                var machine = TurnMachine(options: TurnOptions())
                machine.start(hasGreeting: false, at: 0)
                var driver = TurnEvents()
                for _ in 0..<count { eventCount += driver.playTurn(on: &machine) }
            }, details: { ["actions": Double(eventCount)] })
    }
}

/// Plays turns to a machine on a clock of its own.
private struct TurnEvents {
    private var ms: Int64 = 1_000

    private var now: UInt64 { UInt64(ms) * 1_000_000 }

    /// Returns how many actions came of it.
    mutating func playTurn(on machine: inout TurnMachine) -> Int {
        var count = 0
        let start = ms * 8
        hear(&machine, ms: 100)
        machine.speechStarted(startSample: start, detectedSample: ms * 8, at: now)
        count += perform(&machine)
        hear(&machine, ms: 500)
        machine.speechPaused(endSample: ms * 8, at: now)
        for _ in 0..<25 where !isAnswered {
            hear(&machine, ms: 20)
            machine.audioExamined(at: now)
            count += perform(&machine)
        }
        isAnswered = false
        machine.replyAudible(turn: turn, at: now)
        machine.sentenceStarted(turn: turn, text: "A table for four.")
        hear(&machine, ms: 1000)
        machine.replyHeard(turn: turn, at: now)
        return count + perform(&machine)
    }

    private var turn: TurnID = 0
    private var isAnswered = false

    private mutating func hear(_ machine: inout TurnMachine, ms step: Int64) {
        ms += step
        machine.audioArrived(through: ms * 8, at: now)
    }

    private mutating func perform(_ machine: inout TurnMachine) -> Int {
        var count = 0
        while let action = machine.nextAction() {
            count += 1
            switch action {
            case .requestTranscript(let id):
                machine.transcribed(id, Transcript(text: "For four people."), .complete, at: now)
            case .commit(let committed, _):
                turn = committed
                isAnswered = true
            default: break
            }
        }
        return count
    }
}

/// Holds a ring's two ends, which cannot be copied, for closures.
private final class RingBox {
    var producer: RingProducer<Int16>
    var consumer: RingConsumer<Int16>

    init() {
        var ring = SPSCRing<Int16>.make(minimumCapacity: 1024)
        producer = ring.takeProducer()
        consumer = ring.takeConsumer()
    }
}

/// Where frames go that nobody hears.
private final class CountingLine: ConversationTransport, PlayoutDelegate {
    var frameCount = 0
    var markCount = 0
    var mark: MarkName?
    var hasEnded = false

    func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) { frameCount += 1 }
    func sendMark(_ name: MarkName) {
        markCount += 1
        mark = name
    }
    func sendClear() {}
    func cork() {}
    func uncork() {}
    func setTimer(atNanos: UInt64?) {}
    func conversationEnded(_ ending: ConversationEnding) {}
    func playoutBecameAudible(turn: TurnID, at now: UInt64) {}
    func playoutFirstFrameHeard(turn: TurnID, at now: UInt64) {}
    func playoutBegan(sentence: Int, turn: TurnID, at now: UInt64) {}
    func playoutStarved(turn: TurnID, isUnderrun: Bool, at now: UInt64) {}
    func playoutHeardAll(turn: TurnID, at now: UInt64) { hasEnded = true }
}
