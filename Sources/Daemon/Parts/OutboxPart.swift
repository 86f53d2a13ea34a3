import Net
import Realtime
import Telemetry
import TwilioServer

/// Sends confirmations, where the account is known.
final class OutboxPart: DaemonPart {
    private let context: OutboxContext?
    private let loop: EventLoop
    private let log: Logger
    private let sender = Locked<LoopBound<OutboxSender>?>(nil)

    init(_ context: OutboxContext?, loop: EventLoop, log: Logger) {
        self.context = context
        self.loop = loop
        self.log = log
    }

    func start() {
        guard let context else { return }
        loop.execute { [self] in
            do throws(NetError) {
                let made = LoopBound(try OutboxSender(context, loop: loop), loop: loop)
                sender.withLock { $0 = made }
            } catch {
                log.error("no confirmations are sent", ["why": .text("\(error)")])
            }
        }
    }

    /// It ends with its loop; what was not sent waits in the store.
    func stop() {}
}
