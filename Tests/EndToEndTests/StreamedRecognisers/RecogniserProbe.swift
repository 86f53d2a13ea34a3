import CallSimulator
import DSP
import Engines
import Foundation
import Net
import Pipelines

import func StreamTesting.handedOver

/// A call's recogniser on a loop of its own, fed as fast as it takes the audio. For one test at a
/// time.
final class RecogniserProbe: @unchecked Sendable {
    // The session is touched on the loop only.

    let loop: EventLoop
    private let engine: StreamedTranscription
    private var session: (any SpeechToTextSession)?
    private var hints: [EndOfTurnHint] = []
    private var silence: LoopTimer?

    init(_ engine: StreamedTranscription) throws {
        self.engine = engine
        loop = try EventLoop(label: "recogniser")
        loop.start()
    }

    deinit {
        loop.stop()
        guard loop.isCurrent else { return loop.join() }
        // The last reference fell on the loop's own thread, which cannot wait for itself.
        Thread.detachNewThread { [loop] in loop.join() }
    }

    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await handedOver { done in loop.execute { done(body()) } }
    }

    func warm() async { await onLoop { [self] in engine.warm(on: loop) } }

    func begin() async {
        await onLoop { [self] in
            if session == nil {
                session = engine.makeSession(
                    call: CallInfo(callSid: "CA1", assistantID: "a"), loop: loop)
                session?.onEndOfTurn = { [weak self] in self?.hints.append($0) }
            }
            session?.beginUtterance()
        }
    }

    /// 20 ms at a time.
    func say(_ muLaw: ArraySlice<UInt8>) async {
        let samples = G711.decodedMuLaw(Array(muLaw))
        await onLoop { [self] in feed(samples) }
    }

    private func feed(_ samples: [Int16]) {
        samples.withUnsafeBufferPointer { all in
            for start in stride(from: 0, to: all.count, by: 160) {
                let end = min(start + 160, all.count)
                session?.feed(UnsafeBufferPointer(rebasing: all[start..<end]))
            }
        }
    }

    /// Asks, and lets the caller be silent until the answer is there, as in a call.
    /// - Parameter isSilentMeanwhile: false where time stands still instead.
    func words(isSilentMeanwhile: Bool = true) async -> Result<Transcript, StageError> {
        let answer: Result<Transcript, StageError> = await handedOver { done in
            loop.execute { [self] in
                let timer = loop.makeTimer { [weak self] in
                    self?.feed([Int16](repeating: 0, count: 160))
                    self?.silence?.set(afterMs: 2)
                }
                silence = timer
                if isSilentMeanwhile { timer.set(afterMs: 2) }
                session?.requestTranscript { done($0) }
            }
        }
        await onLoop { [self] in
            silence?.close()
            silence = nil
        }
        return answer
    }

    /// Asks, and does not want it any more at once; an answer that is there already may come.
    func askInVain() async {
        await onLoop { [self] in
            let request = CancelledRequest()
            session?.requestTranscript { _ in
                precondition(!request.isCancelled, "an answer after it was cancelled")
            }
            session?.cancelRequest()
            request.isCancelled = true
        }
    }

    private final class CancelledRequest { var isCancelled = false }

    /// A copy: the thread sanitizer does not see when the last reference to shared ones is gone.
    func hintsSoFar() async -> [EndOfTurnHint] { await onLoop { [self] in hints.map(\.self) } }

    func close() async {
        await onLoop { [self] in
            session?.close()
            session = nil
        }
    }
}

extension Result<Transcript, StageError> {
    /// The words in small letters, without punctuation; nil for a failure.
    var spokenWords: [String]? {
        guard case .success(let transcript) = self else { return nil }
        return transcript.text.spokenWords
    }
}

extension String {
    var spokenWords: [String] {
        lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
    }
}
