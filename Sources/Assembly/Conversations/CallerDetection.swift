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
        var options = SpeechDetectorOptions()
        options.onsetThreshold = Float(settings.vad.onsetThreshold)
        options.offsetThreshold = Float(settings.vad.offsetThreshold)
        options.earlyOnsetThreshold = Float(settings.vad.earlyOnsetThreshold)
        options.playoutEarlyOnsetThreshold = Float(settings.vad.playoutEarlyThreshold)
        options.coughMs = settings.vad.coughMs
        options.playoutOnsetThreshold = Float(settings.vad.playoutThreshold)
        options.gateAboveNoiseDB = Float(settings.vad.gateDB)
        options.playoutOnsetMs = settings.turn.bargeInMs
        return SileroSpeechDetecting(model: model, options: options)
    }
}

extension ConversationOptions {
    /// The conversation's view of the configuration.
    package init(_ settings: Configuration, voice: String?, block: AssistantBlock) {
        self.init()
        turn.endpointing = settings.turn.endpointing
        turn.endpointMs = settings.turn.endpointMs
        turn.endpointMinMs = settings.turn.endpointMinMs
        turn.endpointMaxMs = settings.turn.endpointMaxMs
        turn.speculateAfterMs = settings.turn.speculateAfterMs
        turn.bargeInMs = settings.turn.bargeInMs
        turn.bargeInEarlyMs = settings.turn.bargeInEarlyMs
        turn.earlyPlayoutMs = settings.turn.earlyPlayoutMs
        turn.echoWords = settings.turn.echoWords
        turn.bargeInConfirmMs = settings.turn.bargeInConfirmMs
        turn.dtmfGapMs = settings.turn.dtmfGapMs
        turn.dtmfDigitsMax = settings.turn.dtmfDigitsMax
        turn.idlePromptMs = settings.turn.idlePromptMs
        turn.silencesMax = settings.turn.idlePromptsMax
        turn.holdMs = settings.turn.holdMs
        turn.transcriptTimeoutMs = settings.turn.transcriptTimeoutMs
        turn.replyTimeoutMs = settings.turn.replyTimeoutMs
        turn.fillerAfterMs = settings.turn.fillerAfterMs
        turn.failuresMax = settings.turn.failuresMax
        turn.uninterruptibleMs = settings.turn.greetingUninterruptibleMs
        turn.callSeconds = settings.limits.callSeconds
        turn.utteranceMaxMs = settings.buffers.callerMs
        leadMs = settings.buffers.leadMs
        frameMs = settings.buffers.frameMs
        markMs = settings.buffers.markMs
        playoutMs = settings.buffers.playoutMs
        preRollMs = settings.vad.preRollMs
        self.voice = voice
        if !block.handOverNumber.isEmpty { failedText = Self.handOverText }
        notices = block.notices
        // A model does not know what a whole answer would be; the other engines say what they know.
        judgesWords = settings.llm.contains { entry in
            (try? EngineRegistry.dialogue(entry))?.leavesWordsToJudge == true
        }
        if !block.goodbye.isEmpty { goodbyeText = block.goodbye }
    }
    private static let handOverText =
        "I'm sorry, I have technical trouble. I will put you through to somebody."
}
