// What a ring must do, as functions that return a complaint or nil. They use no test library, so
// that scripts/ring-mutants can build them together with a weakened ring.
import Glibc
import Synchronization

#if !RING_MUTANT
    import Realtime
    import TestSupport
#endif

enum RingChecks {
    /// The capacity is the next power of two, and the ring can be filled to it.
    static func capacities() -> String? {
        for minimum in 1...65 {
            var expected = 1
            while expected < minimum { expected *= 2 }
            var pair = SPSCRing<UInt16>.make(minimumCapacity: minimum)
            var producer = pair.takeProducer()
            let consumer = pair.takeConsumer()
            guard producer.capacity == expected, consumer.capacity == expected else {
                return "minimum \(minimum) gave capacity \(producer.capacity), not \(expected)"
            }
            for index in 0..<expected where !producer.tryPush(UInt16(index)) {
                return "element \(index) of \(expected) did not fit"
            }
            if producer.tryPush(0) { return "capacity \(expected) took one more" }
            if producer.lostCount != 0 { return "a refused element counted as lost" }
            if consumer.availableCount != expected { return "not all of \(expected) arrived" }
        }
        return nil
    }

    /// Every start offset (those where the index wraps around too), fill, block written and block
    /// read of a capacity, against an array.
    static func everyBlock(capacity: Int) -> String? {
        let offsets = (0..<UInt(capacity)).map { $0 } + (0..<UInt(capacity)).map { 0 &- $0 }
        for offset in offsets {
            for fill in 0...capacity {
                for written in 0...(capacity + 2) {
                    for read in 0...(capacity + 2) {
                        let complaint = oneBlock(
                            capacity: capacity, offset: offset, fill: fill, written: written,
                            read: read)
                        if let complaint {
                            return "capacity \(capacity), offset \(offset), fill \(fill), "
                                + "written \(written), read \(read): \(complaint)"
                        }
                    }
                }
            }
        }
        return nil
    }

    private static func oneBlock(
        capacity: Int, offset: UInt, fill: Int, written: Int, read: Int
    ) -> String? {
        var pair = SPSCRing<UInt16>.make(minimumCapacity: capacity, firstIndex: offset)
        var producer = pair.takeProducer()
        var consumer = pair.takeConsumer()
        var model = (0..<UInt16(fill)).map { $0 + 1 }
        for element in model where !producer.tryPush(element) { return "no room for the fill" }
        let block = (0..<UInt16(written)).map { $0 + 100 }
        let fits = min(written, capacity - fill)
        if producer.write(block.span) != fits { return "wrote another count than \(fits)" }
        model += block[..<fits]
        if producer.lostCount != UInt64(written - fits) { return "lost \(producer.lostCount)" }
        if consumer.availableCount != model.count { return "has \(consumer.availableCount)" }
        if producer.freeCount != capacity - model.count { return "free \(producer.freeCount)" }
        var target = [UInt16](repeating: 9999, count: read)
        let due = min(read, model.count)
        let peeked = target.withUnsafeMutableBufferPointer { consumer.peek(into: $0) }
        if peeked != due || Array(target[..<due]) != Array(model[..<due]) {
            return "peeked \(peeked) \(target), not \(model[..<due])"
        }
        if consumer.availableCount != model.count { return "a peek took something" }
        var span = target.mutableSpan
        if consumer.read(into: &span) != due { return "read another count than \(due)" }
        if Array(target[..<due]) != Array(model[..<due]) { return "read \(target), not \(model)" }
        if target[due...].contains(where: { $0 != 9999 }) { return "wrote behind the block" }
        model.removeFirst(due)
        if producer.freeCount != capacity - model.count { return "free \(producer.freeCount)" }
        while let element = consumer.tryPop() {
            if model.isEmpty || element != model.removeFirst() { return "popped \(element)" }
        }
        return model.isEmpty ? nil : "\(model.count) elements did not come out"
    }

    /// A long random walk of all operations against an array.
    static func randomWalk(capacity: Int, steps: Int, seed: UInt64) -> String? {
        var random = SeededGenerator(seed: seed)
        var pair = SPSCRing<UInt32>.make(minimumCapacity: capacity, firstIndex: 0 &- 50)
        var producer = pair.takeProducer()
        var consumer = pair.takeConsumer()
        var model: [UInt32] = []
        var lost: UInt64 = 0
        var next: UInt32 = 0
        for step in 0..<steps {
            let length = Int.random(in: 0...(capacity + 2), using: &random)
            let room = capacity - model.count
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let block = (0..<UInt32(length)).map { next + $0 }
                let count = producer.write(block.span)
                if count != min(room, length) { return "step \(step): wrote \(count)" }
                model += block[..<count]
                lost += UInt64(length - count)
                next += UInt32(length)
            case 1:
                if producer.tryPush(next) != (room > 0) { return "step \(step): push" }
                if room > 0 { model.append(next) }
                next += 1
            case 2:
                var target = [UInt32](repeating: 0, count: length)
                let count = target.withUnsafeMutableBufferPointer { consumer.read(into: $0) }
                if count != min(length, model.count) || target[..<count] != model[..<count] {
                    return "step \(step): read \(count) \(target), model \(model)"
                }
                model.removeFirst(count)
            case 3:
                let popped = consumer.tryPop()
                if popped != model.first { return "step \(step): popped" }
                if !model.isEmpty { model.removeFirst() }
            default:
                let count = consumer.discard(length)
                if count != min(length, model.count) { return "step \(step): discarded \(count)" }
                model.removeFirst(count)
            }
            if producer.lostCount != lost || consumer.lostCount != lost {
                return "step \(step): lost \(producer.lostCount), not \(lost)"
            }
        }
        return nil
    }
}
