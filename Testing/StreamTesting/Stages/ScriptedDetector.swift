import Pipelines

/// Says what the script has, late as a real detector is.
package final class ScriptedDetector: SpeechDetecting {
    private let runs: [(fromMs: Int, toMs: Int)]
    private var position: Int64 = 0
    private var started = 0
    private var paused = 0
    package private(set) var utteranceEnds = 0
    package private(set) var playoutChanges: [Bool] = []

    package init(_ script: CallerScript) { runs = script.runs }

    package func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void
    ) {
        position += Int64(samples.count)
        while true {
            if paused < started, position >= Int64(runs[paused].toMs + 80) * 8 {
                emit(.paused(endSample: Int64(runs[paused].toMs) * 8))
                paused += 1
            } else if started == paused, started < runs.count,
                position >= Int64(runs[started].fromMs + 50) * 8
            {
                emit(
                    .started(
                        startSample: Int64(runs[started].fromMs) * 8, detectedSample: position))
                started += 1
            } else {
                return
            }
        }
    }

    package func endUtterance() { utteranceEnds += 1 }

    package func setPlayout(isActive: Bool, peakDBFS: Float) {
        if playoutChanges.last != isActive { playoutChanges.append(isActive) }
    }
}
