import Pipelines
import Wire

extension Pipelines.TurnRecord {
    /// The record as the log has it: one JSON object, times in milliseconds from the end of the
    /// caller's speech, without what did not happen. Of keyed digits only that there were some: they
    /// can be a card number.
    package func json(callSid: String) -> JSONValue {
        var times: [JSONValue.Member] = []
        for (name, ms) in stages {
            guard let ms else { continue }
            times.append(.init(name, .number((ms * 10).rounded() / 10)))
        }
        return .object([
            .init("call", .string(callSid)),
            .init("turn", .integer(turn)),
            .init("input", .string(inputKind)),
            .init("outcome", .string(outcome.rawValue)),
            .init("ms", .object(times)),
            .init("speculative", .bool(isSpeculative)),
            .init("wastedSpeculations", .integer(wastedSpeculations)),
            .init("filler", .bool(hasFiller)),
            .init("caller", .string(callerText)),
            .init("agent", .string(replyText)),
            .init("heard", .string(heardText)),
        ])
    }

    /// The times by name, in the order in which they usually come.
    private var stages: [(name: String, ms: Double?)] {
        [
            ("endpoint", endpointMs), ("transcript", transcriptMs), ("firstPart", firstPartMs),
            ("firstSentence", firstSentenceMs), ("firstSpeech", firstSpeechByteMs),
            ("firstFrameSent", firstFrameSentMs), ("firstFramePlayed", firstFramePlayedMs),
            ("finished", finishedMs),
        ]
    }

    /// What the turn answers, in a word.
    package var inputKind: String {
        switch input {
        case .speech: "speech"
        case .dtmf: "keys"
        case .silence: "silence"
        case .unintelligible: "unintelligible"
        case nil: "none"
        }
    }
}
