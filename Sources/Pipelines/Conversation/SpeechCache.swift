import DSP
import Realtime

/// Finished speech by text, voice and form of audio, shared by all calls, within a memory limit; what was not used
/// for longest goes first. Behind it there may be a folder that outlives the process. Any thread; used
/// per sentence, never per frame.
public final class SpeechCache: Sendable {
    private struct Key: Hashable {
        var voice: String?
        var text: String
        var audio: CallAudio
    }

    private struct Entry {
        var clip: SpeechClip
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var pinned: [Key: SpeechClip] = [:]
        var byteCount = 0
        var uses: UInt64 = 0
        var hits = 0
        var misses = 0
    }

    public let byteCountMax: Int
    private let folder: SpeechFolder?
    private let state = Locked(State())

    /// - Parameters:
    ///   - byteCountMax: 8,000 bytes hold a second of a telephone's speech.
    ///   - folder: what it holds is taken up now, as far as there is room (blocking), and what is
    ///     kept from now on is written there by and by.
    public init(byteCountMax: Int = 16 << 20, folder: SpeechFolder? = nil) {
        self.byteCountMax = byteCountMax
        self.folder = folder
        for kept in folder?.newest(byteCountMax: byteCountMax).reversed() ?? [] {
            state.withLock {
                Self.keep(kept.clip, Self.key(of: kept.clip, voice: kept.voice), &$0)
            }
        }
    }

    public var byteCount: Int { state.withLock { $0.byteCount } }
    /// Sentences that were asked for and there.
    public var hitCount: Int { state.withLock { $0.hits } }
    /// Sentences that were asked for and not there.
    public var missCount: Int { state.withLock { $0.misses } }

    /// The finished clip of `text`, if it is kept.
    public func clip(for text: String, voice: String?, audio: CallAudio) -> SpeechClip? {
        let key = Key(voice: voice, text: text, audio: audio)
        let found = state.withLock { state -> SpeechClip? in
            guard let clip = state.entries[key]?.clip ?? state.pinned[key] else {
                state.misses += 1
                return nil
            }
            state.hits += 1
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return clip
        }
        if found == nil, let folder {
            // Too late for this time; the next caller hears it.
            folder.fetch(text, voice: voice, audio: audio) { [weak self] in
                self?.keepInMemory($0, key)
            }
        }
        return found
    }

    /// Keeps a clip; one that is not finished, is empty, was spoken by a substitute or is larger than
    /// the cache is not kept.
    public func insert(_ clip: SpeechClip, voice: String?) {
        guard clip.isFinished, !clip.isCancelled, !clip.isSubstitute, clip.byteCount > 0,
            clip.byteCount <= byteCountMax
        else { return }
        if keepInMemory(clip, Self.key(of: clip, voice: voice)) {
            folder?.store(clip, voice: voice)
        }
    }

    /// Keeps a finished clip for good, beside the limit, as the speech of `text`: what must be there
    /// when no service answers.
    public func pin(_ clip: SpeechClip, as text: String, voice: String?) {
        state.withLock { $0.pinned[Key(voice: voice, text: text, audio: clip.audio)] = clip }
    }

    /// Waits until what was to be written is written. Blocking; for the end.
    public func close() { folder?.close() }

    private static func key(of clip: SpeechClip, voice: String?) -> Key {
        Key(voice: voice, text: clip.text, audio: clip.audio)
    }

    @discardableResult
    private func keepInMemory(_ clip: SpeechClip, _ key: Key) -> Bool {
        state.withLock { state in
            guard state.entries[key] == nil else { return false }
            while state.byteCount + clip.byteCount > byteCountMax,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.byteCount -= oldest.value.clip.byteCount
                state.entries[oldest.key] = nil
            }
            Self.keep(clip, key, &state)
            return true
        }
    }

    private static func keep(_ clip: SpeechClip, _ key: Key, _ state: inout State) {
        state.uses += 1
        state.byteCount += clip.byteCount
        state.entries[key] = Entry(clip: clip, lastUse: state.uses)
    }

    /// Speaks `text` unless it is kept already, and keeps it once finished. The clip may be played
    /// while it grows, by as many calls as like.
    @discardableResult
    public func prepare(
        _ text: String, voice: String?, audio: CallAudio, with tts: any TextToSpeech
    ) -> SpeechClip {
        if let kept = clip(for: text, voice: voice, audio: audio) { return kept }
        let growing = GrowingClip()
        let clip = tts.synthesize(text, voice: voice, audio: audio) { [weak self] in
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
