import DSP
import Foundation
import Pipelines

/// Makes, before the first call, what is said when something is slow or has failed: it must not
/// depend on a service that may be the one that failed.
package enum LastWords {
    /// A service that takes longer at the start is taken for dead.
    static let patienceMs = 4000

    /// Speaks the sentences by the configured engine, and those that it can't speak by the local one,
    /// and pins them in the cache. Blocking.
    /// - Parameter audio: the form of the calls that they are made for.
    package static func prepare(
        _ texts: [String], voice: String?, audio: CallAudio, by engine: any TextToSpeech,
        orBy local: () throws -> any TextToSpeech,
        into cache: SpeechCache
    ) throws {
        let arrived = DispatchSemaphore(value: 0)
        let clips = texts.map { text in
            engine.synthesize(text, voice: voice, audio: audio) { arrived.signal() }
        }
        let deadline = DispatchTime.now() + .milliseconds(patienceMs)
        while clips.contains(where: { !$0.isFinished && $0.error == nil }) {
            guard arrived.wait(timeout: deadline) == .success else { break }
        }
        for (text, clip) in zip(texts, clips) {
            if clip.isFinished, clip.byteCount > 0 {
                cache.pin(clip, as: text, voice: voice)
            } else {
                clip.cancel()
                let clip = try local().speakToEnd(text, voice: nil, audio: audio)
                cache.pin(clip, as: text, voice: voice)
            }
        }
    }
}
