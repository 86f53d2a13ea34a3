import DSP
import Pipelines
import StreamTesting
import Testing

struct SpeechCacheTests {
    private func clip(_ text: String, seconds: Int = 1) -> SpeechClip {
        let clip = SpeechClip(text: text, audio: .telephone)
        [UInt8](repeating: 1, count: seconds * 8000).withUnsafeBufferPointer {
            _ = clip.append($0)
        }
        clip.finish()
        return clip
    }

    @Test func whatWasNotUsedLongestGoesFirst() {
        let cache = SpeechCache(byteCountMax: 24_000)
        for text in ["a", "b", "c"] { cache.insert(clip(text), voice: nil) }
        #expect(cache.clip(for: "a", voice: nil, audio: .telephone) != nil)
        cache.insert(clip("d"), voice: nil)
        #expect(cache.clip(for: "b", voice: nil, audio: .telephone) == nil)
        #expect(cache.clip(for: "a", voice: nil, audio: .telephone) != nil)
        #expect(cache.byteCount == 24_000)
        cache.insert(clip("long", seconds: 3), voice: nil)
        #expect(cache.byteCount == 24_000)
        #expect(cache.clip(for: "a", voice: nil, audio: .telephone) == nil)
    }

    @Test func onlyWholeSpeechIsKept() {
        let cache = SpeechCache(byteCountMax: 24_000)
        cache.insert(clip("too long", seconds: 4), voice: nil)
        cache.insert(SpeechClip(text: "growing", audio: .telephone), voice: nil)
        let failed = SpeechClip(text: "failed", audio: .telephone)
        failed.fail(.failed(stage: "tts", reason: "simulated"))
        cache.insert(failed, voice: nil)
        #expect(cache.byteCount == 0)
        cache.insert(clip("x"), voice: "rms")
        #expect(cache.clip(for: "x", voice: "slt", audio: .telephone) == nil)
        #expect(cache.clip(for: "x", voice: "rms", audio: .telephone)?.byteCount == 8000)
    }

    /// Played in another form than it was made in, speech would be noise.
    @Test func speechOfAnotherFormIsNotFound() {
        let cache = SpeechCache(byteCountMax: 100_000)
        let wide = CallAudio(.linear16, sampleRate: 16_000)
        cache.insert(clip("x"), voice: nil)
        cache.pin(clip("sorry"), as: "sorry", voice: nil)
        #expect(cache.clip(for: "x", voice: nil, audio: wide) == nil)
        #expect(cache.clip(for: "sorry", voice: nil, audio: wide) == nil)
        let other = SpeechClip(text: "x", audio: wide)
        [UInt8](repeating: 1, count: 6400).withUnsafeBufferPointer { _ = other.append($0) }
        other.finish()
        cache.insert(other, voice: nil)
        #expect(cache.clip(for: "x", voice: nil, audio: wide) === other)
        #expect(cache.clip(for: "x", voice: nil, audio: .telephone)?.byteCount == 8000)
        #expect(cache.byteCount == 14_400)
    }

    @Test func preparedSpeechIsKeptWhenItIsDone() {
        let time = SimulatedTime()
        let voice = CodedSynthesiser(time)
        voice.firstMs = { 100 }
        let cache = SpeechCache()
        let growing = cache.prepare("hello there", voice: nil, audio: .telephone, with: voice)
        #expect(cache.clip(for: "hello there", voice: nil, audio: .telephone) == nil)
        time.run(untilMs: 200)
        #expect(growing.isFinished)
        #expect(cache.clip(for: "hello there", voice: nil, audio: .telephone) === growing)
        #expect(
            cache.prepare("hello there", voice: nil, audio: .telephone, with: voice) === growing)
        #expect(voice.clips.count == 1)
    }
}
