import Net
import Pipelines

/// One reply that a model is working out, through one or more requests. Bound to the call's loop.
final class LanguageModelReply {
    let turn: TurnID
    let input: CallerInput
    /// Heard of another engine's reply, which this one continues.
    let said: [String]
    /// Gone once nobody wants to hear more.
    var output: ((Result<ReplyPart, StageError>) -> Void)?

    var isCommitted = false
    var isFinished = false
    /// An effect has begun.
    var hasActed = false
    /// Nothing goes on until the turn is committed.
    var isHeld = false
    var isRunningTool = false
    var sentences: [String] = []
    var closing: ReplyPart?

    /// Calls of tools, what was said before them, and their answers: for the model.
    var rounds: [ChatMessage] = []
    /// Where the sentences of the round under way begin.
    private var roundStart = 0
    /// What tools did before the commit; for the other engines, once it is certain.
    var actions: [DialogueAction] = []
    /// Calls that are still to be run.
    var calls: ArraySlice<ChatToolCall> = []

    // The request under way.
    var roundCount = 0
    /// Rounds that were asked again because the server wanted them written otherwise.
    var rewriteCount = 0
    var task: HTTPClientTask?
    var status = 0
    var refusal: [UInt8] = []
    var events = ServerSentEvents()
    var reader: any LanguageModelReader
    private let makeSplitter: () -> SentenceSplitter
    var splitter: SentenceSplitter
    var collected: [Int: ChatToolCall] = [:]
    var isRoundOver = false

    init(
        turn: TurnID, input: CallerInput, after said: [String], to call: CallInfo,
        reader: any LanguageModelReader,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        makeSplitter = {
            SentenceSplitter(language: call.language, isWritten: call.channel == .text)
        }
        splitter = makeSplitter()
        self.turn = turn
        self.input = input
        self.said = said
        self.reader = reader
        self.output = output
    }

    func beginRound(reader: any LanguageModelReader) {
        roundCount += 1
        status = 0
        refusal = []
        events = ServerSentEvents()
        self.reader = reader
        splitter = makeSplitter()
        roundStart = sentences.count
        collected = [:]
        isRoundOver = false
    }

    /// Adds to a call that comes in pieces.
    func collect(index: Int, id: String, name: String, arguments: String) {
        var call = collected[index] ?? ChatToolCall(id: "", name: "", arguments: "")
        if !id.isEmpty { call.id = id }
        call.name += name
        call.arguments += arguments
        collected[index] = call
    }

    /// The calls of the round that has ended, in order.
    var collectedCalls: [ChatToolCall] {
        collected.sorted { $0.key < $1.key }.map { index, call in
            var call = call
            if call.id.isEmpty { call.id = "call_\(turn)_\(roundCount)_\(index)" }
            return call
        }
    }

    /// The sentence that was said last, unless tools have answered since.
    var lastOfRound: String? { sentences.count > roundStart ? sentences.last : nil }

    /// The round has ended in these calls.
    func endRound(calling calls: [ChatToolCall]) {
        let said = sentences[roundStart...]
        if !said.isEmpty { rounds.append(.agent(said.joined(separator: " "))) }
        rounds.append(.calls(calls))
        self.calls = calls[...]
    }

    /// The rounds as they are remembered: without words, of which only those that were heard count, and
    /// as services take them, with an answer for every call, one that was never run too.
    var answeredRounds: [ChatMessage] {
        var open: [String] = []
        var kept: [ChatMessage] = []
        for message in rounds {
            switch message {
            case .calls(let calls): open += calls.map(\.id)
            case .answer(let id, _): open.removeAll { $0 == id }
            case .caller, .agent: continue
            }
            kept.append(message)
        }
        return kept + open.map { .answer(callID: $0, json: #"{"error":"it was not run"}"#) }
    }

    var text: String { (said + sentences).joined(separator: " ") }
}
