import Foundation
import Pipelines

extension DialogueAction {
    /// What a declared tool did, in the JSON that a language model would have it in.
    init?(_ declaration: ToolDeclaration, arguments: String?, answer: some Encodable) {
        guard let arguments, let answer = Self.json(answer) else { return nil }
        self.init(
            tool: declaration.name, arguments: arguments, answer: answer,
            hasEffect: declaration.effect == .writes)
    }

    static func json(_ value: some Encodable) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The arguments of a tool; nil where it was another.
    func arguments<T: Tool>(of tool: T.Type) -> T.Arguments? {
        guard self.tool == tool.declaration.name else { return nil }
        return try? JSONDecoder().decode(T.Arguments.self, from: Data(arguments.utf8))
    }

    /// What an answer says, by its member's name.
    func answered(_ name: String) -> String? {
        struct Answer: Decodable {
            var values: [String: String] = [:]

            struct Name: CodingKey {
                var stringValue: String
                var intValue: Int? { nil }
                init(stringValue: String) { self.stringValue = stringValue }
                init?(intValue: Int) { nil }
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Name.self)
                for key in container.allKeys {
                    if let text = try? container.decode(String.self, forKey: key) {
                        values[key.stringValue] = text
                    } else if let number = try? container.decode(Int.self, forKey: key) {
                        values[key.stringValue] = String(number)
                    }
                }
            }
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(self.answer.utf8))
        return answer?.values[name]
    }
}
