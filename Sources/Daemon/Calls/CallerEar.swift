import DSP
import Pipelines
import VAD

/// Makes the parts that listen to one caller, as the configuration has them.
enum CallerEar {
    static func detector(_ settings: Configuration, model: SileroModel) -> any SpeechDetecting {
        var options = SpeechDetectorOptions()
        options.onsetThreshold = Float(settings.vad.onsetThreshold)
        options.offsetThreshold = Float(settings.vad.offsetThreshold)
        options.playoutOnsetThreshold = Float(settings.vad.playoutThreshold)
        options.gateAboveNoiseDB = Float(settings.vad.gateDB)
        options.preRollMs = settings.vad.preRollMs
        options.playoutOnsetMs = settings.turn.bargeInMs
        return CallerSpeechDetector(SpeechDetector(model: model, options: options))
    }
}

/// Speech detection by the Silero network behind its energy gate, as a conversation wants it.
final class CallerSpeechDetector: SpeechDetecting {
    private var detector: SpeechDetector

    init(_ detector: consuming SpeechDetector) { self.detector = detector }

    func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void
    ) {
        detector.process(samples) { event in
            switch event {
            case .onset(let start, let detected):
                emit(.started(startSample: start, detectedSample: detected))
            case .resumed(let at): emit(.started(startSample: at, detectedSample: at))
            case .pause(let end): emit(.paused(endSample: end))
            }
        }
    }
}

extension ConversationOptions {
    /// The conversation's view of the configuration.
    init(_ settings: Configuration, voice: String?, block: AssistantBlock) {
        self.init()
        turn.endpointMs = settings.turn.endpointMs
        turn.endpointMinMs = settings.turn.endpointMinMs
        turn.endpointMaxMs = settings.turn.endpointMaxMs
        turn.speculateAfterMs = settings.turn.speculateAfterMs
        turn.bargeInMs = settings.turn.bargeInMs
        turn.bargeInConfirmMs = settings.turn.bargeInConfirmMs
        turn.idlePromptMs = settings.turn.idlePromptMs
        turn.silencesMax = settings.turn.idlePromptsMax
        turn.replyTimeoutMs = settings.turn.replyTimeoutMs
        turn.uninterruptibleMs = settings.turn.greetingUninterruptibleMs
        turn.callSeconds = settings.limits.callSeconds
        turn.utteranceMaxMs = settings.buffers.callerMs
        leadMs = settings.buffers.leadMs
        frameMs = settings.buffers.frameMs
        markMs = settings.buffers.markMs
        playoutMs = settings.buffers.playoutMs
        // The detector's onsets reach back by the pre-roll already.
        preRollMs = 0
        self.voice = voice
        if !block.goodbye.isEmpty { goodbyeText = block.goodbye }
    }
}
