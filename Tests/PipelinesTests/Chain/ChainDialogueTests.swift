import Engines
import Net
import Pipelines
import StreamTesting
import Testing

/// A chain of minds on a loop; touched there only.
private final class MindCase: @unchecked Sendable {
    let journal = Journal()
    let loop: TestLoop
    let places: [ChainPlace]
    private var session: (any DialogueSession)?
    private let chain: ChainDialogue

    init(_ minds: [(Journal) -> FakeMind]) throws {
        let journal = journal
        loop = try TestLoop()
        let made = minds.map { $0(journal) }
        places = made.map { place("llm", $0.name) }
        chain = ChainDialogue(
            zip(made, places).map { ChainLink($0, $1) },
            report: { place, _, next in journal.add("report \(place.engine) \(next)") })
    }

    /// What the caller said, and whether the turn is final at once.
    func say(_ text: String, turn: TurnID, commits: Bool) async {
        await loop.run { [self] in
            if session == nil {
                session = chain.makeSession(
                    call: CallInfo(callSid: "CA1", assistantID: "a"), loop: loop.loop)
            }
            session?.respond(to: .speech(Transcript(text: text)), turn: turn) { [journal] result in
                switch result {
                case .success(.sentence(let text)): journal.add("said \(text)")
                case .success(.end): journal.add("end")
                case .success(let part): journal.add("\(part)")
                case .failure(let error): journal.add("failed \(error)")
                }
            }
            if commits { session?.commit(turn: turn) }
        }
    }

    func commit(_ turn: TurnID) async { await loop.run { [self] in session?.commit(turn: turn) } }
    func heard(_ turn: TurnID, _ text: String) async {
        await loop.run { [self] in session?.heard(turn: turn, text: text) }
    }
}

private func mind(
    _ name: String, _ behaviour: Behaviour, standing: ReplyStanding = .working,
    goesOn: Bool = false, action: DialogueAction? = nil
) -> (Journal) -> FakeMind {
    {
        FakeMind(
            name: name, behaviour: behaviour, journal: $0, standing: standing, goesOn: goesOn,
            action: action)
    }
}

@Suite struct ChainDialogueTests {
    @Test(arguments: [Behaviour.fail, .hang])
    func theNextMindAnswersTheSameTurn(first: Behaviour) async throws {
        let minds = try MindCase([mind("a", first), mind("b", .answer("Hello."))])
        await minds.say("hi", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "end"))
        #expect(minds.journal.count("said Hello.") == 1)
        #expect(minds.journal.count("a cancel 1") == 1)
        #expect(minds.journal.count("b commit 1") == 1)
        await minds.heard(1, "Hel")
        #expect(minds.journal.count("b heard 1 Hel") == 1)
        #expect(minds.journal.count("a overheard 1 Hel") == 1)
    }

    @Test func whatToolsDidIsToldToTheOthers() async throws {
        let look = DialogueAction(tool: "look", arguments: "{}", answer: "{}", hasEffect: false)
        let minds = try MindCase([
            mind("a", .answer("Free."), action: look), mind("b", .answer("No")),
            mind("c", .answer("No")),
        ])
        await minds.say("is it", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "end"))
        await minds.heard(1, "Free.")
        let told = minds.journal.all.filter { $0.hasPrefix("b ") }
        #expect(told == ["b overheard 1 Free.", "b saw look in 1"])
        #expect(minds.journal.count("c saw look in 1") == 1 && minds.journal.count("a saw") == 0)
    }

    /// The tool's answer came when the caller had spoken again.
    @Test func whatToolsDidTooLateIsToldBeforeTheNextTurn() async throws {
        let book = DialogueAction(tool: "book", arguments: "{}", answer: "{}", hasEffect: true)
        let minds = try MindCase([mind("a", .fail, action: book), mind("b", .answer("Yes."))])
        await minds.say("book", turn: 1, commits: false)
        #expect(await minds.journal.wait(for: "end"))
        await minds.say("book it", turn: 2, commits: true)
        #expect(await minds.journal.wait(for: "end", count: 2))
        #expect(minds.journal.count("b saw book in 1") == 1)
    }

    @Test func whatHasHadAnEffectIsNotTriedElsewhere() async throws {
        let minds = try MindCase([
            mind("a", .fail, standing: .acted), mind("b", .answer("Booked again.")),
        ])
        await minds.say("yes", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "failed"))
        #expect(minds.journal.count("b asked") == 0)
    }

    @Test func waitingForTheCommitIsNotBeingSlow() async throws {
        let minds = try MindCase([
            mind("a", .hang, standing: .awaitingCommit), mind("b", .answer("Hello.")),
        ])
        await minds.say("yes", turn: 1, commits: false)
        try await Task.sleep(for: .milliseconds(200))
        #expect(minds.journal.count("b asked") == 0)
        #expect(minds.places[0].failedCount == 0)
    }

    @Test(arguments: [true, false])
    func aReplyThatBreaksOffIsGoneOnWith(hangs: Bool) async throws {
        let minds = try MindCase([
            mind("a", .breakOff(after: "One moment.", hangs: hangs)), mind("b", .answer("No")),
            mind("c", .answer("It is free."), goesOn: true),
        ])
        await minds.say("is it free", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "end"))
        #expect(
            minds.journal.all.filter { $0.hasPrefix("said") } == [
                "said One moment.", "said It is free.",
            ])
        #expect(minds.journal.count("c goes on after One moment.") == 1)
        #expect(minds.journal.count("b asked") == 0)
    }

    @Test func whereNobodyCanGoOnTheTurnFails() async throws {
        let minds = try MindCase([
            mind("a", .breakOff(after: "One moment.", hangs: false)), mind("b", .answer("No")),
        ])
        await minds.say("is it free", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "failed"))
        #expect(minds.journal.count("said No") == 0)
    }

    @Test func aSpeculationThatFailedIsTriedAgainElsewhere() async throws {
        let minds = try MindCase([
            mind("a", .breakOff(after: "One moment.", hangs: false)), mind("b", .answer("Yes.")),
        ])
        await minds.say("is it free", turn: 1, commits: false)
        #expect(await minds.journal.wait(for: "failed"))
        await minds.say("is it free", turn: 1, commits: true)
        #expect(await minds.journal.wait(for: "said Yes."))
        #expect(minds.journal.count("a asked") == 1)
        await minds.heard(1, "Yes.")
        await minds.say("thanks", turn: 2, commits: false)
        #expect(minds.journal.count("a asked 2") == 1)
    }
}
