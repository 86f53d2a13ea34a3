import Wire

/// A message of ElevenLabs over the socket of `stream-input`.
///
/// Source: ElevenLabs API reference, "Text to Speech WebSocket".
package enum ElevenLabsMessage: Equatable {
    /// Empty where the message has nothing but the end; `isLast` when nothing more comes.
    case audio([UInt8], isLast: Bool)
    case refused(String)
    /// Times of letters and what else we do not ask for.
    case other

    /// Reads one text message; throws for what is not one of the service's.
    package init(_ bytes: UnsafeRawBufferPointer) throws(SpeechFault) {
        guard let json = try? JSONValue(parsing: Array(bytes).span), case .object = json else {
            throw SpeechFault("a message is not JSON")
        }
        let encoded = json["audio"]?.stringValue ?? ""
        let isLast = json["isFinal"]?.boolValue == true
        if isLast || !encoded.isEmpty {
            guard let audio = try? Base64.bytes(encoded) else {
                throw SpeechFault("the audio is not base64")
            }
            self = .audio(audio, isLast: isLast)
        } else if let said = json["message"]?.stringValue ?? json["error"]?.stringValue {
            self = .refused(said)
        } else {
            self = .other
        }
    }

    /// Opens the conversation of a socket; a blank is spoken as nothing.
    /// - Parameter rate: 1 is the voice's own pace.
    package static func opening(rate: Double) -> [UInt8] {
        var members: [JSONValue.Member] = [.init("text", .string(" "))]
        if rate != 1 {
            members.append(
                .init("voice_settings", .object([.init("speed", .number(rate))])))
        }
        return JSONValue.object(members).encoded()
    }

    /// A whole sentence, to be spoken without waiting for more.
    package static func sentence(_ text: String) -> [UInt8] {
        JSONValue.object([
            // The service takes a text without a blank behind it for the beginning of a word.
            .init("text", .string(text + " ")), .init("flush", .bool(true)),
        ]).encoded()
    }

    /// There is no more text.
    package static let end = JSONValue.object([.init("text", .string(""))]).encoded()
}
