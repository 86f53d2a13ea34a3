import Net

/// A page that is asked by GET at an address of its own: how it is answered, and how that is described.
/// The router and the OpenAPI description are both made from these. One per loop.
package struct Page {
    /// - Parameter part: what stands for the path's `{…}`; empty where it has none.
    package typealias Answer = (
        _ request: HTTPRequest, _ part: String, _ responder: HTTPResponder
    ) -> Void

    /// `{…}` at its end is any last part.
    package let path: String
    package let operation: APIOperation
    /// Schemas that the operation names and no page before it has.
    package let schemas: [(name: String, schema: APISchema)]
    package let answer: Answer

    package init(
        _ path: String, _ operation: APIOperation,
        schemas: [(name: String, schema: APISchema)] = [], answer: @escaping Answer
    ) {
        self.path = path
        self.operation = operation
        self.schemas = schemas
        self.answer = answer
    }

    /// What the path begins with where it ends in `{…}`; nil where it stands for itself.
    package var prefix: String? {
        path.last == "}" ? path.lastIndex(of: "{").map { String(path[..<$0]) } : nil
    }

    /// True when only who has a token is answered.
    package var needsToken: Bool { operation.access == .bearer }
}

extension APIOperation {
    /// An operation that has one answer.
    package static func page(
        _ id: String, _ summary: String, _ content: Answer.Content, tag: String = "health"
    ) -> APIOperation {
        APIOperation(id: id, tag: tag, summary: summary, answers: [.init("200", summary, content)])
    }

    /// What everybody gets who has no token, or a wrong one.
    package static let refusals: [Answer] = [
        .init("401", "No bearer token was sent.", .json(.named("Error"))),
        .init("403", "The token is not one that is let in.", .json(.named("Error"))),
    ]
}
