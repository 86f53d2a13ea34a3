import Pipelines
import Wire

/// Deepgram's `/v2/listen`: the words of the turn under way, said again and again as they grow, and
/// what the model thinks of its end.
///
/// Words cannot be asked for; they are there once the service has heard the last sound. Its turns and
/// our utterances may begin and end at different times: an utterance can hold several of its turns,
/// and a turn can go on into the next utterance.
package struct DeepgramFlux: TranscriptionWire {
    private struct Turn {
        var index: Int
        var text: String
        var confidence: Double?
    }

    static let slack = 160
    static let wordSlack = 400
    /// The words of the last 200 ms may still change, unless the service finds that a turn ends there.
    static let unsettledSampleCount = 1600

    private var utteranceStart = 0
    /// The turns of the utterance, each with the words that belong to it.
    private var turns: [Turn] = []
    /// Up to where the words will hardly change any more.
    private var settledThrough = 0
    /// An end was told, and nothing since that takes it back.
    private var hasToldEnd = false
    /// The turn under way and how many words it has.
    private var openTurn: (index: Int, wordCount: Int)?
    /// Words at a turn's beginning that belong to an utterance before.
    private var skipped: (index: Int, wordCount: Int)?
    private var wantedThrough: Int?

    package init() {}

    package mutating func utteranceBegan(at start: Int) -> [WireMessage] {
        utteranceStart = start
        turns = []
        wantedThrough = nil
        hasToldEnd = false
        skipped = openTurn
        return []
    }

    package mutating func wordsWanted(through end: Int, soundEnd: Int) -> [WireMessage] {
        wantedThrough = soundEnd
        return []
    }

    package var words: Transcript? {
        guard let wantedThrough, settledThrough + Self.slack >= wantedThrough else { return nil }
        let spoken = turns.filter { !$0.text.isEmpty }
        let confidences = spoken.compactMap(\.confidence)
        return Transcript(
            text: spoken.map(\.text).joined(separator: " "),
            confidence: confidences.isEmpty
                ? nil : confidences.reduce(0, +) / Double(confidences.count))
    }

    package mutating func received(_ message: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        switch message["type"]?.stringValue {
        case "TurnInfo": return try take(message)
        case "Error": throw WireFault(DeepgramListen.complaint(message))
        case .some: return nil
        case nil: throw WireFault("the service sent an object without a type")
        }
    }

    private mutating func take(_ info: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        guard let event = info["event"]?.stringValue, let index = info["turn_index"]?.intValue,
            let end = info["audio_window_end"]?.doubleValue,
            let text = info["transcript"]?.stringValue
        else { throw WireFault("the service sent a turn without event, place or words") }
        let through = StreamTime.samples(seconds: end)
        let isEnd = event == "EagerEndOfTurn" || event == "EndOfTurn"
        settledThrough = max(settledThrough, isEnd ? through : through - Self.unsettledSampleCount)
        let wordCount = text.split(separator: " ").count
        openTurn = event == "EndOfTurn" ? nil : (index, wordCount)
        let isOurs = through > utteranceStart + Self.slack
        guard isOurs else {
            // It was said before, and told only now.
            if openTurn != nil { skipped = openTurn }
            return nil
        }
        let own = ownWords(info, index, text)
        let turn = Turn(index: index, text: own, confidence: Self.confidence(info))
        if let place = turns.firstIndex(where: { $0.index == index }) {
            turns[place] = turn
        } else if !own.isEmpty {
            turns.append(turn)
        }
        return hint(event, hasWords: !own.isEmpty)
    }

    /// The words of a turn that belong to the utterance.
    private func ownWords(_ info: JSONValue, _ index: Int, _ text: String) -> String {
        let words = info["words"]?.arrayValue ?? []
        let starts = words.compactMap { $0["start"]?.doubleValue }
        if !words.isEmpty, starts.count == words.count {
            return zip(words, starts).filter {
                StreamTime.samples(seconds: $0.1) + Self.wordSlack >= utteranceStart
            }.compactMap { $0.0["word"]?.stringValue }.joined(separator: " ")
        }
        guard let skipped, skipped.index == index else { return text }
        return text.split(separator: " ").dropFirst(skipped.wordCount).joined(separator: " ")
    }

    private static func confidence(_ info: JSONValue) -> Double? {
        let each = (info["words"]?.arrayValue ?? []).compactMap { $0["confidence"]?.doubleValue }
        return each.isEmpty ? nil : each.reduce(0, +) / Double(each.count)
    }

    /// A turn that begins where one has ended is the caller who goes on.
    private mutating func hint(_ event: String, hasWords: Bool) -> EndOfTurnHint? {
        switch event {
        case "EagerEndOfTurn": return hasWords ? .likely : nil
        case "EndOfTurn":
            if hasWords { hasToldEnd = true }
            return hasWords ? .ended : nil
        case "StartOfTurn" where hasToldEnd, "TurnResumed":
            hasToldEnd = false
            return .resumed
        default: return nil
        }
    }
}
