import Configuration
import DSP
import Engines
import Pipelines
import VAD

/// Makes the parts that listen to one caller, as the configuration has them.
package enum CallerDetection {
    package static func detector(_ settings: Configuration, model: SileroModel)
        -> any SpeechDetecting
    {
        SileroSpeechDetecting(model: model, options: options(settings))
    }

    /// The detector's view of the configuration.
    package static func options(_ settings: Configuration) -> SpeechDetectorOptions {
        var options = settings.vad
        options.playoutOnsetMs = settings.turn.bargeInMs
        return options
    }
}

extension ConversationOptions {
    /// The conversation's view of the configuration.
    package init(_ settings: Configuration, voice: String?, block: AssistantBlock) {
        self = settings.conversation
        turn.callSeconds = settings.limits.callSeconds
        turn.utteranceMaxMs = settings.buffers.callerMs
        self.voice = voice
        if !block.handOverNumber.isEmpty { failedText = Self.handOverText }
        notices = block.notices
        // A model does not know what a whole answer would be; the other engines say what they know.
        judgesWords = settings.llm.contains { entry in
            (try? entry.dialogue()).map { type(of: $0).leavesWordsToJudge } == true
        }
        if !block.goodbye.isEmpty { goodbyeText = block.goodbye }
    }
    private static let handOverText =
        "I'm sorry, I have technical trouble. I will put you through to somebody."
}
