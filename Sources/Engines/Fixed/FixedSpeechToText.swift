import Pipelines

/// Hears the same words in everything, at once or after a set time. For benchmarks: it takes the
/// recogniser's time out of a measurement.
public struct FixedSpeechToText: SpeechToText {
    public let name = "fixed"
    let text: String
    let delayMs: Int

    public init(text: String, delayMs: Int = 0) {
        self.text = text
        self.delayMs = delayMs
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        FixedSpeechToTextSession(text: text, delay: FixedDelay(loop: loop, milliseconds: delayMs))
    }
}

final class FixedSpeechToTextSession: SpeechToTextSession {
    private let text: String
    private let delay: FixedDelay

    init(text: String, delay: FixedDelay) {
        self.text = text
        self.delay = delay
    }

    func beginUtterance() { delay.cancel() }
    func feed(_ samples: UnsafeBufferPointer<Int16>) {}
    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        delay.run { [text] in completion(.success(Transcript(text: text, confidence: 1))) }
    }
    func cancelRequest() { delay.cancel() }
    func close() { delay.close() }
}
