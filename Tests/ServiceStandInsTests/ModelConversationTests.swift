import Assistants
import Engines
import Foundation
import Net
import Pipelines
import ServiceStandIns
import Store
import Synchronization
import Testing

/// An assistant led by a language model behind HTTP, over a database in memory; by text.
private final class ModelConversation: @unchecked Sendable {
    let database: Database
    let settings: AssistantSettings
    let services: ServiceStandIns
    private let group: EventLoopGroup
    private let loop: EventLoop
    private let engine: LanguageModelEngine
    // On the loop only.
    private var session: (any DialogueSession)?
    private var turn = 0

    init(
        model: String = "m", temperature: Double = -1,
        _ adjust: (inout AssistantSettings) -> Void = { _ in }
    ) async throws {
        var settings = AssistantSettings.sampleRestaurant(timeZone: .gmt)
        adjust(&settings)
        self.settings = settings
        database = try Database(DatabaseOptions(path: ":memory:"))
        let database = database
        let now = Self.afternoon
        let scripted = ScriptedDialogueEngine(
            assistants: [settings], store: database, now: { now })
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            scripted.seed { done.resume(with: $0.mapError { $0 as any Error }) }
        }
        var options = ServiceStandInOptions()
        options.chatMode = .tools
        options.chatFirst = .constant(ms: 1)
        options.chatToken = .constant(ms: 0)
        group = try EventLoopGroup(count: 2, label: "model")
        loop = group.loops[0]
        services = try ServiceStandIns(group: group, options: options, index: nil)
        let service = RemoteService(
            stage: "llm test", baseURL: "http://127.0.0.1:\(services.port)/v1",
            headers: HTTPHeaders(), connectMs: 5000, firstByteMs: 20_000, totalMs: 20_000,
            stallMs: 20_000)
        let role = AssistantRole(settings, store: database, now: { now })
        engine = LanguageModelEngine(
            role.role(extra: ""),
            wire: OpenAIChat(service: service, model: model, temperature: temperature),
            clients: RemoteClients())
    }

    /// Friday the 27th of November 2026, 13:00, when the sample house is open.
    static let afternoon = Date(timeIntervalSince1970: 1_795_784_400)

    func close() {
        services.close()
        group.shutdown()
        database.close()
    }

    /// Says a line, and what came back once it was heard to its end.
    func say(_ text: String) async -> String {
        await withCheckedContinuation { (done: CheckedContinuation<String, Never>) in
            loop.execute { [self] in
                let session =
                    self.session
                    ?? engine.makeSession(
                        call: CallInfo(
                            callSid: "CA1", assistantID: settings.id, from: "+15550001111"),
                        loop: loop)
                self.session = session
                turn += 1
                var said: [String] = []
                let turn = turn
                session.respond(to: .speech(Transcript(text: text)), turn: turn) { result in
                    switch result {
                    case .success(.sentence(let sentence)): said.append(sentence)
                    case .success(.end):
                        let heard = said.joined(separator: " ")
                        session.heard(turn: turn, text: heard)
                        done.resume(returning: heard)
                    case .success: break
                    case .failure(let error): done.resume(returning: "\(error)")
                    }
                }
                session.commit(turn: turn)
            }
        }
    }
}

@Suite struct ModelConversationTests {
    /// The total is the tool's, and the order is placed once.
    @Test func anOrderIsTakenByTheTools() async throws {
        let call = try await ModelConversation {
            $0.kind = .restaurant
            $0.restaurant.menu = [
                MenuItem(
                    name: "Fish Soup", category: "Soups",
                    sizes: [.init(name: "", price: Money(cents: 785))], extras: []),
                MenuItem(
                    name: "Apple Pie", category: "Desserts",
                    sizes: [
                        .init(name: "Slice", price: Money(cents: 405)),
                        .init(name: "Whole", price: Money(cents: 2995)),
                    ], extras: []),
            ]
        }
        defer { call.close() }
        let first = await call.say("I'd like two fish soup and a whole apple pie")
        #expect(first == "That is 45 dollars and 65 cents. Delivery or pickup?")
        let second = await call.say("for pickup please")
        #expect(second.contains("The total is 45 dollars and 65 cents. Shall I place the order?"))
        #expect(try await orders(call).isEmpty)
        let third = await call.say("yes")
        #expect(third == "Your order number is 1 0 0 1. It is ready in 20 minutes. Anything else?")
        let fourth = await call.say("yes")
        #expect(fourth.contains("1 0 0 1"))
        let placed = try await orders(call)
        #expect(placed.count == 1)
        #expect(placed.first?.total == Money(cents: 4565))
        #expect(placed.first?.phone == "+15550001111" && placed.first?.callSid == "CA1")
        let turns = try await call.database.value {
            call.database.turns(callSid: "CA1", completion: $0)
        }
        #expect(turns.map(\.turn) == [1, 2, 3, 4])
        #expect(turns.first?.callerText == "I'd like two fish soup and a whole apple pie")
        #expect(turns.first?.agentText == first)
    }

    @Test func aTotalThatIsNotTheMenusIsRefused() async throws {
        let call = try await ModelConversation { $0.kind = .restaurant }
        defer { call.close() }
        // The sample house has no menu, so there is no dish that could be priced.
        let reply = await call.say("two fish soups")
        #expect(reply == "What would you like to order?")
        #expect(try await orders(call).isEmpty)
    }

    /// It refuses `max_tokens` and the temperature, one after the other.
    @Test func aNewerModelAnswersTheFirstTurn() async throws {
        let call = try await ModelConversation(model: "gpt-5-mini", temperature: 0.2) {
            $0.kind = .restaurant
        }
        defer { call.close() }
        #expect(await call.say("two fish soups") == "What would you like to order?")
    }

    private func orders(_ call: ModelConversation) async throws -> [Order] {
        try await call.database.value {
            call.database.orders(
                assistantID: call.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
    }
}
