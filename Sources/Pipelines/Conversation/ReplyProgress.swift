/// One reply on its way from the dialogue through synthesis to playout, with its times.
final class ReplyProgress {
    struct Sentence {
        var text: String
        var clip: SpeechClip?
        /// Said without the dialogue, which is not told that it was heard.
        var isLocal = false
        /// The clip belongs to the cache or to other calls too.
        var isShared = false
        /// The dialogue made the speech: its words become known while it grows.
        var isSpeech = false
        /// Of the words of such speech, what the turn machine was told; nil until it is played.
        var toldText: String?
        var requestNanos: UInt64 = 0
        var firstByteNanos: UInt64?
        var isAccounted = false

        /// The words, as far as they are known.
        var knownText: String { isSpeech ? clip?.transcript ?? text : text }
    }

    let turn: TurnID
    let input: CallerInput?
    let isSpeculative: Bool
    let requestNanos: UInt64
    /// Said without the dialogue altogether.
    let isLocal: Bool

    var sentences: [Sentence] = []
    /// No more parts will come from the dialogue.
    var isEnded = false
    var hasFailed = false
    /// Failed, and the apology is still to be put in place.
    var isBroken = false
    var isCommitted = false
    var hasFiller = false
    var closing: ConversationEnding?
    /// Called once, when the reply is over.
    var onFinished: ((TurnRecord.Outcome) -> Void)?
    /// Sentences that playout has been given.
    var queuedCount = 0
    var wastedSpeculations = 0

    var speechEndNanos: UInt64 = 0
    var endpointNanos: UInt64 = 0
    var transcriptNanos: UInt64?
    var firstPartNanos: UInt64?
    var firstSentenceNanos: UInt64?
    var firstByteNanos: UInt64?
    var firstFrameNanos: UInt64?
    var firstHeardNanos: UInt64?

    init(
        turn: TurnID, input: CallerInput?, isSpeculative: Bool, isLocal: Bool, at now: UInt64
    ) {
        self.turn = turn
        self.input = input
        self.isSpeculative = isSpeculative
        self.isLocal = isLocal
        requestNanos = now
    }

    var replyText: String {
        sentences.lazy.filter { !$0.isLocal }.map(\.knownText).joined(separator: " ")
    }

    /// What was heard when playout is at `byteCount` bytes of `sentence`: whole sentences before it
    /// and the words of it that were over.
    func heardText(before sentence: Int, byteCount: Int) -> String {
        var parts: [String] = []
        for (index, candidate) in sentences.enumerated() where !candidate.isLocal {
            if index < sentence {
                // Synthesis that broke off has said only a part.
                let clip = candidate.clip.flatMap { $0.error == nil ? nil : $0 }
                parts.append(
                    clip.map { Self.cut(candidate.knownText, heard: $0.byteCount, of: $0) }
                        ?? candidate.knownText)
            } else if index == sentence, let clip = candidate.clip {
                parts.append(Self.cut(candidate.knownText, heard: byteCount, of: clip))
            }
        }
        return parts.lazy.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The words of `text` that `heard` bytes of its speech hold; speech that is still being made is
    /// taken to last as long as speech usually does.
    static func cut(_ text: String, heard: Int, of clip: SpeechClip) -> String {
        let isDone = clip.isFinished
        let usual = isDone ? 0 : SpeechLength.byteCount(of: text, in: clip.audio)
        let total = max(clip.byteCount, usual)
        guard heard > 0, total > 0 else { return "" }
        guard heard < total else { return text }
        // Words do not last as long as they have letters: what is uncertain was not heard.
        let part = Double(heard) / Double(total)
        let spread = (Double(text.count) * part * (1 - part)).squareRoot() / 2
        let letters = Int(Double(text.count) * part - spread)
        var end = text.startIndex
        var position = 0
        for index in text.indices {
            if text[index].isWhitespace { end = index }
            position += 1
            if position > letters { break }
        }
        return String(text[..<end])
    }

    /// Stops synthesis of what nobody else wants.
    func cancelClips(from index: Int = 0) {
        for sentence in sentences.dropFirst(index) where !sentence.isShared {
            if let clip = sentence.clip, !clip.isDone { clip.cancel() }
        }
    }

    func record(_ outcome: TurnRecord.Outcome, heard: String, at now: UInt64) -> TurnRecord {
        func ms(_ time: UInt64?) -> Double? {
            time.map { Double(Int64($0) - Int64(speechEndNanos)) / 1e6 }
        }
        var callerText = ""
        if case .speech(let transcript) = input { callerText = transcript.text }
        return TurnRecord(
            turn: turn, input: input, speechEndNanos: speechEndNanos,
            endpointMs: ms(endpointNanos) ?? 0, transcriptMs: ms(transcriptNanos),
            firstPartMs: ms(firstPartNanos), firstSentenceMs: ms(firstSentenceNanos),
            firstSpeechByteMs: ms(firstByteNanos), firstFrameSentMs: ms(firstFrameNanos),
            firstFramePlayedMs: ms(firstHeardNanos), finishedMs: ms(now) ?? 0,
            callerText: callerText, replyText: replyText, heardText: heard,
            isSpeculative: isSpeculative, wastedSpeculations: wastedSpeculations,
            hasFiller: hasFiller, outcome: outcome)
    }
}
