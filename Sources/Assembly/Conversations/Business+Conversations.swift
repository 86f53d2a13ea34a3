import Calls
import Configuration
import Pipelines
import Realtime

extension Business {
    /// The conversation of one call with an assistant: its engines' sessions, its detector, its options.
    /// On the call's loop.
    /// - Parameter greeted: the caller has heard the greeting already.
    package func conversation(
        of session: CallSession, with assistant: Assistant, greeted: Bool, loop: any CallLoop,
        onAudio: @escaping @Sendable () -> Void
    ) -> Conversation {
        let settings = configuration
        var call = CallInfo(
            callSid: session.call.name, assistantID: assistant.block.id, from: session.call.from,
            to: session.call.to, language: assistant.settings.language)
        call.vocabulary = assistant.vocabulary
        engines.warm(assistant, on: loop)
        let stages = ConversationStages(
            stt: engines.speechToText.makeSession(call: call, loop: loop),
            dialogue: assistant.dialogue.makeSession(call: call, loop: loop),
            tts: engines.textToSpeech,
            detector: CallerDetection.detector(settings, model: engines.voiceActivity),
            filter: try? CallerFilter(settings.audio, leadMs: settings.conversation.leadMs),
            cache: speech.cache)
        var options = ConversationOptions(
            settings, voice: assistant.settings.voice, block: assistant.block)
        options.audio = session.audio
        options.greets = !greeted
        return Conversation(
            options: options, call: call, stages: stages, greeting: assistant.greetingClip,
            transport: session, observer: session, onAudio: onAudio,
            clock: { loop.nowNanos })
    }
}
