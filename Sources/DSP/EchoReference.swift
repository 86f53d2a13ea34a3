/// The sound that the caller's telephone plays, as the reference of an echo canceller: in order, at
/// the pace of the caller's audio, and held back by what the canceller does not find by itself.
///
/// What is sent runs ahead of what is played by the lead; from the playing to the echo passes what
/// the line takes there and back, which an ``EchoDelayFinder`` finds. At 8 kHz, in frames of 10 ms.
/// One per call, used by one thread at a time. Allocates in `init` only.
public final class EchoReference {
    /// Samples in a frame of 10 ms.
    public static let frameCount = 80
    /// Milliseconds from a sound of the reference to its echo that the canceller searches around.
    public static let searchedMs = 100

    /// The delay that the reference is made for, in milliseconds: found, or else the first guess.
    public var delayMs: Int { heldFrames * EchoDelayFinder.frameMs + Self.searchedMs }

    private let finder: EchoDelayFinder
    /// Sent and not played yet, a queue in a ring.
    private let sent: UnsafeMutableBufferPointer<Int16>
    private var sentStart = 0
    private var sentCount = 0
    /// The frames that were played last, a ring.
    private let history: UnsafeMutableBufferPointer<Int16>
    private let historyFrames: Int
    private var newest = 0
    private var heldFrames: Int

    /// Where the canceller looks well around `searchedMs`, small changes would only disturb it.
    private static let toleratedMs = 60

    /// - Parameters:
    ///   - leadMs: how far ahead of its playing audio is sent at most.
    ///   - firstDelayMs: the delay until one is found.
    ///   - maxMs: the longest delay that is looked for.
    public init(leadMs: Int, firstDelayMs: Int, maxMs: Int = 1000) {
        finder = EchoDelayFinder(maxMs: maxMs)
        sent = .allocate(capacity: CallAudio.listening.sampleCount(ms: leadMs + 1000))
        historyFrames = maxMs / EchoDelayFinder.frameMs + 1
        history = .allocate(capacity: historyFrames * Self.frameCount)
        history.initialize(repeating: 0)
        heldFrames = Self.held(min(firstDelayMs, maxMs))
    }

    deinit {
        sent.deallocate()
        history.deallocate()
    }

    /// Speech that was sent to the caller: samples at 8 kHz.
    public func append(_ samples: UnsafeBufferPointer<Int16>) {
        for sample in samples where sentCount < sent.count {
            sent[(sentStart + sentCount) % sent.count] = sample
            sentCount += 1
        }
    }

    /// What was sent and not played is thrown away.
    public func clear() { sentCount = 0 }

    /// The reference for 10 ms of the caller's audio, valid until the next one.
    public func next(near: UnsafeBufferPointer<Int16>) -> UnsafeBufferPointer<Int16> {
        newest = (newest + 1) % historyFrames
        let frame = UnsafeMutableBufferPointer(rebasing: history[range(of: newest)])
        for index in 0..<Self.frameCount {
            guard sentCount > 0 else {
                frame[index] = 0
                continue
            }
            frame[index] = sent[sentStart]
            sentStart = (sentStart + 1) % sent.count
            sentCount -= 1
        }
        finder.take(far: UnsafeBufferPointer(frame), near: near)
        if let found = finder.delayMs, abs(found - delayMs) > Self.toleratedMs {
            heldFrames = Self.held(found)
        }
        let held = (newest - heldFrames + historyFrames) % historyFrames
        return UnsafeBufferPointer(rebasing: history[range(of: held)])
    }

    private func range(of frame: Int) -> Range<Int> {
        frame * Self.frameCount..<(frame + 1) * Self.frameCount
    }

    private static func held(_ delayMs: Int) -> Int {
        max(0, delayMs - searchedMs) / EchoDelayFinder.frameMs
    }
}
