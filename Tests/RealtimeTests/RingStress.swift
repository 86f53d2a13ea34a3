// One thread writes a counted sequence, the other checks it. No test library: see RingChecks.swift.
import Glibc
import Synchronization

#if !RING_MUTANT
    import Realtime
    import TestSupport
#endif

/// Lets a closure own something that cannot be copied.
final class Box<Value: ~Copyable>: @unchecked Sendable {
    var value: Value
    init(_ value: consuming Value) { self.value = value }
}

/// Runs the bodies on a thread each and waits for all.
func runThreads(_ bodies: [@Sendable () -> Void]) {
    var threads: [pthread_t] = []
    for body in bodies {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let failure = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box<@Sendable () -> Void>>.fromOpaque(argument).takeRetainedValue()
                    .value()
                return nil
            }, box.toOpaque())
        precondition(failure == 0, "no thread to be had")
        threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
}

/// How the two ends move elements.
enum RingTraffic: String, CaseIterable { case blocks, elements, mixed }

/// Ends a stress run that hangs or has failed. Relaxed throughout: the flag must not order anything
/// that the ring should have ordered.
private final class StressWatch: Sendable {
    let failed = Atomic<Bool>(false)
    let deadlineNanos: UInt64
    init(seconds: UInt64) { deadlineNanos = MonotonicClock.nowNanos() + seconds * 1_000_000_000 }

    /// Gives the processor away; false when the run is to end.
    func pause() -> Bool {
        sched_yield()
        if MonotonicClock.nowNanos() > deadlineNanos { failed.store(true, ordering: .relaxed) }
        return !failed.load(ordering: .relaxed)
    }
}

/// Sends `count` numbered elements through a ring of `capacity` between two threads.
func ringStress(capacity: Int, traffic: RingTraffic, count: UInt32, seed: UInt64) -> String? {
    var pair = SPSCRing<UInt32>.make(minimumCapacity: capacity, firstIndex: 0 &- 1000)
    let producer = Box(pair.takeProducer())
    let consumer = Box(pair.takeConsumer())
    let watch = StressWatch(seconds: 20)
    let lost = Box(UInt64(0))
    let complaint = Box(String?.none)
    runThreads([
        { lost.value = produce(into: &producer.value, traffic, count, seed, watch) },
        { complaint.value = consume(from: &consumer.value, traffic, count, seed &+ 1, watch) },
    ])
    if let complaint = complaint.value { return complaint }
    if watch.failed.load(ordering: .relaxed) { return "no progress for 20 s" }
    if producer.value.lostCount != lost.value { return "lost \(producer.value.lostCount)" }
    return consumer.value.availableCount == 0 ? nil : "elements left over"
}

private func usesBlock(_ traffic: RingTraffic, _ random: inout SeededGenerator) -> Bool {
    traffic == .blocks || traffic == .mixed && Bool.random(using: &random)
}

private func produce(
    into producer: inout RingProducer<UInt32>, _ traffic: RingTraffic, _ count: UInt32,
    _ seed: UInt64, _ watch: StressWatch
) -> UInt64 {
    var random = SeededGenerator(seed: seed)
    var next: UInt32 = 0
    var lost: UInt64 = 0
    var block = [UInt32](repeating: 0, count: producer.capacity + 3)
    while next < count {
        var written = 0
        if usesBlock(traffic, &random) {
            let length = min(Int.random(in: 0...block.count, using: &random), Int(count - next))
            for index in 0..<length { block[index] = next + UInt32(index) }
            written = producer.write(block.span.extracting(0..<length))
            lost += UInt64(length - written)
        } else if producer.tryPush(next) {
            written = 1
        }
        next += UInt32(written)
        if written == 0, !watch.pause() { return lost }
    }
    return lost
}

private func consume(
    from consumer: inout RingConsumer<UInt32>, _ traffic: RingTraffic, _ count: UInt32,
    _ seed: UInt64, _ watch: StressWatch
) -> String? {
    var random = SeededGenerator(seed: seed)
    var next: UInt32 = 0
    var block = [UInt32](repeating: 0, count: consumer.capacity + 3)
    while next < count {
        var read = 0
        if usesBlock(traffic, &random) {
            let length = Int.random(in: 0...block.count, using: &random)
            block.withUnsafeMutableBufferPointer {
                read = consumer.read(into: UnsafeMutableBufferPointer(rebasing: $0[..<length]))
            }
        } else if let element = consumer.tryPop() {
            block[0] = element
            read = 1
        }
        for index in 0..<read where block[index] != next + UInt32(index) {
            watch.failed.store(true, ordering: .relaxed)
            return "element \(next + UInt32(index)) arrived as \(block[index])"
        }
        next += UInt32(read)
        if read == 0, !watch.pause() { return nil }
    }
    return nil
}
