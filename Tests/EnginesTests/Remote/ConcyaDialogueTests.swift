import Engines
import Net
import Pipelines
import Testing

@Suite struct ConcyaDialogueTests {
    /// A webhook's session takes up what the one before it left; the service itself remembers.
    @Test func aConversationInPiecesIsGoneOnWith() async throws {
        let service = RemoteService(
            stage: "llm concya", baseURL: "http://127.0.0.1:1/conversation", headers: HTTPHeaders(),
            connectMs: 500, firstByteMs: 800, totalMs: 30_000, stallMs: 500)
        let loop = try EventLoop(label: "test")
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        let role = LanguageModelRole(greeting: "Hello.", instructions: { _ in "" })
        let engine = ConcyaDialogue(role, service: service, clients: RemoteClients())
        let isTaken = await withCheckedContinuation { done in
            loop.execute {
                let call = CallInfo(callSid: "CA1", assistantID: "a")
                let memory = engine.makeSession(call: call, loop: loop).memory
                let next = engine.makeSession(call: call, loop: loop)
                done.resume(
                    returning: memory.map { next.resume(from: $0) && !next.resume(from: "{}") })
            }
        }
        #expect(isTaken == true)
    }
}
