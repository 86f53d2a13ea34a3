import Foundation

/// Going on with a conversation in another session.
extension LanguageModelSession {
    private struct Kept: Codable {
        var chat: ConversationMemory
        var effects: [String]
    }

    var memory: String? {
        guard let data = try? JSONEncoder().encode(Kept(chat: chat, effects: effects)) else {
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }

    func resume(from memory: String) -> Bool {
        guard let kept = try? JSONDecoder().decode(Kept.self, from: Data(memory.utf8)) else {
            return false
        }
        chat = kept.chat
        effects = kept.effects
        return true
    }
}
