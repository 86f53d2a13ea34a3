/// A dialogue by the first of several engines that answers in time.
public struct ChainDialogue: DialogueEngine {
    public let name: String
    let engines: [any DialogueEngine]
    let chain: Chain

    public init(_ links: [ChainLink<any DialogueEngine>], report: @escaping ChainReport) {
        engines = links.map(\.engine)
        chain = Chain(links.map(\.place), report: report)
        name = engines.map(\.name).joined(separator: ",")
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        ChainDialogueSession(
            chain, sessions: engines.map { $0.makeSession(call: call, loop: loop) }, loop: loop)
    }
}

extension ChainDialogue: ServiceWarming {
    public func warm(on loop: any CallLoop) {
        for engine in engines { (engine as? any ServiceWarming)?.warm(on: loop) }
    }
}
