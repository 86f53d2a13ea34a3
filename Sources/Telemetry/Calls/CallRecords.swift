import Calls
import Store

/// What happens in calls, as rows of the store: one a call, written when it begins and when it ends.
package struct CallRecords: CallEventSubscriber {
    private let database: Database
    private let log: Logger

    package init(_ database: Database, log: Logger) {
        self.database = database
        self.log = log
    }

    package func took(_ event: CallEvent) {
        switch event.kind {
        case .began: record(event.call, status: "in-progress", endedAt: nil)
        case .ended(let summary):
            record(
                event.call, status: summary.isOrderly ? "completed" : "failed",
                endedAt: summary.endedAt)
        case .conversation, .turn, .audioLost, .commanded: break
        }
    }

    private func record(_ call: CallDescription, status: String, endedAt: Int64?) {
        let record = CallRecord(
            callSid: call.name, assistantID: call.assistantID, from: call.from, to: call.to,
            status: status, startedAt: call.startedAt, endedAt: endedAt,
            durationSeconds: endedAt.map { Int($0 - call.startedAt) })
        database.recordCall(record) { [log] result in
            guard case .failure(let error) = result else { return }
            log.error("call not recorded", ["call": .text(call.name), "why": .text("\(error)")])
        }
    }
}
