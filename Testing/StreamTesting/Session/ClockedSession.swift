import Calls
import DSP
import Language
import Pipelines

/// A whole call session on a settable clock, over a transport of its own: the caller follows a script,
/// and commands come from wherever a test sends them.
package final class ClockedSession {
    package let time = SimulatedTime()
    package let loop: SimulatedLoop
    package let transport: ClockedTransport
    package let registry: CallRegistry
    package let events: CallEvents
    package let dialogue: CheckedDialogue
    package let tts: CodedSynthesiser
    package let session: CallSession
    package private(set) var summary: CallSummary?
    package private(set) var broken: [String] = []
    private let script: CallerScript
    private var nextSound = 0
    private var frame = [UInt8](
        repeating: CodedSpeech.silence, count: CallAudio.telephone.byteCount(ms: 20))

    /// - Parameter answer: the sentences that answer what the caller said.
    package init(
        _ script: CallerScript, greeting: String? = nil, name: String = "CA1",
        registry: CallRegistry = CallRegistry(), events: CallEvents = CallEvents(subscribers: []),
        answer: @escaping (CallerInput) -> [String] = { _ in ["a b c"] },
        change: (inout ConversationOptions) -> Void = { _ in }
    ) {
        self.script = script
        self.registry = registry
        self.events = events
        let time = self.time
        let loop = SimulatedLoop(time)
        self.loop = loop
        let tts = CodedSynthesiser(time)
        self.tts = tts
        let dialogue = CheckedDialogue(time) { input, _ in
            CheckedDialogue.Answer(parts: answer(input).map { .sentence($0) })
        }
        self.dialogue = dialogue
        var options = ConversationOptions()
        change(&options)
        let chosen = options
        let transport = ClockedTransport(time, audio: chosen.audio)
        self.transport = transport
        let clip = greeting.map { tts.finished($0, in: chosen.audio) }
        let ended = Ended()
        session = CallSession(
            CallDescription(carrier: "test", name: name, assistantID: "test", path: "test"),
            transport: transport, loop: loop,
            context: CallSession.Context(registry: registry, events: events),
            makeConversation: { session, onAudio in
                Conversation(
                    options: chosen, call: CallInfo(callSid: name, assistantID: "test"),
                    stages: ConversationStages(
                        stt: CodedRecogniser(SpokenSounds(script), time), dialogue: dialogue,
                        tts: tts, detector: ScriptedDetector(script), cache: SpeechCache()),
                    greeting: clip, transport: session, observer: session, onAudio: onAudio,
                    clock: { time.nowNanos })
            },
            onEnded: { ended.took($0) })
        transport.session = session
        ended.took = { [weak self] in self?.summary = $0 }
        session.onBrokenInvariant { [weak self] in self?.broken.append($0) }
    }

    private final class Ended { var took: (CallSummary) -> Void = { _ in } }

    /// Does something at a time of the call.
    package func at(_ ms: Double, _ body: @escaping () -> Void) {
        time.at(time.nanos(atMs: ms), body)
    }

    /// Sends a command at a time of the call; what came of it is to be looked at after the run.
    package func command(_ command: CallCommand, atMs ms: Double) -> Sent {
        let sent = Sent(time)
        at(ms) { [self] in
            guard let handle = registry[session.call.id] else {
                return sent.took(.failure(.ended))
            }
            handle.send(command) { sent.took($0) }
        }
        return sent
    }

    /// What came of a command.
    package final class Sent: @unchecked Sendable {
        package private(set) var result: Result<Void, CallCommandError>?
        package private(set) var ms: Double?
        package private(set) var count = 0
        private let time: SimulatedTime

        fileprivate init(_ time: SimulatedTime) { self.time = time }

        fileprivate func took(_ result: Result<Void, CallCommandError>) {
            self.result = result
            ms = time.nowMs
            count += 1
        }

        package var error: CallCommandError? {
            if case .failure(let error)? = result { error } else { nil }
        }
        package var isDone: Bool { if case .success? = result { true } else { false } }
    }

    /// Runs the call until `ms`, when the caller hangs up, if they have not before.
    package func run(throughMs ms: Int) {
        time.after(ms: 0) { [self] in
            session.begin()
            tick(0, ms / 20)
        }
        time.run(untilMs: Double(ms))
        session.transportEnded("caller hung up", isOrderly: true)
    }

    private func tick(_ index: Int, _ count: Int) {
        guard index < count else { return }
        time.at(time.nanos(atMs: Double(index + 1) * 20)) { [self] in
            guard summary == nil else { return }
            for byte in frame.indices { frame[byte] = CodedSpeech.silence }
            script.write(frame: index, into: &frame, from: &nextSound)
            CodedSpeech.bytes(frame, in: transport.audio).withUnsafeBufferPointer {
                session.receive($0, nowNanos: time.nowNanos)
            }
            tick(index + 1, count)
        }
    }

    /// The words that the caller heard, in order.
    package var heard: [String] { transport.words(tts).map(\.word) }
}
