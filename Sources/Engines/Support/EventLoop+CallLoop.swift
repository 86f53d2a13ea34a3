import Net
import Pipelines

// A call's loop, as the network has it.

extension LoopTimer: CallTimer {}
extension EventLoop: CallLoop {}
extension LoopWakeup: CallWakeup {}

extension CallLoop {
    /// The loop of the network that this call's loop is: an engine that talks to a server has its
    /// client there. Traps for any other kind of loop, on which no connection can be made.
    var eventLoop: EventLoop {
        guard let loop = self as? EventLoop else {
            preconditionFailure("an engine that talks to a server needs a loop of Net")
        }
        return loop
    }
}
