import Engines
import Net
import Pipelines
import StreamTesting
import Testing

/// A chain of dialogues on a loop; touched there only.
private final class DialogueCase: @unchecked Sendable {
    let journal = Journal()
    let loop: TestLoop
    let places: [ChainPlace]
    private var session: (any DialogueSession)?
    private let chain: ChainDialogue

    init(_ dialogues: [(Journal) -> FakeDialogue]) throws {
        let journal = journal
        loop = try TestLoop()
        let made = dialogues.map { $0(journal) }
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

private func dialogue(
    _ name: String, _ behaviour: Behaviour, standing: ReplyStanding = .working,
    goesOn: Bool = false, action: DialogueAction? = nil
) -> (Journal) -> FakeDialogue {
    {
        FakeDialogue(
            name: name, behaviour: behaviour, journal: $0, standing: standing, goesOn: goesOn,
            action: action)
    }
}

@Suite struct ChainDialogueTests {
    @Test(arguments: [Behaviour.fail, .hang])
    func theNextDialogueAnswersTheSameTurn(first: Behaviour) async throws {
        let dialogues = try DialogueCase([dialogue("a", first), dialogue("b", .answer("Hello."))])
        await dialogues.say("hi", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "end"))
        #expect(dialogues.journal.count("said Hello.") == 1)
        #expect(dialogues.journal.count("a cancel 1") == 1)
        #expect(dialogues.journal.count("b commit 1") == 1)
        await dialogues.heard(1, "Hel")
        #expect(dialogues.journal.count("b heard 1 Hel") == 1)
        #expect(dialogues.journal.count("a overheard 1 Hel") == 1)
    }

    @Test func whatToolsDidIsToldToTheOthers() async throws {
        let look = DialogueAction(tool: "look", arguments: "{}", answer: "{}", hasEffect: false)
        let dialogues = try DialogueCase([
            dialogue("a", .answer("Free."), action: look), dialogue("b", .answer("No")),
            dialogue("c", .answer("No")),
        ])
        await dialogues.say("is it", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "end"))
        await dialogues.heard(1, "Free.")
        let told = dialogues.journal.all.filter { $0.hasPrefix("b ") }
        #expect(told == ["b overheard 1 Free.", "b saw look in 1"])
        #expect(
            dialogues.journal.count("c saw look in 1") == 1 && dialogues.journal.count("a saw") == 0
        )
    }

    /// The tool's answer came when the caller had spoken again.
    @Test func whatToolsDidTooLateIsToldBeforeTheNextTurn() async throws {
        let book = DialogueAction(tool: "book", arguments: "{}", answer: "{}", hasEffect: true)
        let dialogues = try DialogueCase([
            dialogue("a", .fail, action: book), dialogue("b", .answer("Yes.")),
        ])
        await dialogues.say("book", turn: 1, commits: false)
        #expect(await dialogues.journal.wait(for: "end"))
        await dialogues.say("book it", turn: 2, commits: true)
        #expect(await dialogues.journal.wait(for: "end", count: 2))
        #expect(dialogues.journal.count("b saw book in 1") == 1)
    }

    @Test func whatHasHadAnEffectIsNotTriedElsewhere() async throws {
        let dialogues = try DialogueCase([
            dialogue("a", .fail, standing: .acted), dialogue("b", .answer("Booked again.")),
        ])
        await dialogues.say("yes", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "failed"))
        #expect(dialogues.journal.count("b asked") == 0)
    }

    @Test func waitingForTheCommitIsNotBeingSlow() async throws {
        let dialogues = try DialogueCase([
            dialogue("a", .hang, standing: .awaitingCommit), dialogue("b", .answer("Hello.")),
        ])
        await dialogues.say("yes", turn: 1, commits: false)
        try await Task.sleep(for: .milliseconds(200))
        #expect(dialogues.journal.count("b asked") == 0)
        #expect(dialogues.places[0].failedCount == 0)
    }

    @Test(arguments: [true, false])
    func aReplyThatBreaksOffIsGoneOnWith(hangs: Bool) async throws {
        let dialogues = try DialogueCase([
            dialogue("a", .breakOff(after: "One moment.", hangs: hangs)),
            dialogue("b", .answer("No")),
            dialogue("c", .answer("It is free."), goesOn: true),
        ])
        await dialogues.say("is it free", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "end"))
        #expect(
            dialogues.journal.all.filter { $0.hasPrefix("said") } == [
                "said One moment.", "said It is free.",
            ])
        #expect(dialogues.journal.count("c goes on after One moment.") == 1)
        #expect(dialogues.journal.count("b asked") == 0)
    }

    @Test func whereNobodyCanGoOnTheTurnFails() async throws {
        let dialogues = try DialogueCase([
            dialogue("a", .breakOff(after: "One moment.", hangs: false)),
            dialogue("b", .answer("No")),
        ])
        await dialogues.say("is it free", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "failed"))
        #expect(dialogues.journal.count("said No") == 0)
    }

    @Test func aSpeculationThatFailedIsTriedAgainElsewhere() async throws {
        let dialogues = try DialogueCase([
            dialogue("a", .breakOff(after: "One moment.", hangs: false)),
            dialogue("b", .answer("Yes.")),
        ])
        await dialogues.say("is it free", turn: 1, commits: false)
        #expect(await dialogues.journal.wait(for: "failed"))
        await dialogues.say("is it free", turn: 1, commits: true)
        #expect(await dialogues.journal.wait(for: "said Yes."))
        #expect(dialogues.journal.count("a asked") == 1)
        await dialogues.heard(1, "Yes.")
        await dialogues.say("thanks", turn: 2, commits: false)
        #expect(dialogues.journal.count("a asked 2") == 1)
    }
}
