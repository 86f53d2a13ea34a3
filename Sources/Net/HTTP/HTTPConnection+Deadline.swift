/// The time that a client has for each step.
extension HTTPConnection {
    func setDeadline() {
        let wanted: Deadline
        switch phase {
        case .reading:
            switch parser.stage {
            case .idle: wanted = hasServed ? .idle : .head
            case .head: wanted = .head
            default: wanted = .body
            }
        case .answering, .draining:
            wanted = stream.queuedByteCount > 0 ? .progress : .none
        case .closing, .detached: return
        }
        // A request's limit runs from its beginning, whatever comes in meanwhile.
        guard wanted != deadline || requestNumber != deadlineNumber else { return }
        deadline = wanted
        deadlineNumber = requestNumber
        let options = server.options
        switch wanted {
        case .none: timer?.cancel()
        case .idle: timer?.set(afterMs: options.idleTimeoutMs)
        case .head: timer?.set(afterMs: options.headerTimeoutMs)
        case .body: timer?.set(afterMs: options.bodyTimeoutMs)
        case .progress:
            sentAtCheck = stream.sentByteCount
            timer?.set(afterMs: options.writeTimeoutMs)
        }
    }

    func timeIsUp() {
        let due = deadline
        deadline = .none
        let options = server.options
        switch due {
        case .none: break
        case .idle: closeIfIdle()
        case .head:
            if parser.stage == .idle {
                server.report(
                    stream, status: nil, what: "no request within \(options.headerTimeoutMs) ms")
                phase = .closing
                closeStream()
            } else {
                refuse(408, "the head took longer than \(options.headerTimeoutMs) ms")
            }
        case .body: refuse(408, "the body took longer than \(options.bodyTimeoutMs) ms")
        case .progress:
            if stream.sentByteCount == sentAtCheck, stream.queuedByteCount > 0 {
                server.report(
                    stream, status: nil,
                    what: "the client took nothing for \(options.writeTimeoutMs) ms")
                stream.abort()
            } else {
                setDeadline()
            }
        }
    }
}
