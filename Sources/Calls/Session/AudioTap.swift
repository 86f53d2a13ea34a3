import Realtime
import Synchronization

/// One moment of a call, both directions.
public struct TappedSample: BitwiseCopyable, Sendable, Equatable {
    public var caller: Int16
    public var agent: Int16

    public init(caller: Int16, agent: Int16) {
        self.caller = caller
        self.agent = agent
    }
}

/// A copy of a call's audio for somebody who listens in or records: both directions side by side,
/// 16-bit linear, at the call's rate, on the caller's clock.
///
/// The call's loop writes with each frame of the caller's, and never waits or allocates for it: what
/// the listener has not taken in time is lost, and counted. What the agent says is sent ahead of time;
/// here it stands beside what the caller said while it was being played, to within the network's delay.
/// A new tap is made by ``make(milliseconds:samplesPerMs:)``, and given to a call by
/// ``CallCommand/listen(_:)``.
public final class AudioTap: @unchecked Sendable {
    // Everything but the flags belongs to the call's loop.
    private var producer: RingProducer<TappedSample>
    private let isClosed = Atomic(false)
    private let isGiven = Atomic(false)
    /// The agent's speech that was sent and is not played yet: a ring of its own.
    private let sent: UnsafeMutableBufferPointer<Int16>
    let samplesPerMs: Int
    private var sentStart = 0
    private var sentCount = 0
    private let scratch: UnsafeMutableBufferPointer<TappedSample>

    /// Speech sent ahead that is kept; what is beyond is taken for played.
    private static let aheadMsMax = 2000
    private static let scratchCount = 1024

    private init(producer: consuming RingProducer<TappedSample>, samplesPerMs: Int) {
        self.producer = producer
        self.samplesPerMs = samplesPerMs
        sent = .allocate(capacity: Self.aheadMsMax * samplesPerMs)
        sent.initialize(repeating: 0)
        scratch = .allocate(capacity: Self.scratchCount)
        scratch.initialize(repeating: TappedSample(caller: 0, agent: 0))
    }

    deinit {
        sent.deallocate()
        scratch.deallocate()
    }

    /// A tap, and the end at which it is listened to.
    /// - Parameters:
    ///   - milliseconds: how much the listener may be behind.
    ///   - samplesPerMs: of the call (`CallSession.audio`): 8 on a telephone.
    public static func make(
        milliseconds: Int, samplesPerMs: Int
    ) -> (tap: AudioTap, listener: AudioTapListener) {
        precondition(milliseconds > 0 && samplesPerMs > 0, "a tap that holds something")
        var ring = SPSCRing<TappedSample>.make(minimumCapacity: milliseconds * samplesPerMs)
        let tap = AudioTap(producer: ring.takeProducer(), samplesPerMs: samplesPerMs)
        return (tap, AudioTapListener(tap: tap, consumer: ring.takeConsumer()))
    }

    /// True for the first call only: a tap has one call.
    func claim() -> Bool { !isGiven.exchange(true, ordering: .relaxed) }

    /// The listener has gone.
    var isOver: Bool { isClosed.load(ordering: .relaxed) }
    fileprivate func close() { isClosed.store(true, ordering: .relaxed) }

    // MARK: - From the call's loop

    /// The agent's speech was sent.
    func agentSent(_ sample: Int16) {
        if sentCount == sent.count {
            sentStart = (sentStart + 1) % sent.count
            sentCount -= 1
        }
        sent[(sentStart + sentCount) % sent.count] = sample
        sentCount += 1
    }

    /// Silence was sent.
    func agentSilent(nanos: UInt64) {
        let count = Int(nanos / 1000) * samplesPerMs / 1000
        for _ in 0..<min(count, sent.count) { agentSent(0) }
    }

    /// What was sent and not played was thrown away.
    func agentCleared() { sentCount = 0 }

    /// The caller's audio came; as much of the agent's was played meanwhile.
    func callerHeard(_ samples: UnsafeBufferPointer<Int16>) {
        var from = 0
        while from < samples.count {
            let count = min(scratch.count, samples.count - from)
            for index in 0..<count {
                var agent: Int16 = 0
                if sentCount > 0 {
                    agent = sent[sentStart]
                    sentStart = (sentStart + 1) % sent.count
                    sentCount -= 1
                }
                scratch[index] = TappedSample(caller: samples[from + index], agent: agent)
            }
            producer.write(UnsafeBufferPointer(rebasing: scratch[..<count]))
            from += count
        }
    }
}

/// The listener's end of an ``AudioTap``. One thread at a time.
public final class AudioTapListener: @unchecked Sendable {
    private let tap: AudioTap
    private var consumer: RingConsumer<TappedSample>

    fileprivate init(tap: AudioTap, consumer: consuming RingConsumer<TappedSample>) {
        self.tap = tap
        self.consumer = consumer
    }

    deinit { tap.close() }

    /// Moves what has come, oldest first, into `destination`; returns how many samples that was.
    public func read(into destination: UnsafeMutableBufferPointer<TappedSample>) -> Int {
        consumer.read(into: destination)
    }

    /// Samples that came while the tap was full, and are lost.
    public var lostCount: UInt64 { consumer.lostCount }

    /// Ends the tap: the call writes no more.
    public func close() { tap.close() }
}
