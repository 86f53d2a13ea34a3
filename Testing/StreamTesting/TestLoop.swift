import Foundation
import Net

/// A running loop of its own, and a way onto it.
package final class TestLoop: Sendable {
    package let loop: EventLoop

    package init() throws {
        loop = try EventLoop(label: "chain-test")
        loop.start()
    }

    deinit {
        loop.stop()
        guard loop.isCurrent else { return loop.join() }
        // The last reference fell on the loop's own thread, which cannot wait for itself.
        Thread.detachNewThread { [loop] in loop.join() }
    }

    /// Runs on the loop and waits for it.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await handedOver { done in loop.execute { done(body()) } }
    }
}
