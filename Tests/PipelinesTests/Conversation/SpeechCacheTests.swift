import Pipelines
import StreamTesting
import Testing

struct SpeechCacheTests {
    private func clip(_ text: String, seconds: Int = 1) -> SpeechClip {
        let clip = SpeechClip(text: text)
        [UInt8](repeating: 1, count: seconds * 8000).withUnsafeBufferPointer {
            _ = clip.append($0)
        }
        clip.finish()
        return clip
    }

    @Test func whatWasNotUsedLongestGoesFirst() {
        let cache = SpeechCache(byteCountMax: 24_000)
        for text in ["a", "b", "c"] { cache.insert(clip(text), voice: nil) }
        #expect(cache.clip(for: "a", voice: nil) != nil)
        cache.insert(clip("d"), voice: nil)
        #expect(cache.clip(for: "b", voice: nil) == nil)
        #expect(cache.clip(for: "a", voice: nil) != nil)
        #expect(cache.byteCount == 24_000)
        cache.insert(clip("long", seconds: 3), voice: nil)
        #expect(cache.byteCount == 24_000)
        #expect(cache.clip(for: "a", voice: nil) == nil)
    }

    @Test func onlyWholeSpeechIsKept() {
        let cache = SpeechCache(byteCountMax: 24_000)
        cache.insert(clip("too long", seconds: 4), voice: nil)
        cache.insert(SpeechClip(text: "growing"), voice: nil)
        let failed = SpeechClip(text: "failed")
        failed.fail(.failed(stage: "tts", reason: "simulated"))
        cache.insert(failed, voice: nil)
        #expect(cache.byteCount == 0)
        cache.insert(clip("x"), voice: "rms")
        #expect(cache.clip(for: "x", voice: "slt") == nil)
        #expect(cache.clip(for: "x", voice: "rms")?.byteCount == 8000)
    }

    @Test func preparedSpeechIsKeptWhenItIsDone() {
        let time = SimulatedTime()
        let voice = CodedSynthesiser(time)
        voice.firstMs = { 100 }
        let cache = SpeechCache()
        let growing = cache.prepare("hello there", voice: nil, with: voice)
        #expect(cache.clip(for: "hello there", voice: nil) == nil)
        time.run(untilMs: 200)
        #expect(growing.isFinished)
        #expect(cache.clip(for: "hello there", voice: nil) === growing)
        #expect(cache.prepare("hello there", voice: nil, with: voice) === growing)
        #expect(voice.clips.count == 1)
    }
}
