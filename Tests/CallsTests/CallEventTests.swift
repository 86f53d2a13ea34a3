import Calls
import Language
import Pipelines
import Realtime
import StreamTesting
import Testing

/// The names of calls, their register, and what is told of them.
@Suite struct CallEventTests {
    private final class Notes: CallEventSubscriber {
        let all = Locked<[String]>([])
        func took(_ event: CallEvent) {
            let text =
                switch event.kind {
                case .began: "began"
                case .conversation(let event): "\(event)".prefix { $0.isLetter }.description
                case .turn(let record): "turn \(record.turn)"
                case .audioLost(let count): "lost \(count)"
                case .commanded(let name): "command \(name)"
                case .ended(let summary): "ended: \(summary.why)"
                }
            all.withLock { $0.append("\(event.call.name) \(event.leg) \(text)") }
        }
    }

    @Test func aCallsNameIsTheSameOnEveryNode() {
        let id = CallID(carrier: "twilio", name: "CA1")
        // printf 'twilio\0CA1' | sha256sum
        #expect(id.description == "a6d9bf89da91f30dd41cdedebdab9e79")
        #expect(CallID(id.description) == id)
        #expect(CallID(carrier: "twilioC", name: "A1") != id)
        for text in ["", "a6d9", id.description + "0", id.description.uppercased(), "-" + id.description.dropFirst()] {
            #expect(CallID(text) == nil, "\(text)")
        }
    }

    @Test func theNewestLegAnswersForACall() {
        let registry = CallRegistry()
        let call = CallDescription(name: "CA1", path: "stream")
        let first = registry.add(call)
        let other = registry.add(CallDescription(name: "CA2", path: "gather"))
        let second = registry.add(call)
        #expect(registry.all.map(\.leg) == [other.leg, second.leg])
        #expect(registry[call.id]?.leg == second.leg)
        registry.remove(second)
        registry.remove(second)
        #expect(registry[call.id]?.leg == first.leg)
        registry.remove(first)
        #expect(registry[call.id] == nil && registry.all.map(\.call.name) == ["CA2"])
    }

    @Test func aCallHeldTurnByTurnRefusesCommands() async {
        let handle = CallRegistry().add(CallDescription(name: "CA1", path: "gather"))
        await #expect(throws: CallCommandError.unsupported(command: "say", path: "gather")) {
            try await handle.send(.say("hello"))
        }
        await #expect(throws: CallCommandError.self) { try await handle.send(.say("")) }
    }

    @Test func everythingIsToldInItsOrder() {
        let notes = Notes()
        var script = CallerScript()
        script.say(["w1"], fromMs: 1000)
        let call = ClockedSession(script, events: CallEvents(subscribers: [notes]))
        _ = call.command(.say("x"), atMs: 100)
        call.at(600) { call.session.audioLost(frameCount: 3, nowNanos: call.time.nowNanos) }
        call.run(throughMs: 4000)
        let told = notes.all.withLock { $0 }
        #expect(told.first == "CA1 1 began" && told.last == "CA1 1 ended: caller hung up")
        for text in ["command say", "lost 3", "callerSpeaking", "transcribed", "turn 1", "turn 2"] {
            #expect(told.contains("CA1 1 \(text)"), "\(text) in \(told)")
        }
        #expect(told.filter { $0.contains("ended:") }.count == 1)
    }

    @Test func whoIsSlowLosesEventsAndIsToldSo() {
        let events = CallEvents(subscribers: [])
        let wakes = Locked(0)
        let queue = events.subscribe(capacity: 4) { wakes.withLock { $0 += 1 } }
        func publish(_ count: Int) {
            for index in 0..<count {
                events.publish(
                    CallEvent(
                        call: CallDescription(name: "CA\(index)", path: "test"), leg: 1,
                        atNanos: 0, kind: .began))
            }
        }
        publish(10)
        let first = queue.take()
        #expect(first.events.map(\.call.name) == ["CA0", "CA1", "CA2", "CA3"])
        #expect(first.lostCount == 6)
        publish(2)
        #expect(queue.take().lostCount == 0)
        #expect(wakes.withLock { $0 } == 2)
        queue.close()
        publish(1)
        #expect(queue.take().events.isEmpty)
    }
}
