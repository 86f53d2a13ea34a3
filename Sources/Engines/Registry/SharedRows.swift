import Foundation
import Options

/// Rows whose sentence is the same with several vendors.
extension ConfigurationOption where Root: SpeechToTextSettings {
    static func spokenLanguage(_ path: WritableKeyPath<Root, String>) -> Self {
        .text(
            "language", path, allowed: "ISO 639-1 code",
            "Language spoken; empty lets the service guess, where it can.")
    }

    static func expectedWords(_ path: WritableKeyPath<Root, String>) -> Self {
        .text("prompt", path, "Words to expect, such as names on the menu.")
    }
}

extension ConfigurationOption where Root: RemoteSettings {
    static func serversModel(_ path: WritableKeyPath<Root, String>) -> Self {
        .text("model", path, allowed: "name", "The server's name for it.")
    }
}

extension ConfigurationOption where Root: TextToSpeechSettings {
    static func voice(
        _ path: WritableKeyPath<Root, String>, allowed: String = "name of a voice",
        _ summary: String
    ) -> Self {
        .text(
            "voice", path, allowed: allowed,
            summary + " An assistant's own voice is one of the first engine's.")
    }

    static func rate(
        _ path: WritableKeyPath<Root, Double>, _ range: ClosedRange<Double> = 0.25...4
    ) -> Self {
        .number("rate", path, range, "Pace of speech; 1 is the voice's own.")
    }
}

/// Tags of languages as recognisers and synthesisers take them: `en`, `en-US`.
enum LanguageTag {
    /// A warning where the tag is of no language of ISO 639; only the service knows which it can.
    static func doubts(_ tag: String, alsoTaken: Set<String> = []) -> [EngineFault] {
        let code = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        guard !tag.isEmpty, !alsoTaken.contains(tag),
            !Locale.LanguageCode.isoLanguageCodes.contains(where: { $0.identifier == code })
        else { return [] }
        return [
            EngineFault(
                key: "language",
                message: "'\(tag)' is not a language of ISO 639; write a code such as en or de",
                isWarning: true)
        ]
    }
}
