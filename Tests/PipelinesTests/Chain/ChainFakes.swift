import DSP
import Foundation
import Language
import Pipelines
import Realtime
import StreamTesting
import Testing

/// What an engine of a test does with a request.
enum Behaviour: Sendable, Equatable {
    case answer(String)
    case fail
    case hang
    /// Says this much, then fails, or hangs.
    case breakOff(after: String, hangs: Bool)
    /// A recogniser that takes its time.
    case late(String, afterMs: Int)
}

func place(
    _ stage: String, _ name: String, answerMs: Int = 60, stallMs: Int = 60, failuresMax: Int = 100
) -> ChainPlace {
    ChainPlace(
        stage: stage, engine: name, watch: ChainWatch(answerMs: answerMs, stallMs: stallMs),
        breaker: CircuitBreaker(failuresMax: failuresMax, probeAfterMs: 60_000))
}

/// Behaves as it is told, and writes down what it is asked.
struct FakeRecogniser: SpeechToText {
    let name: String
    let behaviour: Behaviour
    let journal: Journal

    func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession {
        Session(recogniser: self, loop: loop)
    }

    final class Session: SpeechToTextSession {
        let recogniser: FakeRecogniser
        let loop: any CallLoop
        var fedCount = 0
        var timer: (any CallTimer)?
        init(recogniser: FakeRecogniser, loop: any CallLoop) {
            self.recogniser = recogniser
            self.loop = loop
        }
        func beginUtterance() { fedCount = 0 }
        func feed(_ samples: UnsafeBufferPointer<Int16>) { fedCount += samples.count }
        func cancelRequest() {
            timer?.cancel()
            recogniser.journal.add("\(recogniser.name) cancelled")
        }
        func close() {
            timer?.close()
            timer = nil
            recogniser.journal.add("\(recogniser.name) closed")
        }
        func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
            recogniser.journal.add("\(recogniser.name) asked \(fedCount)")
            switch recogniser.behaviour {
            case .answer(let text): completion(.success(Transcript(text: text)))
            case .fail: completion(.failure(.failed(stage: recogniser.name, reason: "told to")))
            case .late(let text, let ms):
                timer?.close()
                timer = loop.makeTimer { completion(.success(Transcript(text: text))) }
                timer?.set(afterMs: ms)
            case .hang, .breakOff: break
            }
        }
    }
}

/// Likewise, for a dialogue; sentences of what it says are cut at bars.
struct FakeDialogue: DialogueEngine {
    let name: String
    let behaviour: Behaviour
    let journal: Journal
    var standing = ReplyStanding.working
    var goesOn = false
    /// What its tools do in a turn that it is asked for.
    var action: DialogueAction?

    func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        Session(dialogue: self)
    }

    final class Session: DialogueSession {
        let dialogue: FakeDialogue
        var actions: [DialogueAction] = []
        init(dialogue: FakeDialogue) { self.dialogue = dialogue }
        var greeting: String? { "hello from \(dialogue.name)" }
        func completeness(of text: String) -> Completeness { .unknown }
        func commit(turn: TurnID) { dialogue.journal.add("\(dialogue.name) commit \(turn)") }
        func cancel(turn: TurnID) { dialogue.journal.add("\(dialogue.name) cancel \(turn)") }
        func heard(turn: TurnID, text: String) {
            dialogue.journal.add("\(dialogue.name) heard \(turn) \(text)")
        }
        func overheard(_ input: CallerInput, turn: TurnID, reply: String) {
            dialogue.journal.add("\(dialogue.name) overheard \(turn) \(reply)")
        }
        func standing(of turn: TurnID) -> ReplyStanding { dialogue.standing }
        func takeActions() -> [DialogueAction] {
            defer { actions = [] }
            return actions
        }
        func witnessed(_ actions: [DialogueAction], turn: TurnID) {
            for action in actions {
                dialogue.journal.add("\(dialogue.name) saw \(action.tool) in \(turn)")
            }
        }
        func close() {}

        func respond(
            to input: CallerInput, turn: TurnID,
            output: @escaping (Result<ReplyPart, StageError>) -> Void
        ) {
            dialogue.journal.add("\(dialogue.name) asked \(turn)")
            if let action = dialogue.action { actions.append(action) }
            play(output)
        }

        func respond(
            to input: CallerInput, turn: TurnID, after said: [String],
            output: @escaping (Result<ReplyPart, StageError>) -> Void
        ) -> Bool {
            guard dialogue.goesOn else { return false }
            dialogue.journal.add("\(dialogue.name) goes on after \(said.joined(separator: "|"))")
            play(output)
            return true
        }

        private func play(_ output: (Result<ReplyPart, StageError>) -> Void) {
            switch dialogue.behaviour {
            case .answer(let text):
                output(.success(.sentence(text)))
                output(.success(.end))
            case .fail: output(.failure(.failed(stage: dialogue.name, reason: "told to")))
            case .hang, .late: break
            case .breakOff(let text, let hangs):
                output(.success(.sentence(text)))
                if !hangs { output(.failure(.failed(stage: dialogue.name, reason: "told to"))) }
            }
        }
    }
}

/// Likewise, for a voice: each letter is 1/15 s of the byte that is given.
struct FakeSynthesiser: TextToSpeech {
    let name: String
    let behaviour: Behaviour
    let byte: UInt8
    let journal: Journal

    func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        journal.add("\(name) says \(text) as \(voice ?? "itself")")
        let clip = SpeechClip(text: text, audio: audio)
        switch behaviour {
        case .answer:
            append(text.count, to: clip)
            clip.finish()
        case .fail: clip.fail(.failed(stage: name, reason: "told to"))
        case .hang, .late: break
        case .breakOff(let part, let hangs):
            append(part.count, to: clip)
            if !hangs { clip.fail(.failed(stage: name, reason: "told to")) }
        }
        onAudio()
        return clip
    }

    private func append(_ letters: Int, to clip: SpeechClip) {
        let bytes = [UInt8](repeating: byte, count: letters * 8000 / 15)
        bytes.withUnsafeBufferPointer { _ = clip.append($0) }
    }
}
