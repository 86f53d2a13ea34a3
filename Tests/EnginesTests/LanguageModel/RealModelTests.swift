import Engines
import Foundation
import Net
import Pipelines
import StreamTesting
import Testing

/// A real model behind a real server, named by STREAMD_LLM_URL: `make test-llm` starts one.
@Suite struct RealModelTests {
    private static let url = ProcessInfo.processInfo.environment["STREAMD_LLM_URL"]

    @Test(.enabled(if: url != nil, "STREAMD_LLM_URL names no server; run make test-llm"))
    func aTurnStreams() async throws {
        let url = try #require(Self.url)
        let model = ProcessInfo.processInfo.environment["STREAMD_LLM_MODEL"] ?? "default"
        let service = RemoteService(
            stage: "llm real", baseURL: url, headers: HTTPHeaders(), connectMs: 5000,
            firstByteMs: 60_000, totalMs: 120_000, stallMs: 60_000)
        let role = LanguageModelRole(
            greeting: "Welcome to Concya.",
            instructions: { _ in "You answer the telephone of a restaurant, in short sentences." })
        let engine = LanguageModelEngine(
            role, wire: OpenAIChat(service: service, model: model, temperature: 0, tokensMax: 120),
            clients: RemoteClients())
        let loop = try TestLoop()
        let journal = Journal()
        await loop.run {
            let session = engine.makeSession(
                call: CallInfo(callSid: "CA1", assistantID: "a"), loop: loop.loop)
            session.respond(
                to: .speech(Transcript(text: "Good evening. Are you open on Sundays?")), turn: 1
            ) { result in
                // Keeps the session as long as it answers.
                withExtendedLifetime(session) {
                    switch result {
                    case .success(.sentence(let text)): journal.add("said \(text)")
                    case .success(let part): journal.add("\(part)")
                    case .failure(let error): journal.add("failed \(error)")
                    }
                }
            }
            session.commit(turn: 1)
        }
        for _ in 0..<1200 {
            if journal.all.contains("end") || journal.count("failed") > 0 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        print("the model: \(journal.all)")
        #expect(journal.count("said") >= 1 && journal.all.last == "end", "\(journal.all)")
    }
}
