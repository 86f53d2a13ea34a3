import Realtime

/// Finished speech by voice and text, shared by all calls, within a memory limit; what was not used
/// for longest goes first. Any thread; used per sentence, never per frame.
public final class SpeechCache: Sendable {
    private struct Key: Hashable {
        var voice: String?
        var text: String
    }

    private struct Entry {
        var clip: SpeechClip
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var byteCount = 0
        var uses: UInt64 = 0
    }

    public let byteCountMax: Int
    private let state = Locked(State())

    /// - Parameter byteCountMax: 8,000 bytes hold a second of speech.
    public init(byteCountMax: Int = 16 << 20) { self.byteCountMax = byteCountMax }

    public var byteCount: Int { state.withLock { $0.byteCount } }

    /// The finished clip of `text`, if it is kept.
    public func clip(for text: String, voice: String?) -> SpeechClip? {
        state.withLock { state in
            let key = Key(voice: voice, text: text)
            guard let clip = state.entries[key]?.clip else { return nil }
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return clip
        }
    }

    /// Keeps a clip; one that is not finished, is empty, or is larger than the cache is not kept.
    public func insert(_ clip: SpeechClip, voice: String?) {
        guard clip.isFinished, !clip.isCancelled, clip.byteCount > 0,
            clip.byteCount <= byteCountMax
        else { return }
        state.withLock { state in
            let key = Key(voice: voice, text: clip.text)
            guard state.entries[key] == nil else { return }
            while state.byteCount + clip.byteCount > byteCountMax,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.byteCount -= oldest.value.clip.byteCount
                state.entries[oldest.key] = nil
            }
            state.uses += 1
            state.byteCount += clip.byteCount
            state.entries[key] = Entry(clip: clip, lastUse: state.uses)
        }
    }

    /// Speaks `text` unless it is kept already, and keeps it once finished. The clip may be played
    /// while it grows, by as many calls as like.
    @discardableResult
    public func prepare(_ text: String, voice: String?, with tts: any TextToSpeech) -> SpeechClip {
        if let kept = clip(for: text, voice: voice) { return kept }
        let growing = GrowingClip()
        let clip = tts.synthesize(text, voice: voice) { [weak self] in
            if let clip = growing.finishedClip() { self?.insert(clip, voice: voice) }
        }
        growing.put(clip)
        if clip.isFinished { insert(clip, voice: voice) }
        return clip
    }
}

/// Lets the callback that was given before the clip existed find the clip.
private final class GrowingClip: Sendable {
    private let clip = Locked<SpeechClip?>(nil)

    func put(_ new: SpeechClip) { clip.withLock { $0 = new } }

    func finishedClip() -> SpeechClip? {
        clip.withLock { clip in clip?.isFinished == true ? clip : nil }
    }
}
