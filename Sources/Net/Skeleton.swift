// Placeholder: the event-loop type that the stage protocols name; replaced by the real one.
public final class EventLoop: Sendable {}
