import Pipelines

/// A tool with the arguments that it is called with, whichever tool it is.
public struct PreparedTool<Output: Sendable> {
    let declaration: ToolDeclaration
    let run: (ToolContext, @escaping ToolCompletion<Output>) -> Void
    let action: (Output) -> DialogueAction?

    init<Declared: Tool>(_ tool: Declared.Type, _ arguments: Declared.Arguments)
    where Declared.Output == Output {
        declaration = tool.declaration
        run = { tool.run(arguments, in: $0, completion: $1) }
        action = {
            DialogueAction(
                tool.declaration, arguments: DialogueAction.json(arguments), answer: $0)
        }
    }
}

/// A call of one of several tools that answer alike.
public protocol DeclaredToolCall: ScriptedToolCall {
    var tool: PreparedTool<Answer> { get }
}

extension DeclaredToolCall {
    public var isReadOnly: Bool { tool.declaration.effect == .readOnly }

    public func run(in context: ToolContext, completion: @escaping ToolCompletion<Answer>) {
        tool.run(context, completion)
    }

    public func action(answered answer: Answer) -> DialogueAction? { tool.action(answer) }
}
