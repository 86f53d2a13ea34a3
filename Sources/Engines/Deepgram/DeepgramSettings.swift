import Options
import Pipelines

extension EngineServer {
    fileprivate static let deepgram = EngineServer(
        baseURL: "https://api.deepgram.com/v1", keyEnv: "DEEPGRAM_API_KEY", keyPrefix: "Token ")
}

/// `deepgram` in `stt`.
package struct DeepgramListenSettings: SpeechToTextSettings, RemoteSettings {
    package static let engineName = "deepgram"
    package static let server: EngineServer = {
        var server = EngineServer.deepgram
        server.takesWebSocketAddress = true
        return server
    }()
    private static let usualModel = "nova-3"
    /// The service's own threshold for the end of a turn, which counts without one of ours.
    private static let usualEndOfTurn = 0.7

    package var remote = RemoteKeys()
    package var model = ""
    package var language = "en"
    package var prompt = ""
    package var sampleRate = 0
    package var endpointingMs = 0
    package var endOfTurnThreshold = 0.0
    package var earlyEndOfTurnThreshold = 0.5

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text(
            "model", \.model, allowed: "name",
            "Empty means \(usualModel), and the flux models tell the ends of turns."),
        .spokenLanguage(\.language),
        .text(
            "prompt", \.prompt,
            "Words to expect, such as names on the menu, with commas between them."),
        .integer(
            "sampleRate", \.sampleRate, 0...48_000, unit: "Hz",
            "16000 sends linear samples, anything else µ-law as it came."),
        .integer(
            "endpointingMs", \.endpointingMs, 0...5000, unit: "ms",
            "Silence after which it ends a segment by itself; 0 leaves that to it."),
        .number(
            "endOfTurnThreshold", \.endOfTurnThreshold, 0...1,
            "Flux: confidence (0.5 to 0.9) that ends a turn; 0 leaves that to it."),
        .number(
            "earlyEndOfTurnThreshold", \.earlyEndOfTurnThreshold, 0...1,
            "Flux: confidence (0.3 to 0.9) at which an end is foreseen, so that the reply can be "
                + "begun; 0 for never."),
    ]

    package var faults: [EngineFault] {
        let (end, early) = (endOfTurnThreshold, earlyEndOfTurnThreshold)
        var faults = LanguageTag.doubts(language, alsoTaken: ["multi"])
        if end != 0, !(0.5...0.9).contains(end) {
            faults.append(
                EngineFault(
                    key: "endOfTurnThreshold", message: "endOfTurnThreshold is 0, or 0.5 to 0.9"))
        }
        if early != 0, !(0.3...0.9).contains(early) {
            faults.append(
                EngineFault(
                    key: "earlyEndOfTurnThreshold",
                    message: "earlyEndOfTurnThreshold is 0, or 0.3 to 0.9"))
        } else if early > (end == 0 ? Self.usualEndOfTurn : end) {
            faults.append(
                EngineFault(
                    key: "earlyEndOfTurnThreshold",
                    message: "earlyEndOfTurnThreshold is above endOfTurnThreshold: no end would be "
                        + "foreseen"))
        }
        return faults
    }

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        var options = DeepgramOptions(
            service: try context.service(self), model: model.isEmpty ? Self.usualModel : model)
        options.language = language
        options.keyTerms = prompt.split(separator: ",").map {
            $0.split(separator: " ").joined(separator: " ")
        }.filter { !$0.isEmpty }
        options.isLinear16k = sampleRate == 16_000
        options.endpointingMs = endpointingMs
        options.endOfTurnThreshold = endOfTurnThreshold
        options.earlyEndOfTurnThreshold = earlyEndOfTurnThreshold
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.deepgram(options)
    }
}

/// `deepgram` in `tts`.
package struct DeepgramSpeechSettings: TextToSpeechSettings, RemoteSettings {
    package static let engineName = "deepgram"
    package static let server = EngineServer.deepgram

    package var remote = RemoteKeys()
    package var model = ""
    package var requestsMax = 64

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text(
            "model", \.model, allowed: "name", "The voice's model, such as aura-2-thalia-en."
        ).required(),
        .requestsMax(\.requestsMax),
    ]

    package var identity: SpeechIdentity { SpeechIdentity(baseURL: remote.baseURL, model: model) }

    package func make(_ context: EngineContext) throws -> any TextToSpeech {
        context.speech(
            DeepgramSpeech(service: try context.service(self), model: model),
            requestsMax: requestsMax)
    }
}
