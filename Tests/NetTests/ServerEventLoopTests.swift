import Foundation
import Glibc
import Net
import Synchronization
import TestSupport
import Testing

/// An actor that lives on a loop.
private actor Resident {
    let loop: EventLoop
    private(set) var calls = 0

    init(loop: EventLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func call() -> Bool {
        calls += 1
        return loop.isCurrent
    }

    nonisolated func callsAssumingIsolation() -> Int {
        assumeIsolated { $0.calls }
    }
}

@Suite struct ServerEventLoopTests {
    private func withLoop<Result>(_ body: (EventLoop) throws -> Result) throws -> Result {
        let loop = try EventLoop(label: "event-loop-with-a-long-name")
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        return try body(loop)
    }

    @Test func workRunsOnTheLoopInTheOrderItWasGiven() throws {
        try withLoop { loop in
            let order = Gathered<Int>()
            #expect(!loop.isCurrent)
            for index in 0..<10_000 {
                loop.execute { order.add(loop.isCurrent ? index : -1) }
            }
            #expect(order.wait { $0.count == 10_000 })
            #expect(order.all == Array(0..<10_000))
        }
    }

    @Test func workOfSeveralThreadsKeepsEachThreadsOrder() throws {
        try withLoop { loop in
            let order = Gathered<(thread: Int, index: Int)>()
            let threads = (0..<4).map { thread in
                Thread {
                    for index in 0..<2_000 {
                        loop.execute { order.add((thread, index)) }
                    }
                }
            }
            threads.forEach { $0.start() }
            #expect(order.wait { $0.count == 8_000 })
            for thread in 0..<4 {
                let own = order.all.filter { $0.thread == thread }.map(\.index)
                #expect(own == Array(0..<2_000))
            }
        }
    }

    @Test func workGivenOnTheLoopRunsLaterAndInOrder() throws {
        try withLoop { loop in
            let order = Gathered<String>()
            loop.execute {
                loop.execute { order.add("second") }
                loop.execute { order.add("third") }
                order.add("first")
            }
            #expect(order.wait { $0.count == 3 })
            #expect(order.all == ["first", "second", "third"])
        }
    }

    @Test func workThatNeverEndsLetsSocketsAndTimersLive() throws {
        try withLoop { loop in
            let goesOn = Atomic<Bool>(true)
            let fired = Gathered<Bool>()
            @Sendable func again() {
                if goesOn.load(ordering: .relaxed) { loop.execute { again() } }
            }
            loop.execute {
                again()
                loop.makeTimer { fired.add(true) }.set(afterMs: 1)
            }
            #expect(fired.wait { !$0.isEmpty })
            goesOn.store(false, ordering: .relaxed)
        }
    }

    @Test func timersFireInTheOrderOfTheirNanosecondsAndNeverEarly() throws {
        try withLoop { loop in
            let seed: UInt64 = 20_261_121
            print("timer seed \(seed)")
            var generator = SeededGenerator(seed: seed)
            // Times a few nanoseconds apart as well as equal ones: order must be exact.
            let delays = (0..<500).map { _ in UInt64.random(in: 0..<400, using: &generator) * 50 }
            let order = Gathered<(index: Int, early: Bool)>()
            loop.execute {
                let start = loop.nowNanos + 2_000_000
                for (index, delay) in delays.enumerated() {
                    let timer = loop.makeTimer {
                        order.add((index, loop.nowNanos < start + delay))
                    }
                    timer.set(atNanos: loop.nowNanos + 60_000_000_000)
                    timer.set(atNanos: start + delay)
                }
            }
            #expect(order.wait { $0.count == delays.count })
            let wanted = delays.indices.sorted { (delays[$0], $0) < (delays[$1], $1) }
            #expect(order.all.map(\.index) == wanted)
            #expect(!order.all.contains { $0.early })
        }
    }

    @Test func cancelledAndMovedTimersKeepTheirWord() throws {
        try withLoop { loop in
            let fired = Gathered<String>()
            loop.execute {
                let cancelled = loop.makeTimer { fired.add("cancelled") }
                let closed = loop.makeTimer { fired.add("closed") }
                let moved = loop.makeTimer { fired.add("moved") }
                cancelled.set(afterMs: 2)
                closed.set(afterMs: 2)
                moved.set(afterMs: 1)
                moved.set(afterMs: 20)
                cancelled.cancel()
                closed.close()
                closed.set(afterMs: 2)
                #expect(moved.isSet && !cancelled.isSet && !closed.isSet)
                loop.makeTimer { fired.add("between") }.set(afterMs: 10)
                loop.makeTimer { fired.add("last") }.set(afterMs: 40)
            }
            #expect(fired.wait { $0.contains("last") })
            #expect(fired.all == ["between", "moved", "last"])
        }
    }

    @Test func aLoopWhoseTimersMovedOnOrWentAwayDoesNotSpin() throws {
        @Sendable func threadNanos() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
        try withLoop { loop in
            let moved = Gathered<String>()
            loop.execute {
                let timer = loop.makeTimer { moved.add("moved") }
                // Each time the descriptor is left at an earlier time than the timer's.
                for step in 1...5 { timer.set(afterMs: step * 10) }
                loop.makeTimer { moved.add("gone") }.cancel()
            }
            #expect(moved.wait { $0 == ["moved"] })
            let before = onLoop(loop) { threadNanos() }
            usleep(200_000)
            let used = onLoop(loop) { threadNanos() } - before
            // A loop that spun would have used what the machine gave it of 200 ms.
            #expect(used < 20_000_000, "\(used) ns of processor time in 200 ms without work")
        }
    }

    @Test func aTimerThatSetsItselfToThePastDoesNotStarveTheLoop() throws {
        try withLoop { loop in
            let count = Atomic<Int>(0)
            let timers = Gathered<LoopBound<LoopTimer>>()
            loop.execute {
                final class Box { var timer: LoopTimer? }
                let box = Box()
                let timer = loop.makeTimer {
                    count.wrappingAdd(1, ordering: .relaxed)
                    box.timer?.set(atNanos: 0)
                }
                box.timer = timer
                timer.set(atNanos: 0)
                timers.add(LoopBound(timer, loop: loop))
            }
            #expect(eventually { count.load(ordering: .relaxed) > 100 })
            #expect(onLoop(loop) { true })
            onLoop(loop) { timers.all[0].value.close() }
        }
    }

    @Test func signalsBeforeTheLoopLooksAreOneCall() throws {
        try withLoop { loop in
            let calls = Atomic<Int>(0)
            let isBlocked = Gathered<Bool>()
            let gate = Gathered<Bool>()
            let wakeup = onLoop(loop) {
                loop.makeWakeup { calls.wrappingAdd(1, ordering: .relaxed) }
            }
            loop.execute {
                isBlocked.add(true)
                _ = gate.wait { !$0.isEmpty }
            }
            #expect(isBlocked.wait { !$0.isEmpty })
            for _ in 0..<1_000 {
                wakeup.signal()
            }
            gate.add(true)
            onLoop(loop) {}
            #expect(calls.load(ordering: .relaxed) == 1)
            wakeup.signal()
            #expect(eventually { calls.load(ordering: .relaxed) == 2 })
            onLoop(loop) { wakeup.close() }
            wakeup.signal()
            onLoop(loop) {}
            #expect(calls.load(ordering: .relaxed) == 2)
        }
    }

    /// Whatever was written before the last signal is seen by some call of the body.
    @Test func noSignalIsLost() throws {
        try withLoop { loop in
            let written = Atomic<Int>(0)
            let seen = Atomic<Int>(0)
            let wakeup = onLoop(loop) {
                loop.makeWakeup {
                    seen.store(written.load(ordering: .relaxed), ordering: .relaxed)
                }
            }
            for value in 1...20_000 {
                written.store(value, ordering: .relaxed)
                wakeup.signal()
                if value.isMultiple(of: 1_000) {
                    #expect(eventually { seen.load(ordering: .relaxed) == value })
                }
            }
        }
    }

    @Test func signalsAndWorkAfterTheEndAreHarmless() throws {
        let loop = try EventLoop(label: "short")
        loop.start()
        let wakeup = onLoop(loop) { loop.makeWakeup {} }
        loop.stop()
        loop.join()
        wakeup.signal()
        wakeup.signal()
        loop.execute { Issue.record("ran on a loop that had ended") }
        #expect(!loop.isCurrent)
    }

    @Test func aLoopThatNeverStartedGoesAway() throws {
        weak var gone: EventLoop?
        do {
            let loop = try EventLoop(label: "unused")
            loop.execute {}
            loop.stop()
            loop.join()
            gone = loop
        }
        #expect(gone == nil)
    }

    @Test func actorsLiveOnTheirLoop() async throws {
        let group = try EventLoopGroup(count: 2)
        let residents = group.loops.map { Resident(loop: $0) }
        for _ in 0..<100 {
            for resident in residents {
                #expect(await resident.call())
            }
        }
        for (loop, resident) in zip(group.loops, residents) {
            #expect(onLoop(loop) { resident.callsAssumingIsolation() } == 100)
        }
        await withCheckedContinuation { continuation in
            Thread {
                group.shutdown()
                continuation.resume()
            }.start()
        }
    }

    @Test func assumingIsolationOffTheLoopTraps() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(label: "trap")
            _ = Resident(loop: loop).callsAssumingIsolation()
        }
    }

    @Test func aGroupHasAsManyLoopsAsAskedOrAsProcessors() throws {
        let three = try EventLoopGroup(count: 3)
        #expect(three.loops.count == 3)
        #expect(three.next() === three.loops[0])
        #expect(three.next() === three.loops[1])
        #expect(three.next() === three.loops[2])
        #expect(three.next() === three.loops[0])
        three.shutdown()
        let all = try EventLoopGroup()
        #expect(all.loops.count == sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        all.shutdown()
    }
}
