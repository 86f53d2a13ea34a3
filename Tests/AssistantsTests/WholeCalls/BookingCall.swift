import Assistants
import Foundation
import Language
import Pipelines
import Realtime
import Store
import StreamTesting
import TestSupport

/// The scripted dialogue in a call on a settable clock: what it asks of the database is waited for, so
/// that a call follows from its seed.
final class SettledDialogue: DialogueSession {
    private final class Work: Sendable {
        let waiting = Locked<[@Sendable () -> Void]>([])
    }

    private let inner: any DialogueSession
    private let work: Work
    private let database: Database
    /// Told after every commit, when all that it brought about is in the database.
    var onCommit: () -> Void = {}

    init(_ restaurant: Restaurant, callSid: String) {
        let work = Work()
        self.work = work
        database = restaurant.database
        inner = restaurant.engine.makeSession(
            call: CallInfo(
                callSid: callSid, assistantID: restaurant.settings.id, from: "+15550001111"),
            execute: { body in work.waiting.withLock { $0.append(body) } })
    }

    private func settle() {
        while true {
            // Operations are answered in their order.
            let isDone = DispatchSemaphore(value: 0)
            database.call(sid: "none") { _ in isDone.signal() }
            isDone.wait()
            let bodies = work.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            guard !bodies.isEmpty else { return }
            for body in bodies { body() }
        }
    }

    var greeting: String? { inner.greeting }
    func completeness(of text: String) -> Completeness { inner.completeness(of: text) }
    func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        inner.respond(to: input, turn: turn, output: output)
        settle()
    }
    func commit(turn: TurnID) {
        inner.commit(turn: turn)
        settle()
        onCommit()
    }
    func cancel(turn: TurnID) { inner.cancel(turn: turn) }
    func heard(turn: TurnID, text: String) { inner.heard(turn: turn, text: text) }
    func close() { inner.close() }
}

/// A caller who wishes for a table, says yes to what is read back, now and then too soon, and goes on
/// until the table is booked.
final class BookingCaller: ClockedCaller {
    let wish: String
    private let sounds: SpokenSounds
    private var next = 0
    private var dice: SeededGenerator
    private let hastyPercent: Int
    /// Pieces of speech that had been played when the caller said something last.
    private var answered = 0
    private var yesCount = 0
    private(set) var hasWished = false

    init(_ wish: String, _ sounds: SpokenSounds, _ dice: SeededGenerator, hastyPercent: Int) {
        self.wish = wish
        self.sounds = sounds
        self.dice = dice
        self.hastyPercent = hastyPercent
    }

    /// The words that came to the caller's ear from a piece on.
    static func words(_ call: ClockedCall, from: Int = 0) -> [String] {
        var words: [String] = []
        var last = CodedSpeech.silence
        for byte in call.played.dropFirst(from).lazy.flatMap(\.codes) where byte != last {
            last = byte
            if let code = CodedSpeech.code(of: byte), let word = call.tts.word(code) {
                words.append(word)
            }
        }
        return words
    }

    func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8]) {
        let nowMs = index * 20
        if nowMs % 200 == 0, sounds.script.endMs + 200 < nowMs { decide(call, nowMs) }
        sounds.script.write(frame: index, into: &frame, from: &next)
    }

    private func decide(_ call: ClockedCall, _ nowMs: Int) {
        guard let last = call.played.last(where: { $0.word != nil }) else { return }
        let quietMs = Double(nowMs) - call.time.ms(of: last.endNanos)
        let isNew = call.played.count > answered
        let isHasty = hasWished && isNew && yesCount < 8 && dice.chance(hastyPercent)
        guard isHasty || (isNew && quietMs > 500) else { return }
        let words = Self.words(call, from: answered)
        answered = call.played.count
        if words.contains("booked") { return say("thank you", nowMs) }
        guard hasWished else {
            hasWished = true
            return say(wish, nowMs)
        }
        guard yesCount < 8 else { return }
        yesCount += 1
        say(words.contains("people,") || isHasty ? "yes" : wish, nowMs)
    }

    private func say(_ text: String, _ nowMs: Int) {
        sounds.script.say(
            text.split(separator: " ").map(String.init), fromMs: nowMs + 60, wordMs: 240)
    }
}

/// One stream of a telephone call.
struct BookingStream {
    var restaurant: Restaurant
    var callSid: String
    var wish: String
    var seed: UInt64
    var hastyPercent = 0
    /// The stream breaks, or the caller hangs up.
    var throughMs = 40_000
    /// By sentence: how long its speech takes to begin, and whether it breaks off.
    var fault: (String) -> (delayMs: Double, fails: Bool) = { _ in (0, false) }
    /// Told after every commit of a turn.
    var onCommit: (ClockedCall) -> Void = { _ in }

    func run() -> ClockedCall {
        let time = SimulatedTime()
        var dice = SeededGenerator(seed: seed)
        let sounds = SpokenSounds()
        let caller = BookingCaller(
            wish, sounds, SeededGenerator(seed: dice.next()), hastyPercent: hastyPercent)
        let dialogue = SettledDialogue(restaurant, callSid: callSid)
        let tts = CodedSynthesiser(time)
        var options = ConversationOptions()
        options.apologyText = "sorry"
        options.turn.fillerAfterMs = 0
        let call = ClockedCall(
            .init(
                time: time, caller: caller, stt: CodedRecogniser(sounds, time),
                dialogue: dialogue, tts: tts,
                detector: CodedDetector(onsetMs: { 60 }, takesNoise: { false })),
            greeting: nil, options: options)
        var fails = false
        tts.firstMs = { [unowned tts] in
            let fault = fault(tts.clips.last?.text ?? "")
            fails = fault.fails
            return fault.delayMs
        }
        tts.msPerSecond = { fails ? 100 : 0 }
        tts.failure = { fails ? .failed(stage: "tts", reason: "simulated") : nil }
        dialogue.onCommit = { [unowned call] in onCommit(call) }
        call.run(throughMs: throughMs)
        return call
    }
}
