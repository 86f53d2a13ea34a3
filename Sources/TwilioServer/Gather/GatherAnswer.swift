import Configuration
import Pipelines
import Twilio

/// The TwiML of calls that are held turn by turn.
struct GatherAnswer {
    let block: AssistantBlock
    let settings: GatherSettings

    /// Twilio speaks up to 4,096 characters a verb.
    static let sayCharactersMax = 3000
    /// Of one hint.
    private static let hintCharactersMax = 100

    init(_ block: AssistantBlock, _ settings: GatherSettings) {
        self.block = block
        self.settings = settings
    }

    /// Says the sentences and listens for the turn.
    func ask(_ sentences: [String], turn: Int, state: GatherState) throws(TwiMLError) -> String {
        var gather = TwiMLGather(
            input: ["speech", "dtmf"], action: Self.action(state.speechPath, turn: turn))
        gather.method = .post
        gather.timeout = settings.timeoutSeconds
        gather.speechTimeout = settings.speechTimeout
        gather.finishOnKey = "#"
        gather.language = block.language
        let hints = Self.hints(state.hints, countMax: settings.hintsMax)
        if !hints.isEmpty { gather.hints = hints }
        // Silence comes to us too: it is for the dialogue to ask again.
        gather.actionOnEmptyResult = true
        if !settings.speechModel.isEmpty { gather.speechModel = settings.speechModel }
        let isNotice = sentences.contains { sentence in
            block.notices.contains { !$0.isEmpty && sentence.contains($0) }
        }
        if isNotice { gather.bargeIn = false }
        return try TwiML.response([.gather(gather, say(sentences))])
    }

    /// Says the sentences and hangs up.
    func hangUp(_ sentences: [String]) throws(TwiMLError) -> String {
        try TwiML.response(say(sentences) + [.hangup])
    }

    /// Says the sentences and calls a person; what follows is asked for when that call is over.
    func handOver(_ sentences: [String], to number: String) throws(TwiMLError) -> String {
        var dial = TwiMLDial(number: number, action: AfterAddress.path(assistantID: block.id))
        dial.method = .post
        return try TwiML.response(say(sentences) + [.dial(dial)])
    }

    /// Bridges the time that a reply takes.
    /// - Parameter wait: how often the caller has waited in this turn.
    func filler(turn: Int, wait: Int, path: String) throws(TwiMLError) -> String {
        let verbs: [TwiMLVerb]
        switch wait {
        case 0: verbs = say(["One moment, please."])
        case let count where count % 3 == 0: verbs = say(["I am still looking, please hold on."])
        default: verbs = [.pause(seconds: 1)]
        }
        let url = Self.action(path, turn: turn) + "&wait=\(wait + 1)"
        return try TwiML.response(verbs + [.redirect(url: url, method: .post)])
    }

    func say(_ sentences: [String]) -> [TwiMLVerb] {
        var verbs: [TwiMLVerb] = []
        var text = ""
        func flush() {
            guard !text.isEmpty else { return }
            verbs.append(.say(text, voice: block.sayVoice, language: block.language))
            text = ""
        }
        for sentence in sentences {
            let piece = CleanText.clean(sentence, characterCountMax: Self.sayCharactersMax)
            if text.count + piece.count >= Self.sayCharactersMax { flush() }
            text += text.isEmpty ? piece : " " + piece
        }
        flush()
        return verbs
    }

    static func action(_ path: String, turn: Int) -> String { "\(path)?turn=\(turn)" }

    /// Phrases apart by commas, none with one of its own.
    static func hints(_ words: [String], countMax: Int) -> String {
        words.prefix(countMax).map {
            CleanText.clean(
                $0.replacing(",", with: " "), characterCountMax: hintCharactersMax)
        }.joined(separator: ",")
    }
}
