import Realtime
import Testing

@Suite struct SPSCRingTests {
    @Test func capacityIsTheNextPowerOfTwo() {
        #expect(RingChecks.capacities() == nil)
    }

    @Test(arguments: [1, 2, 4, 8, 16])
    func everyOffsetAndLengthAgreesWithAnArray(capacity: Int) {
        #expect(RingChecks.everyBlock(capacity: capacity) == nil)
    }

    @Test(arguments: [1, 2, 4, 8, 16, 64])
    func randomOperationsAgreeWithAnArray(capacity: Int) {
        let seed = UInt64.random(in: 0 ... .max)
        print("ring random walk, capacity \(capacity), seed \(seed)")
        let complaint = RingChecks.randomWalk(capacity: capacity, steps: 5_000, seed: seed)
        #expect(complaint == nil, "seed \(seed)")
    }

    @Test(.serialized, arguments: [1, 2, 16, 1024], RingTraffic.allCases)
    func twoThreadsKeepTheSequence(capacity: Int, traffic: RingTraffic) {
        let seed = UInt64.random(in: 0 ... .max)
        print("ring stress, capacity \(capacity), \(traffic.rawValue), seed \(seed)")
        let complaint = ringStress(
            capacity: capacity, traffic: traffic, count: capacity < 16 ? 20_000 : 100_000,
            seed: seed)
        #expect(complaint == nil, "seed \(seed)")
    }

    @Test func theMemoryOutlivesEitherEnd() {
        var pair = SPSCRing<Int16>.make(minimumCapacity: 4)
        var consumer = pair.takeConsumer()
        do {
            var producer = pair.takeProducer()
            #expect(producer.write([1, 2, 3, 4, 5].span) == 4)
        }
        #expect(consumer.tryPop() == 1)
        #expect(consumer.lostCount == 1)
        #expect(consumer.discard(10) == 3)
        #expect(consumer.tryPop() == nil)
    }

    @Test func anEmptyBlockMovesNothing() {
        var pair = SPSCRing<Int16>.make(minimumCapacity: 2)
        var producer = pair.takeProducer()
        var consumer = pair.takeConsumer()
        #expect(producer.write(UnsafeBufferPointer(start: nil, count: 0)) == 0)
        #expect(consumer.read(into: UnsafeMutableBufferPointer(start: nil, count: 0)) == 0)
        #expect(producer.lostCount == 0)
    }

    @Test func theEndsCanBeTakenOnce() async {
        await #expect(processExitsWith: .failure) {
            var pair = SPSCRing<Int16>.make(minimumCapacity: 2)
            _ = pair.takeProducer()
            _ = pair.takeProducer()
        }
    }
}
