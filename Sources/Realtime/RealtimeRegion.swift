import CStreamD

/// Says which work is done for every frame of audio, so that RealtimeSanitizer can prove that it
/// neither allocates nor locks nor makes system calls: `make test-rt`.
///
/// In other builds a bracket is a load and a branch. Per thread; brackets nest and must be paired,
/// best by `defer`.
public enum RealtimeRegion {
    /// The work of one frame begins.
    @inlinable @inline(__always)
    public static func enter() { streamd_realtime_enter() }

    /// Ends one ``enter()``.
    @inlinable @inline(__always)
    public static func leave() { streamd_realtime_leave() }

    /// What follows is called from a frame's work, but is done once a turn or more rarely, or is
    /// the socket's own: it may allocate and call the system.
    @inlinable @inline(__always)
    public static func suspend() { streamd_realtime_suspend() }

    /// Ends one ``suspend()``.
    @inlinable @inline(__always)
    public static func resume() { streamd_realtime_resume() }

    /// True in a build that was linked with the sanitizer's runtime.
    public static var isChecked: Bool { streamd_realtime_is_checked() != 0 }
}
