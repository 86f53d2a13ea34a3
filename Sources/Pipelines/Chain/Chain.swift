import Synchronization

/// How a place of a chain is watched. Milliseconds.
public struct ChainWatch: Sendable, Equatable {
    /// From the request to the first of the answer: the transcript, a sentence, audio.
    public var answerMs: Int
    /// Within the answer: from one sentence to the next; how far audio may fall behind the clock.
    public var stallMs: Int

    public init(answerMs: Int, stallMs: Int) {
        self.answerMs = answerMs
        self.stallMs = stallMs
    }
}

/// One place of a chain: the books of one service, shared by all calls.
public final class ChainPlace: Sendable {
    /// `stt`, `llm` or `tts`.
    public let stage: String
    /// The engine's name.
    public let engine: String
    public let watch: ChainWatch
    public let breaker: CircuitBreaker

    private let usedCounter = Atomic<Int>(0)
    private let failedCounter = Atomic<Int>(0)
    private let skippedCounter = Atomic<Int>(0)

    public init(stage: String, engine: String, watch: ChainWatch, breaker: CircuitBreaker) {
        self.stage = stage
        self.engine = engine
        self.watch = watch
        self.breaker = breaker
    }

    /// Requests made.
    public var usedCount: Int { usedCounter.load(ordering: .relaxed) }
    /// Requests that failed or took too long.
    public var failedCount: Int { failedCounter.load(ordering: .relaxed) }
    /// Requests that went past this place because its breaker was open.
    public var skippedCount: Int { skippedCounter.load(ordering: .relaxed) }

    func noteUse() { usedCounter.wrappingAdd(1, ordering: .relaxed) }
    func noteSkip() { skippedCounter.wrappingAdd(1, ordering: .relaxed) }
    func noteFailure(atNanos now: UInt64) {
        failedCounter.wrappingAdd(1, ordering: .relaxed)
        breaker.failed(atNanos: now)
    }
}

/// One engine of a chain with its books.
public struct ChainLink<Engine: Sendable>: Sendable {
    public var engine: Engine
    public var place: ChainPlace

    public init(_ engine: Engine, _ place: ChainPlace) {
        self.engine = engine
        self.place = place
    }
}

/// Told, on any thread, of a failure that the caller did not notice because the next engine took
/// over. `next` is that engine's name.
public typealias ChainReport =
    @Sendable (
        _ place: ChainPlace, _ error: StageError, _ next: String
    ) -> Void

/// The order in which services are asked.
struct Chain: Sendable {
    let places: [ChainPlace]
    let report: ChainReport

    init(_ places: [ChainPlace], report: @escaping ChainReport) {
        precondition(!places.isEmpty, "a chain needs an engine")
        self.places = places
        self.report = report
    }

    var count: Int { places.count }

    func isLast(_ index: Int) -> Bool { index == places.count - 1 }

    /// The first place from `index` on that may be asked; nil behind the end. The last one is asked
    /// whatever its breaker says: a small chance is better than none.
    func admit(from index: Int, atNanos now: UInt64) -> (index: Int, permit: CircuitBreaker.Permit)?
    {
        for candidate in places.indices.dropFirst(index) {
            let place = places[candidate]
            if let permit = place.breaker.admit(atNanos: now) {
                place.noteUse()
                return (candidate, permit)
            }
            if isLast(candidate) {
                place.noteUse()
                return (candidate, CircuitBreaker.Permit(isProbe: false))
            }
            place.noteSkip()
        }
        return nil
    }

    /// The place that a request is likely to go to; takes no permit.
    func likelyPlace(atNanos now: UInt64) -> Int {
        places.firstIndex { $0.breaker.wouldAdmit(atNanos: now) } ?? places.count - 1
    }

    func timedOut(_ index: Int, afterMs: Int) -> StageError {
        .timedOut(stage: "\(places[index].stage) \(places[index].engine)", afterMs: afterMs)
    }

    /// Notes a failure at `index`, and tells of it where somebody else can take over.
    func failed(_ index: Int, _ error: StageError, atNanos now: UInt64) {
        places[index].noteFailure(atNanos: now)
        if !isLast(index) { report(places[index], error, places[index + 1].engine) }
    }
}
