import DSP
import Dispatch
import Net
import Pipelines
import Realtime

/// A recogniser of the configuration for recordings: a loop of its own, one window after the other.
/// For one thread; its methods block.
final class TranscriptionDesk {
    private let loop: EventLoop
    private let session: LoopBound<any SpeechToTextSession>

    /// A window that takes longer is given up.
    private static let patienceSeconds = 120

    init(_ engine: any SpeechToText) throws {
        let loop = try EventLoop(label: "transcription")
        loop.start()
        self.loop = loop
        let made = Locked<LoopBound<any SpeechToTextSession>?>(nil)
        let isMade = DispatchSemaphore(value: 0)
        loop.execute {
            let session = engine.makeSession(
                call: CallInfo(callSid: "recording", assistantID: ""), loop: loop)
            made.withLock { $0 = LoopBound(session, loop: loop) }
            isMade.signal()
        }
        isMade.wait()
        guard let session = made.withLock({ $0 }) else {
            preconditionFailure("the signal comes after the session")
        }
        self.session = session
    }

    /// - Parameter samples: linear, at 8 kHz.
    func transcribe(_ samples: [Int16]) throws -> String {
        let answer = Locked<Result<Transcript, StageError>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        loop.execute { [session] in
            session.value.beginUtterance()
            samples.withUnsafeBufferPointer { all in
                let frame = CallAudio.listening.sampleCount(ms: 20)
                for start in stride(from: 0, to: all.count, by: frame) {
                    let end = min(start + frame, all.count)
                    session.value.feed(UnsafeBufferPointer(rebasing: all[start..<end]))
                }
            }
            session.value.requestTranscript { result in
                answer.withLock { $0 = result }
                isDone.signal()
            }
        }
        guard isDone.wait(timeout: .now() + .seconds(Self.patienceSeconds)) == .success,
            let result = answer.withLock({ $0 })
        else {
            throw StageError.timedOut(stage: "stt", afterMs: Self.patienceSeconds * 1000)
        }
        return try result.get().text
    }

    func close() {
        let isClosed = DispatchSemaphore(value: 0)
        loop.execute { [session] in
            session.value.close()
            isClosed.signal()
        }
        isClosed.wait()
        loop.stop()
        loop.join()
    }
}
