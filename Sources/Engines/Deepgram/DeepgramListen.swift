import Pipelines
import Wire

/// Deepgram's `/v1/listen`: results that are revised until they are final, each with its place in
/// the stream. `Finalize` has all audio so far made final; where there is next to nothing left of it,
/// no answer comes.
package struct DeepgramListen: TranscriptionWire {
    private struct Segment {
        var text: String
        var confidence: Double?
    }

    /// Two accounts of the same moment differ by no more than this: 20 ms.
    static let slack = 160
    /// Words are placed to within 50 ms.
    static let wordSlack = 400
    /// The audio that a `Finalize` covers ends this near to the result's end, 100 ms.
    static let finalizeSlack = 800

    private static let finalize = WireMessage.text(#"{"type":"Finalize"}"#)

    private var utteranceStart = 0
    /// The utterance's final results.
    private var segments: [Segment] = []
    /// Up to where results are final.
    private var finalThrough = 0
    /// Up to where audio was sent at each `Finalize` that has not been answered.
    private var finalizes: [Int] = []
    /// Where the last sound of the words that are wanted ends.
    private var wantedThrough: Int?
    /// Where the last word ended that was told to be the utterance's.
    private var toldEnd: Int?

    package init() {}

    package mutating func utteranceBegan(at start: Int) -> [WireMessage] {
        utteranceStart = start
        segments = []
        wantedThrough = nil
        toldEnd = nil
        // What was said before and is not final yet would run into the first words.
        guard finalThrough + Self.slack < start else { return [] }
        finalizes.append(start)
        return [Self.finalize]
    }

    package mutating func wordsWanted(through end: Int, soundEnd: Int) -> [WireMessage] {
        wantedThrough = soundEnd
        // Where the service has seen the pause by itself there is nothing left to be made final,
        // and it would not answer.
        guard words == nil else { return [] }
        finalizes.append(end)
        return [Self.finalize]
    }

    package var words: Transcript? {
        guard let wantedThrough, finalThrough + Self.slack >= wantedThrough else { return nil }
        let spoken = segments.filter { !$0.text.isEmpty }
        let confidences = spoken.compactMap(\.confidence)
        return Transcript(
            text: spoken.map(\.text).joined(separator: " "),
            confidence: confidences.isEmpty
                ? nil : confidences.reduce(0, +) / Double(confidences.count))
    }

    package mutating func received(_ message: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        switch message["type"]?.stringValue {
        case "Results": return try take(message)
        case "UtteranceEnd":
            guard let last = message["last_word_end"]?.doubleValue else { return nil }
            let end = StreamTime.samples(seconds: last)
            guard end > utteranceStart else { return nil }
            toldEnd = end
            return .ended
        case "Error": throw WireFault(Self.complaint(message))
        case .some: break
        case nil: throw WireFault("the service sent an object without a type")
        }
        return nil
    }

    static func complaint(_ message: JSONValue) -> String {
        let words =
            message["description"]?.stringValue ?? message["message"]?.stringValue
            ?? message["err_msg"]?.stringValue ?? "no reason was given"
        return "the service says: \(words.prefix(RemoteService.quotedBytesMax))"
    }

    private mutating func take(_ result: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        guard let start = result["start"]?.doubleValue,
            let length = result["duration"]?.doubleValue,
            let best = result["channel"]?["alternatives"]?[0],
            let text = best["transcript"]?.stringValue
        else { throw WireFault("the service sent results without words or place") }
        let from = StreamTime.samples(seconds: start)
        let through = StreamTime.samples(seconds: start + length)
        if result["is_final"]?.boolValue == true {
            finalThrough = max(finalThrough, through)
            answerFinalizes(through, isAnswer: result["from_finalize"]?.boolValue == true)
            add(best, text, from: from, through: through)
        } else {
            passOver(from: from, through: through, hasWords: !text.isEmpty)
        }
        guard let end = toldEnd, !text.isEmpty, from + Self.slack >= end else { return nil }
        toldEnd = nil
        return .resumed
    }

    private mutating func add(_ best: JSONValue, _ text: String, from: Int, through: Int) {
        guard through > utteranceStart + Self.slack else { return }
        let isWhole = from + Self.wordSlack >= utteranceStart
        segments.append(
            Segment(
                text: isWhole ? text : wordsSinceStart(best),
                confidence: best["confidence"]?.doubleValue))
    }

    /// The result's end may fall a little short of the audio that it covers. An answer is one to the
    /// oldest `Finalize` at least, wherever it ends.
    private mutating func answerFinalizes(_ through: Int, isAnswer: Bool) {
        let reach = isAnswer ? through + Self.finalizeSlack : through
        var answered = finalizes.prefix { $0 <= reach }.count
        if isAnswer, answered == 0, !finalizes.isEmpty { answered = 1 }
        settle(finalizeCount: answered)
    }

    /// A `Finalize` of next to nothing is not answered. It lies behind where the service has come past
    /// it and holds no words from before it.
    private mutating func passOver(from: Int, through: Int, hasWords: Bool) {
        let count = finalizes.prefix {
            $0 + Self.slack <= through && (!hasWords || $0 <= from + Self.slack)
        }.count
        settle(finalizeCount: count)
    }

    private mutating func settle(finalizeCount count: Int) {
        guard count > 0 else { return }
        finalThrough = max(finalThrough, finalizes[count - 1])
        finalizes.removeFirst(count)
    }

    private func wordsSinceStart(_ alternative: JSONValue) -> String {
        let words = alternative["words"]?.arrayValue ?? []
        return words.filter { word in
            let start = word["start"]?.doubleValue ?? 0
            return StreamTime.samples(seconds: start) + Self.wordSlack >= utteranceStart
        }.compactMap { $0["punctuated_word"]?.stringValue ?? $0["word"]?.stringValue }
            .joined(separator: " ")
    }
}
