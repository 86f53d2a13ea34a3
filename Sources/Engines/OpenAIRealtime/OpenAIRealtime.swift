import Pipelines
import Wire

/// The options of speech to text by OpenAI's Realtime interface.
public struct OpenAIRealtimeOptions: Sendable {
    public var service: RemoteService
    public var model: String
    /// ISO 639-1; empty to have it guessed.
    public var language = ""
    /// Words to expect.
    public var prompt = ""
    /// Longest utterance, in milliseconds.
    public var utteranceMsMax = 30_000

    public init(service: RemoteService, model: String) {
        self.service = service
        self.model = model
    }
}

extension StreamedTranscription {
    /// Speech to text by OpenAI's Realtime interface, in sessions that only transcribe. Source: OpenAI
    /// API reference, "Realtime", client and server events.
    public static func openAIRealtime(_ options: OpenAIRealtimeOptions) -> StreamedTranscription {
        let traits = WireTraits(
            audio: WireAudio(
                coding: .muLaw8k,
                envelope: .json(
                    before: #"{"type":"input_audio_buffer.append","audio":""#, after: #""}"#),
                chunkMs: 100))
        return StreamedTranscription(
            name: "openai-realtime", service: options.service,
            url: options.service.baseURL + "/realtime?intent=transcription", traits: traits,
            utteranceMsMax: options.utteranceMsMax
        ) { OpenAIRealtimeWire(options) }
    }
}

/// Audio is gathered by the service until it is committed; each commit becomes an item, whose words
/// come as deltas and then whole. The end of a turn is ours to find: the service's own detection is off.
package struct OpenAIRealtimeWire: TranscriptionWire {
    private struct Item {
        var id: String
        var text = ""
        var isDone = false
    }

    /// Less than this is refused: 100 ms.
    static let commitSampleCountMin = 800

    private let options: OpenAIRealtimeOptions
    private var utterance = 0
    /// Up to where audio was committed.
    private var committedThrough = 0
    /// The utterances of commits that have not become items yet, in their order.
    private var commits: [Int] = []
    /// The utterance's items in their order.
    private var items: [Item] = []
    private var isWanted = false

    package init(_ options: OpenAIRealtimeOptions) { self.options = options }

    package mutating func opened() -> [WireMessage] {
        var transcription = [JSONValue.Member("model", .string(options.model))]
        if !options.language.isEmpty {
            transcription.append(.init("language", .string(options.language)))
        }
        if !options.prompt.isEmpty {
            transcription.append(.init("prompt", .string(options.prompt)))
        }
        let input = JSONValue.object([
            .init("format", .object([.init("type", .string("audio/pcmu"))])),
            .init("transcription", .object(transcription)),
            .init("turn_detection", .null),
        ])
        return [
            .json(
                .init("type", .string("session.update")),
                .init(
                    "session",
                    .object([
                        .init("type", .string("transcription")),
                        .init("audio", .object([.init("input", input)])),
                    ])))
        ]
    }

    package mutating func utteranceBegan(at start: Int) -> [WireMessage] {
        utterance += 1
        items = []
        isWanted = false
        guard committedThrough < start else { return [] }
        committedThrough = start
        return [.json(.init("type", .string("input_audio_buffer.clear")))]
    }

    package mutating func wordsWanted(through end: Int, soundEnd: Int) -> [WireMessage] {
        isWanted = true
        // What is left is silence, or too short for a word.
        guard soundEnd > committedThrough, end - committedThrough >= Self.commitSampleCountMin
        else { return [] }
        committedThrough = end
        commits.append(utterance)
        return [.json(.init("type", .string("input_audio_buffer.commit")))]
    }

    package var words: Transcript? {
        guard isWanted, items.allSatisfy(\.isDone),
            !commits.contains(utterance)
        else { return nil }
        let texts = items.map { WhisperText.spoken($0.text) }.filter { !$0.isEmpty }
        return Transcript(text: texts.joined(separator: " "))
    }

    package mutating func received(_ message: JSONValue) throws(WireFault) -> EndOfTurnHint? {
        let transcription = "conversation.item.input_audio_transcription."
        switch message["type"]?.stringValue {
        case "input_audio_buffer.committed": try committed(message)
        case transcription + "delta":
            change(message) { $0.text += message["delta"]?.stringValue ?? "" }
        case transcription + "completed":
            guard let text = message["transcript"]?.stringValue else {
                throw WireFault("the service completed an item without its transcript")
            }
            change(message) { item in
                item.text = text
                item.isDone = true
            }
        case transcription + "failed", "error": try complain(message["error"])
        case .some: break
        case nil: throw WireFault("the service sent an object without a type")
        }
        return nil
    }

    private mutating func committed(_ message: JSONValue) throws(WireFault) {
        guard let id = message["item_id"]?.stringValue, !commits.isEmpty else {
            throw WireFault("the service committed audio that nobody had asked it to")
        }
        if commits.removeFirst() == utterance { items.append(Item(id: id)) }
    }

    private mutating func change(_ message: JSONValue, _ body: (inout Item) -> Void) {
        guard let id = message["item_id"]?.stringValue,
            let place = items.firstIndex(where: { $0.id == id })
        else { return }
        body(&items[place])
    }

    private mutating func complain(_ error: JSONValue?) throws(WireFault) {
        if error?["code"]?.stringValue == "input_audio_buffer_commit_empty", !commits.isEmpty {
            commits.removeFirst()
            return
        }
        let words = error?["message"]?.stringValue ?? "no reason was given"
        throw WireFault("the service says: \(words.prefix(RemoteService.quotedBytesMax))")
    }
}
