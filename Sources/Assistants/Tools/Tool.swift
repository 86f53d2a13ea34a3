import Foundation
import Store

/// One argument of a tool, as a language model is told of it.
public struct ToolParameter: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case integer(ClosedRange<Int>)
        /// A string; the pattern is a regular expression in the dialect of JSON Schema.
        case string(pattern: String?)
        /// One of these words.
        case choice([String])
        /// A list of some of these words.
        case choices([String])
        /// A list of strings.
        case texts
        /// A list of objects with these members, one at least.
        indirect case list([ToolParameter])
    }

    public var name: String
    public var kind: Kind
    public var summary: String
    public var isRequired: Bool

    public init(_ name: String, _ kind: Kind, _ summary: String, isRequired: Bool = true) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isRequired = isRequired
    }
}

/// A tool's name, arguments and doing. Declared once, for the scripted dialogues and for
/// language models alike.
public struct ToolDeclaration: Sendable, Equatable {
    public enum Effect: Sendable, Equatable {
        /// Only looks; may run before the caller's turn is final.
        case readOnly
        /// Changes records; runs after the turn is committed, once for each ``EffectName``.
        case writes
    }

    public var name: String
    public var summary: String
    public var effect: Effect
    public var parameters: [ToolParameter]
}

/// Why a tool gave no answer.
public enum ToolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The arguments are not those of the declaration.
    case badArguments(tool: String, reason: String)
    case unknownTool(String)
    case store(StoreError)

    public var description: String {
        switch self {
        case .badArguments(let tool, let reason): "wrong arguments for \(tool): \(reason)"
        case .unknownTool(let name): "there is no tool named \(name)"
        case .store(let error): error.description
        }
    }
}

/// The context that a tool works in, besides its arguments.
public struct ToolContext: Sendable {
    public var rules: ReservationRules
    public var store: any RecordStore
    public var callSid: String?
    /// Where the caller can be called back; empty where their number is withheld.
    public var callerNumber: String
    /// Names the conversation for ever: effects are named by it and by what they are.
    public var conversation: String
    public var now: Date
    /// Indexes of directories; shared, so that none is built twice.
    public var directories: HospitalLibrary
    /// Where a message goes that confirms what is done; nil for none.
    public var confirmation: ConfirmationRoute?

    public init(
        rules: ReservationRules, store: any RecordStore, callSid: String?, callerNumber: String,
        conversation: String, now: Date, directories: HospitalLibrary = HospitalLibrary(),
        confirmation: ConfirmationRoute? = nil
    ) {
        self.rules = rules
        self.store = store
        self.callSid = callSid
        self.callerNumber = callerNumber
        self.conversation = conversation
        self.now = now
        self.directories = directories
        self.confirmation = confirmation
    }
}

/// Receives a tool's answer, exactly once, possibly on the store's thread.
public typealias ToolCompletion<Output: Sendable> =
    @Sendable (Result<Output, ToolError>) -> Void

/// Something an assistant can look up or do.
public protocol Tool: Sendable {
    associatedtype Arguments: Codable, Sendable, Equatable
    associatedtype Output: Encodable, Sendable, Equatable
    static var declaration: ToolDeclaration { get }
    /// The arguments in the one order that all ways to say the same have.
    static func canonical(_ arguments: Arguments) -> Arguments
    /// Any thread; does not block.
    static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<Output>)
}

extension Tool {
    /// Runs the tool on arguments and answers in JSON, as language models do.
    public static func run(
        json: Data, in context: ToolContext, completion: @escaping ToolCompletion<Data>
    ) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let arguments: Arguments
        do {
            arguments = try JSONDecoder().decode(Arguments.self, from: json)
        } catch {
            completion(
                .failure(.badArguments(tool: declaration.name, reason: String(describing: error))))
            return
        }
        run(arguments, in: context) { result in
            completion(
                result.flatMap { output in
                    Result { try encoder.encode(output) }.mapError {
                        .badArguments(tool: declaration.name, reason: String(describing: $0))
                    }
                })
        }
    }
}

/// The tools of one kind of assistant, by name.
public struct ToolBox: Sendable {
    let tools: [any Tool.Type]

    public init(_ tools: [any Tool.Type]) { self.tools = tools }

    public var declarations: [ToolDeclaration] { tools.map { $0.declaration } }

    /// Runs a tool by its name on arguments in JSON.
    public func run(
        _ name: String, json: Data, in context: ToolContext,
        completion: @escaping ToolCompletion<Data>
    ) {
        guard let tool = tools.first(where: { $0.declaration.name == name }) else {
            completion(.failure(.unknownTool(name)))
            return
        }
        tool.run(json: json, in: context, completion: completion)
    }
}
