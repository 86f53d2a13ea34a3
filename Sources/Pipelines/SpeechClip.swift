import DSP
import Realtime
import Synchronization

/// Synthesised speech that grows at one end while it is read anywhere, in the form of one kind of call.
///
/// One thread appends (the synthesiser's), any number read what has been published, without locks. A
/// finished clip never changes, so it can be cached and played on many calls at once; and because
/// nothing is consumed, playout can go back to the word where the caller interrupted.
public final class SpeechClip: @unchecked Sendable {
    /// The text that is being spoken, as far as it was known when the clip was made.
    public let text: String
    /// The form of its bytes: it can be played on calls of this form only.
    public let audio: CallAudio

    package static let blockByteCount = 4096

    private let blocks: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    private let blockCountMax: Int
    private let published = Atomic<Int>(0)
    private let state = Atomic<UInt8>(State.growing.rawValue)
    private let cancelled = Atomic<Bool>(false)
    private let substitute = Atomic<Bool>(false)
    private let isWatched = Atomic<Bool>(false)
    private let aside = Locked(Aside())

    /// The state that is not looked at for every frame.
    private struct Aside {
        /// What was learnt of the words since the clip was made.
        var addedText = ""
        var growthHandler: (@Sendable () -> Void)?
        var error: StageError?
        var cancelHandler: (@Sendable () -> Void)?
    }

    private enum State: UInt8 { case growing = 0, finished, failed }

    /// - Parameter secondsMax: speech beyond this is cut off (`buffers.playoutMs`).
    public init(text: String, audio: CallAudio, secondsMax: Int = 60) {
        self.text = text
        self.audio = audio
        let byteCountMax = secondsMax * audio.bytesPerSecond
        blockCountMax = (byteCountMax + Self.blockByteCount - 1) / Self.blockByteCount
        blocks = .allocate(capacity: blockCountMax)
        blocks.initialize(repeating: nil, count: blockCountMax)
    }

    deinit {
        for index in 0..<blockCountMax { blocks[index]?.deallocate() }
        blocks.deallocate()
    }

    /// Bytes that may be read: whole samples of ``audio``.
    public var byteCount: Int { published.load(ordering: .acquiring) }
    public var isFinished: Bool { state.load(ordering: .acquiring) == State.finished.rawValue }
    /// Synthesis broke off. Does not lock.
    package var isFailed: Bool { state.load(ordering: .acquiring) == State.failed.rawValue }
    public var error: StageError? {
        state.load(ordering: .acquiring) == State.failed.rawValue
            ? aside.withLock { $0.error } : nil
    }
    /// True once nobody wants the rest; the synthesiser stops when it sees this.
    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Some of it was spoken by another engine than the one that was asked for, perhaps in another
    /// voice: good for once, not to be kept.
    public var isSubstitute: Bool { substitute.load(ordering: .relaxed) }
    package func markSubstitute() { substitute.store(true, ordering: .relaxed) }

    /// Any thread; runs what ``onCancel(_:)`` was given, the first time.
    public func cancel() {
        guard !cancelled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        takeCancelHandler()?()
    }

    /// Has `body` run once, by whoever cancels the clip; at once where that has happened. For a
    /// synthesiser that waits for something and can't look at ``isCancelled`` meanwhile. One a clip.
    package func onCancel(_ body: @escaping @Sendable () -> Void) {
        aside.withLock { $0.cancelHandler = body }
        if cancelled.load(ordering: .acquiring) { takeCancelHandler()?() }
    }

    // MARK: - Speech whose words become known while it grows

    /// The words that are being spoken, as far as they are known by now. Any thread; takes a lock.
    public var transcript: String { text + aside.withLock { $0.addedText } }

    /// More of the words became known: `text` follows what was known before, space and all. Any thread.
    public func addTranscript(_ text: String) {
        aside.withLock { $0.addedText += text }
        tellOfGrowth()
    }

    /// Has `body` called, on whatever thread, whenever speech, words or the end were added. One a clip;
    /// for speech that was not asked for of a synthesiser, which has a callback of its own.
    package func onGrowth(_ body: @escaping @Sendable () -> Void) {
        aside.withLock { $0.growthHandler = body }
        isWatched.store(true, ordering: .releasing)
    }

    private func tellOfGrowth() {
        guard isWatched.load(ordering: .acquiring) else { return }
        aside.withLock(\.growthHandler)?()
    }

    private func takeCancelHandler() -> (@Sendable () -> Void)? {
        aside.withLock { aside in
            defer { aside.cancelHandler = nil }
            return aside.cancelHandler
        }
    }

    /// Appends whole samples of ``audio``, or it traps. On the synthesiser's thread; allocates a block per
    /// 4,096 bytes.
    /// - Returns: the number of bytes taken; fewer than given when the limit is reached.
    @discardableResult
    public func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        precondition(bytes.count % audio.bytesPerSample == 0, "a clip holds whole samples")
        let start = published.load(ordering: .relaxed)
        let count = min(bytes.count, blockCountMax * Self.blockByteCount - start)
        var done = 0
        while done < count {
            let position = start + done
            let block = position / Self.blockByteCount
            let offset = position % Self.blockByteCount
            if blocks[block] == nil { blocks[block] = .allocate(capacity: Self.blockByteCount) }
            let length = min(count - done, Self.blockByteCount - offset)
            if let target = blocks[block], let source = bytes.baseAddress {
                (target + offset).update(from: source + done, count: length)
            }
            done += length
        }
        published.store(start + count, ordering: .releasing)
        tellOfGrowth()
        return count
    }

    /// No more will be appended.
    public func finish() {
        _ = takeCancelHandler()
        state.store(State.finished.rawValue, ordering: .releasing)
        tellOfGrowth()
    }

    /// Synthesis broke off; what was appended stays readable.
    public func fail(_ error: StageError) {
        _ = takeCancelHandler()
        aside.withLock { $0.error = error }
        state.store(State.failed.rawValue, ordering: .releasing)
        tellOfGrowth()
    }

    /// Copies up to `target.count` bytes from `offset` on; returns how many there were. Does not
    /// allocate, lock or wait.
    public func read(from offset: Int, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let count = max(0, min(target.count, byteCount - offset))
        var done = 0
        while done < count {
            let position = offset + done
            let blockOffset = position % Self.blockByteCount
            let length = min(count - done, Self.blockByteCount - blockOffset)
            if let source = blocks[position / Self.blockByteCount], let base = target.baseAddress {
                (base + done).update(from: source + blockOffset, count: length)
            }
            done += length
        }
        return count
    }
}

extension SpeechClip: Equatable {
    /// Two are equal only where they are one and the same.
    public static func == (one: SpeechClip, other: SpeechClip) -> Bool { one === other }
}
