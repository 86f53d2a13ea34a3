import Foundation
import Wire

/// The name of an effect: its conversation, its tool, and a digest of what was agreed to.
///
/// The store makes of it the idempotency key of a record: `name`, `name#2` … for the same wish once
/// more. Which occurrence is meant is decided by the store, in the transaction that writes, from what
/// it has: the first that is not settled (``RecordStore/settleEffect(_:completion:)``). An occurrence
/// is settled when the conversation has gone on from it, and a conversation goes on in two ways: the
/// caller has heard the confirmation and then said something else, or the same session, which knows
/// that the effect was had, is led through a new agreement to the same content. This is right when
///
/// - a store times out after it wrote: the session has no answer, so nothing is settled, and the
///   second try is answered with the record;
/// - a webhook comes twice, perhaps to two nodes: both sessions go on from the memory of before the
///   turn, which does not know the effect; the second is answered with the record of the first;
/// - a stream breaks before the commit: nothing was written, and a new agreement writes it;
/// - a stream breaks after the commit, before the confirmation was heard: the caller, connected again,
///   who agrees to the same is told the number of what was written; who agrees to anything else is
///   asking for another effect, whose name is another;
/// - it breaks after the confirmation was heard and the caller went on: the same wish is a new one;
///   where it breaks in between, the first is taken to be meant;
/// - the conversation goes on at another node: what is settled is in the database that all share;
/// - a model and the script of a chain both try: the name is made of the tool's typed arguments, in
///   one order and without regard to letters' case, so that both have the same one.
///
/// A change and a cancellation need no key: they name the record by its number, and having them twice
/// leaves it as having them once does. They settle the reservation's key, because a record that was
/// changed since is not an answer to the old wish. A confirmation by text message is written with
/// its record, in one transaction, and so exists once like it.
package enum EffectName {
    /// - Parameter conversation: the call's or the text conversation's name.
    static func name(
        conversation: String, tool: String, arguments: some Encodable
    ) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Arguments are plain values, which have always their text.
        let content = (try? encoder.encode(arguments)) ?? Data(String(describing: arguments).utf8)
        let folded = String(decoding: content, as: UTF8.self).lowercased()
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(conversation):\(tool):\(digest(folded))"
    }

    private static func digest(_ text: String) -> String {
        guard let sum = SHA256() else { return text }
        Array(text.utf8).withUnsafeBytes(sum.update)
        return String(sum.finish().prefix(32))
    }
}

extension ToolContext {
    /// The name of what a tool is about to do in this conversation.
    func effectName<T: Tool>(_ tool: T.Type, _ arguments: T.Arguments) -> String {
        EffectName.name(
            conversation: conversation, tool: tool.declaration.name,
            arguments: tool.canonical(arguments))
    }
}

extension Tool {
    /// The arguments in the one order that all ways to say the same have.
    public static func canonical(_ arguments: Arguments) -> Arguments { arguments }

    static func effectName(json: Data, conversation: String) -> String? {
        guard declaration.effect == .writes,
            let arguments = try? JSONDecoder().decode(Arguments.self, from: json)
        else { return nil }
        return EffectName.name(
            conversation: conversation, tool: declaration.name, arguments: canonical(arguments))
    }
}

extension ToolBox {
    /// The name of the effect of a tool on arguments in JSON; nil where it has none.
    func effectName(_ tool: String, json: Data, conversation: String) -> String? {
        tools.first { $0.declaration.name == tool }?
            .effectName(json: json, conversation: conversation)
    }
}
