import Calls
import DSP
import Pipelines

/// What carries a call on a settable clock: a playback buffer like the telephone company's, and
/// whatever is played from it at the caller's ear.
package final class ClockedTransport: CallTransport {
    package let audio: CallAudio
    private let time: SimulatedTime
    /// Told of marks that come back.
    package weak var session: CallSession?
    private var played: [(startNanos: UInt64, codes: [UInt8])] = []
    private var playEndNanos: UInt64 = 0
    private var pendingMarks: [(id: Int, name: MarkName)] = []
    private var markCount = 0
    private var clearCount = 0
    package private(set) var closings: [TransportClosing] = []
    /// Messages are refused from now on, as by a peer that does not read.
    package var refuses = false
    package private(set) var refusedMessageCount = 0

    package init(_ time: SimulatedTime, audio: CallAudio = .telephone) {
        self.time = time
        self.audio = audio
    }

    package func sendMedia(_ speech: UnsafeBufferPointer<UInt8>) {
        guard !refuses else {
            refusedMessageCount += 1
            session?.peerStoppedReading()
            return
        }
        let start = max(playEndNanos, time.nowNanos)
        played.append((start, CodedSpeech.codes(Array(speech), in: audio)))
        playEndNanos = start + UInt64(audio.nanos(byteCount: Int64(speech.count)))
    }

    package func sendMark(_ name: MarkName) {
        markCount += 1
        let id = markCount
        pendingMarks.append((id, name))
        time.at(max(playEndNanos, time.nowNanos)) { [weak self] in self?.returnMark(id) }
    }

    private func returnMark(_ id: Int) {
        guard let index = pendingMarks.firstIndex(where: { $0.id == id }) else { return }
        let mark = pendingMarks.remove(at: index)
        session?.markReturned(mark.name, nowNanos: time.nowNanos)
    }

    package func sendClear() {
        clearCount += 1
        let now = time.nowNanos
        played = played.compactMap { piece in
            guard piece.startNanos < now else { return nil }
            let heard = Int((now - piece.startNanos) * UInt64(audio.sampleRate) / 1_000_000_000)
            return (piece.startNanos, Array(piece.codes.prefix(heard)))
        }
        playEndNanos = now
        for mark in pendingMarks { time.after(ms: 0) { [weak self] in self?.returnMark(mark.id) } }
    }

    package func cork() {}
    package func uncork() {}
    package func close(_ why: TransportClosing) { closings.append(why) }

    // MARK: - What the caller heard

    /// The words that were heard whole, in order, with the time at which each began.
    package func words(_ tts: CodedSynthesiser) -> [(ms: Double, word: String)] {
        var runs: [(ms: Double, code: Int, count: Int)] = []
        for piece in played {
            for (index, byte) in piece.codes.enumerated() {
                guard let code = CodedSpeech.code(of: byte) else { continue }
                let nanos =
                    piece.startNanos + UInt64(index) * 1_000_000_000 / UInt64(audio.sampleRate)
                if let last = runs.last, last.code == code,
                    time.ms(of: nanos) - last.ms
                        < Double(last.count / audio.samplesPerMillisecond) + 100
                {
                    runs[runs.count - 1].count += 1
                } else {
                    runs.append((time.ms(of: nanos), code, 1))
                }
            }
        }
        return runs.compactMap { run in
            guard run.count >= audio.sampleCount(ms: CodedSynthesiser.codedMs) else { return nil }
            return tts.word(run.code).map { (run.ms, $0) }
        }
    }
}
