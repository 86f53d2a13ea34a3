extension DialogueKind {
    /// The assistant's own dialogue, which needs no model and no server.
    static let scripted = DialogueKind(EngineFacts(.llm, "scripted", keys: [])) { _, context in
        context.scripted
    }
}
