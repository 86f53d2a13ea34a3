import Pipelines

/// A call whose caller follows a script without regard to the agent.
package final class ScriptedCall: ClockedCall {
    private final class ScriptCaller: ClockedCaller {
        let script: CallerScript
        private var next = 0

        init(_ script: CallerScript) { self.script = script }

        func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8]) {
            script.write(frame: index, into: &frame, from: &next)
        }
    }

    package let stt: CodedRecogniser
    package let dialogue: CheckedDialogue
    package let detector: ScriptedDetector

    /// - Parameter other: finds speech in the place of the detector that goes by the script.
    package init(
        _ script: CallerScript, greeting: String? = nil,
        answer: @escaping (CallerInput, TurnID) -> CheckedDialogue.Answer,
        hearing other: (any SpeechDetecting)? = nil,
        change: (inout ConversationOptions) -> Void = { _ in }
    ) {
        let time = SimulatedTime()
        var options = ConversationOptions()
        change(&options)
        stt = CodedRecogniser(SpokenSounds(script), time)
        dialogue = CheckedDialogue(time, answer: answer)
        detector = ScriptedDetector(script)
        let tts = CodedSynthesiser(time)
        super.init(
            Parts(
                time: time, caller: ScriptCaller(script), stt: stt, dialogue: dialogue, tts: tts,
                detector: other ?? detector),
            greeting: greeting.map { tts.finished($0, in: options.audio) }, options: options)
    }

    package override func run(throughMs: Int) {
        super.run(throughMs: throughMs)
        violations += dialogue.violations
    }
}
