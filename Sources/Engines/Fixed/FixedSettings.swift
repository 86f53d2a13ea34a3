import Options
import Pipelines

extension ConfigurationOption {
    fileprivate static func delay(_ path: WritableKeyPath<Root, Int>) -> Self {
        .integer("delayMs", path, 0...60_000, unit: "ms", "Time before the answer.")
    }
}

/// `fixed` in `stt`.
package struct FixedSpeechToTextSettings: SpeechToTextSettings {
    package static let engineName = "fixed"
    package static let isCanned = true

    package var text = ""
    package var delayMs = 0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text("text", \.text, "The transcript that is heard."), .delay(\.delayMs),
    ]

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        FixedSpeechToText(
            text: text.isEmpty ? "This is a set transcript." : text, delayMs: delayMs)
    }
}

/// `fixed` in `llm`.
package struct FixedDialogueSettings: DialogueSettings {
    package static let engineName = "fixed"
    package static let isCanned = true

    package var text = ""
    package var delayMs = 0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text("text", \.text, "The reply that is said."), .delay(\.delayMs),
    ]

    package func make(_ context: DialogueContext) throws -> any DialogueEngine {
        FixedDialogue(
            text: text.isEmpty ? "This is a set reply." : text, greeting: context.greeting,
            delayMs: delayMs)
    }
}

/// `fixed` in `tts`: a clip by flite's voice.
package struct FixedTextToSpeechSettings: TextToSpeechSettings {
    package static let engineName = "fixed"
    package static let isCanned = true

    package var clipMs = 3000
    package var flite = FliteSettings()

    package init() {}

    package static let options: [ConfigurationOption<Self>] =
        [
            .integer("clipMs", \.clipMs, 100...60_000, unit: "ms", "Length of the spoken clip.")
        ] + FliteSettings.options.map { $0.lifted(\.flite) }

    package var identity: SpeechIdentity { flite.identity }
    package var faults: [EngineFault] { flite.faults }

    package mutating func takeMachine() { flite.takeMachine() }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        try FixedTextToSpeech(clipMs: clipMs, madeBy: try flite.engine(context))
    }
}
