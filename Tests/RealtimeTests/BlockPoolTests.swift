import Glibc
import Realtime
import Synchronization
import Testing

@Suite struct BlockPoolTests {
    @Test func blocksAreDistinctAlignedAndCounted() {
        let pool = BlockPool(blockCount: 5, blockByteCount: 100)
        var blocks: [UnsafeMutableRawBufferPointer] = []
        for left in [4, 3, 2, 1, 0] {
            guard let block = pool.acquire() else { break }
            #expect(block.count == 100)
            #expect(UInt(bitPattern: block.baseAddress) % 64 == 0)
            block.initializeMemory(as: UInt8.self, repeating: UInt8(left))
            blocks.append(block)
            #expect(pool.freeCount == left)
        }
        #expect(blocks.count == 5)
        for (index, block) in blocks.enumerated() {
            #expect(block.allSatisfy { $0 == UInt8(4 - index) }, "blocks overlap")
        }
        #expect(pool.acquire() == nil)
        #expect(pool.acquire() == nil)
        #expect(pool.exhaustedCount == 2)
        pool.release(blocks[2])
        #expect(pool.acquire()?.baseAddress == blocks[2].baseAddress)
        for block in blocks { pool.release(block) }
        #expect(pool.freeCount == 5)
    }

    @Test func randomUseAgreesWithASet() {
        let seed = UInt64.random(in: 0 ... .max)
        print("block pool model, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for blockCount in 1...8 {
            let pool = BlockPool(blockCount: blockCount, blockByteCount: 8)
            var out: [UnsafeMutableRawBufferPointer] = []
            var refused: UInt64 = 0
            for _ in 0..<2_000 {
                if Bool.random(using: &random) {
                    if let block = pool.acquire() {
                        #expect(!out.contains { $0.baseAddress == block.baseAddress })
                        out.append(block)
                    } else {
                        #expect(out.count == blockCount, "seed \(seed)")
                        refused += 1
                    }
                } else if !out.isEmpty {
                    pool.release(out.remove(at: Int.random(in: 0..<out.count, using: &random)))
                }
                #expect(pool.freeCount == blockCount - out.count)
            }
            #expect(pool.exhaustedCount == refused)
        }
    }

    /// Four threads take blocks, write their name in, look away and find it unchanged: a block
    /// given to two threads at once would show, and TSan would report it.
    @Test func noBlockIsGivenToTwoThreads() {
        let pool = BlockPool(blockCount: 3, blockByteCount: 64)
        let mixups = Atomic<Int>(0)
        let seed = UInt64.random(in: 0 ... .max)
        print("block pool stress, seed \(seed)")
        withUnsafePointer(to: mixups) { pointer in
            nonisolated(unsafe) let shared = pointer
            runThreads(
                (0..<4).map { thread in
                    {
                        var random = SeededGenerator(seed: seed &+ UInt64(thread))
                        for round in 0..<20_000 {
                            guard let block = pool.acquire() else { continue }
                            let name = UInt64(thread) << 32 | UInt64(round)
                            block.storeBytes(of: name, as: UInt64.self)
                            block.storeBytes(of: name, toByteOffset: 56, as: UInt64.self)
                            if random.next() % 64 == 0 { sched_yield() }
                            if block.load(as: UInt64.self) != name
                                || block.load(fromByteOffset: 56, as: UInt64.self) != name
                            {
                                shared.pointee.add(1, ordering: .relaxed)
                            }
                            pool.release(block)
                        }
                    }
                })
        }
        #expect(mixups.load(ordering: .relaxed) == 0, "seed \(seed)")
        #expect(pool.freeCount == 3)
    }

    @Test func aBlockCannotBeGivenBackTwice() async {
        await #expect(processExitsWith: .failure) {
            let pool = BlockPool(blockCount: 2, blockByteCount: 8)
            if let block = pool.acquire() {
                pool.release(block)
                pool.release(block)
            }
        }
        await #expect(processExitsWith: .failure) {
            let pool = BlockPool(blockCount: 2, blockByteCount: 8)
            let stranger = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 64)
            pool.release(stranger)
        }
    }
}
