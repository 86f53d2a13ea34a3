import Realtime

// What is asked of a conversation from outside. On the call's loop.

/// What became of something that was said for an operator.
public enum AnnouncementOutcome: Sendable, Equatable {
    /// All of it was heard.
    case heard
    /// The caller interrupted, or the call ended or changed hands, before all of it was heard.
    case cutOff
    /// Synthesis failed.
    case failed
    /// More wait than are kept: see ``Conversation/announcementsMax``.
    case refused
}

/// A sentence that waits until nobody has the floor.
struct Announcement {
    var text: String
    var completion: (AnnouncementOutcome) -> Void
}

extension Conversation {
    /// Announcements that may wait.
    public static let announcementsMax = 16

    /// Says `text` in the call's voice as soon as nobody has the floor, after what was asked for
    /// before. The dialogue is not told. `completion` is called once, on the loop, perhaps at once.
    public func say(
        _ text: String, nowNanos now: UInt64,
        completion: @escaping (AnnouncementOutcome) -> Void
    ) {
        guard !isClosed else { return completion(.cutOff) }
        guard announcements.count < Self.announcementsMax else { return completion(.refused) }
        enter(now) { announcements.append(Announcement(text: text, completion: completion)) }
    }

    /// From now on nobody answers the caller; announcements are still said. What the agent was saying
    /// is cut off.
    public func suspend(nowNanos now: UInt64) { enter(now) { machine.suspend(at: now) } }

    /// The caller is answered again.
    public func resume(nowNanos now: UInt64) { enter(now) { machine.resume(at: now) } }

    /// The caller is, or is no longer, replaced by silence, as the detector and the recogniser hear
    /// them; keys are let pass unseen.
    public func setMuted(_ isMuted: Bool, nowNanos now: UInt64) {
        enter(now) {
            self.isMuted = isMuted
            machine.setUnheard(isMuted, at: now)
        }
    }

    /// Ends the conversation at once; the transport is told.
    public func finish(_ ending: ConversationEnding, nowNanos now: UInt64) {
        enter(now) { machine.finish(ending) }
    }

    /// Says what waits, where nobody has the floor.
    func sayAnnouncement(at now: UInt64) {
        guard !announcements.isEmpty, machine.isFloorFree else { return }
        // Once an announcement.
        RealtimeRegion.suspend()
        let next = announcements.removeFirst()
        let turn = machine.announce(at: now)
        let sentence = localSentence(next.text, at: now)
        begin(turn: turn, sentence: sentence, isLocal: true, at: now) { outcome in
            switch outcome {
            case .heard: next.completion(.heard)
            case .failed: next.completion(.failed)
            case .interrupted, .merged, .cutOff: next.completion(.cutOff)
            }
        }
        RealtimeRegion.resume()
    }

    /// The call is over: what waits is not said any more.
    func dropAnnouncements() {
        let dropped = announcements
        announcements = []
        for announcement in dropped { announcement.completion(.cutOff) }
    }
}
