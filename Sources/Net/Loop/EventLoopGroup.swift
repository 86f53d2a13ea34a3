import Glibc
import Synchronization

/// The loops of a daemon, running.
public final class EventLoopGroup: Sendable {
    /// The loops, in a fixed order.
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// Makes and starts the loops. `count` 0 means one for each processor that is online.
    public init(count: Int = 0, label: String = "loop") throws(NetError) {
        precondition(count >= 0, "EventLoopGroup with a negative number of loops")
        let wanted = count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var made: [EventLoop] = []
        for index in 0..<wanted {
            made.append(try EventLoop(label: "\(label)-\(index)"))
        }
        loops = made
        for loop in loops {
            loop.start()
        }
    }

    /// The loops in turn. Any thread.
    public func next() -> EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(bitPattern: UInt(bitPattern: index) % UInt(loops.count))]
    }

    /// Stops all loops and waits for their threads. Not from one of the loops.
    public func shutdown() {
        for loop in loops {
            loop.stop()
        }
        for loop in loops {
            loop.join()
        }
    }
}
