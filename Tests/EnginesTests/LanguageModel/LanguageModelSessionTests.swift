import Net
import Pipelines
import Testing

/// What a model's dialogue promises the conversation: tools, effects, memory.
@Suite struct LanguageModelSessionTests {
    private static let look = (name: "look", arguments: #"{"day":"monday"}"#)
    private static let book = (name: "book", arguments: #"{"day":"monday"}"#)

    @Test func aToolIsRunAndItsAnswerTold() async throws {
        let dialogue = try ModelCase([
            .call([Self.look], saying: "Let me look."), .say("It is free. Shall I book?"),
        ])
        await dialogue.say("monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(
            dialogue.journal.all == [
                "said Let me look.", #"run look {"day":"monday"}"#,
                "said It is free.", "said Shall I book?", "end 1",
            ])
        #expect(
            dialogue.messages(1) == [
                "system: You book.", "assistant: Hello there.", "user: monday",
                #"assistant: Let me look. look{"day":"monday"}"#, #"tool: {"status":"done"}"#,
            ])
        // It is remembered with the rest of what was heard.
        await dialogue.on { session, _ in session.heard(turn: 1, text: "Let me look. It is") }
        await dialogue.say("yes", turn: 2)
        #expect(await dialogue.asked(3))
        #expect(
            dialogue.messages(2).suffix(4) == [
                #"assistant: look{"day":"monday"}"#, #"tool: {"status":"done"}"#,
                "assistant: Let me look. It is", "user: yes",
            ])
    }

    @Test func severalCallsOfARoundRunInOrder() async throws {
        let friday = (name: "look", arguments: #"{"day":"friday"}"#)
        let dialogue = try ModelCase([.call([Self.look, friday]), .say("Both.")])
        await dialogue.say("when", turn: 1)
        #expect(await dialogue.journal.wait(for: "end"))
        let runs = dialogue.journal.all.filter { $0.hasPrefix("run") }
        #expect(runs.count == 2 && runs[0].contains("monday") && runs[1].contains("friday"))
        #expect(dialogue.model.requests.count == 2)
    }

    @Test func theRoundsAreLimited() async throws {
        let dialogue = try ModelCase(Array(repeating: .call([Self.look]), count: 5)) {
            $0.toolRoundsMax = 2
        }
        await dialogue.say("monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(dialogue.journal.count("run") == 2)
        #expect(dialogue.journal.all.last?.contains("more than 2 times in a row") == true)
    }

    @Test func theCallsOfARoundAreLimited() async throws {
        let dialogue = try ModelCase([.call(Array(repeating: Self.look, count: 3))]) {
            $0.callsMax = 2
        }
        await dialogue.say("monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(dialogue.journal.count("run") == 0)
    }

    @Test(arguments: [
        ("look", #"{"day":"someday"}"#, "day must be one of"), ("look", "{}", "day is missing"),
        ("book", #"{"day":"monday","at":7}"#, "at is not known"), ("look", "{", "not JSON"),
        ("cook", "{}", "there is no tool named cook"),
    ])
    func whatTheSchemaForbidsIsNotRunButTold(
        name: String, arguments: String, complaint: String
    ) async throws {
        let dialogue = try ModelCase([.call([(name, arguments)]), .say("Sorry.")])
        await dialogue.say("monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "end"))
        #expect(dialogue.journal.count("run") == 0)
        #expect(dialogue.messages(1).last?.contains(complaint) == true, "\(dialogue.messages(1))")
    }

    @Test func aToolThatFailsIsToldOf() async throws {
        let dialogue = try ModelCase([.call([Self.look]), .say("Sorry.")], holdsTools: true)
        await dialogue.say("monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "run"))
        dialogue.release(.failure(.failed(stage: "look", reason: "no light")))
        #expect(await dialogue.journal.wait(for: "end"))
        #expect(dialogue.messages(1).last?.contains("no light") == true)
    }

    // MARK: - Effects and speculation

    @Test func effectsWaitForTheCommitAndLooksDoNot() async throws {
        let dialogue = try ModelCase([.call([Self.look, Self.book]), .say("Booked.")])
        await dialogue.say("monday", turn: 1, commits: false)
        #expect(await dialogue.journal.wait(for: "run look"))
        #expect(await dialogue.on { session, _ in session.standing(of: 1) } == .awaitingCommit)
        #expect(dialogue.journal.count("run book") == 0)
        await dialogue.on { session, _ in session.commit(turn: 1) }
        #expect(await dialogue.journal.wait(for: "end"))
        #expect(dialogue.journal.count("run book") == 1)
        #expect(await dialogue.on { session, _ in session.standing(of: 1) } == .acted)
    }

    @Test func aSpeculationThatWasCancelledLeavesNoTrace() async throws {
        let dialogue = try ModelCase([
            .call([Self.book]), .stall(after: "Certainly. I"), .say("On friday."),
        ])
        await dialogue.say("monday", turn: 1, commits: false)
        #expect(await dialogue.asked(1))
        await dialogue.on { session, _ in session.cancel(turn: 1) }
        await dialogue.say("monday or rather", turn: 1, commits: false)
        #expect(await dialogue.journal.wait(for: "said Certainly."))
        await dialogue.on { session, _ in session.cancel(turn: 1) }
        await dialogue.say("friday", turn: 1)
        #expect(await dialogue.journal.wait(for: "end"))
        #expect(dialogue.journal.count("run") == 0)
        #expect(
            dialogue.messages(2) == [
                "system: You book.", "assistant: Hello there.", "user: friday",
            ])
        await dialogue.on { session, _ in session.close() }
        #expect(dialogue.journal.count("record") == 1)
    }

    @Test func aSecondReplyForATurnReplacesTheFirst() async throws {
        let dialogue = try ModelCase([.stall(after: "One. Two"), .say("Three.")])
        await dialogue.say("a", turn: 1, commits: false)
        #expect(await dialogue.journal.wait(for: "said One."))
        await dialogue.say("b", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(dialogue.journal.count("said") == 2)
        #expect(dialogue.messages(1).last == "user: b")
    }

    /// The caller speaks again while a table is being booked: that is waited for, and known.
    @Test func anEffectUnderWayIsWaitedForAndRemembered() async throws {
        let dialogue = try ModelCase(
            [.call([Self.book]), .say("It is booked already.")], holdsTools: true)
        await dialogue.say("book it", turn: 1)
        #expect(await dialogue.journal.wait(for: "run book"))
        await dialogue.on { session, _ in
            session.cancel(turn: 1)
            session.heard(turn: 1, text: "")
        }
        await dialogue.say("did you", turn: 2)
        dialogue.release()
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(
            dialogue.messages(1).suffix(4) == [
                "user: book it", #"assistant: book{"day":"monday"}"#,
                #"tool: {"status":"done"}"#, "user: did you",
            ])
    }

    /// Services refuse a history in which a call has no answer.
    @Test func aCallThatWasCutOffIsAnsweredInTheHistory() async throws {
        let friday = (name: "look", arguments: #"{"day":"friday"}"#)
        let dialogue = try ModelCase(
            [.call([Self.look, friday]), .say("Yes?")], holdsTools: true)
        await dialogue.say("when", turn: 1)
        #expect(await dialogue.journal.wait(for: "run look"))
        dialogue.release()
        #expect(await dialogue.journal.wait(for: "run look", count: 2))
        await dialogue.on { session, _ in
            session.cancel(turn: 1)
            session.heard(turn: 1, text: "")
        }
        await dialogue.say("hello", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(
            dialogue.messages(1).suffix(5) == [
                "user: when", #"assistant: look{"day":"monday"} look{"day":"friday"}"#,
                #"tool: {"status":"done"}"#, #"tool: {"error":"it was not run"}"#, "user: hello",
            ])
    }

    /// One yes is one agreement, however often the model calls.
    @Test func theSameEffectAskedForTwiceInATurnIsTheSame() async throws {
        let friday = (name: "book", arguments: #"{"day":"friday"}"#)
        let dialogue = try ModelCase([
            .call([Self.book, Self.book]), .call([friday, Self.book]), .say("Done."),
        ])
        await dialogue.say("book", turn: 1)
        #expect(await dialogue.journal.wait(for: "end"))
        #expect(dialogue.journal.count("run book") == 4)
        #expect(
            dialogue.journal.all.allSatisfy { !$0.hasSuffix("anew") }, "\(dialogue.journal.all)")
    }

    @Test func whatIsAgreedToOnceMoreIsHadOnceMore() async throws {
        let dialogue = try ModelCase([
            .call([Self.book]), .say("It is booked. Is there anything else?"), .call([Self.book]),
            .say("Shall I book another one on Monday?"), .call([Self.book]), .say("Done."),
        ])
        for (turn, line) in ["yes", "and another one", "yes"].enumerated() {
            await dialogue.say(line, turn: turn + 1)
            #expect(await dialogue.journal.wait(for: "end \(turn + 1)"))
            await dialogue.on { session, _ in
                let said = [
                    "It is booked. Is there anything else?",
                    "Shall I book another one on Monday?", "Done.",
                ]
                session.heard(turn: turn + 1, text: said[turn])
            }
        }
        let runs = dialogue.journal.all.filter { $0.hasPrefix("run book") }
        #expect(runs.map { $0.hasSuffix("anew") } == [false, false, true], "\(runs)")
    }

    @Test(arguments: [
        ("I will book", false), ("", false), ("I will book Monday for you. Is", true),
        ("I will book Monday for you. Is that right?", true),
    ])
    func aYesCountsForWhatWasHeard(heard: String, counts: Bool) async throws {
        let dialogue = try ModelCase([
            .say("I will book Monday for you. Is that right?"), .call([Self.book]), .say("Well."),
        ])
        await dialogue.say("a table on Monday", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        await dialogue.on { session, _ in
            // Cut by the caller.
            session.cancel(turn: 1)
            session.heard(turn: 1, text: heard)
        }
        await dialogue.say("yes", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(dialogue.journal.count("run book") == (counts ? 1 : 0))
        let told = dialogue.messages(2).contains { $0.contains("did not hear") }
        #expect(told == !counts, "\(dialogue.messages(2))")
    }

    // MARK: - Memory

    @Test func theModelIsToldWhatWasHeard() async throws {
        let dialogue = try ModelCase([
            .say("We have soup. We have fish. What else?"), .say("Soup."),
        ])
        await dialogue.say("what is there", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        await dialogue.on { session, _ in
            session.heard(turn: 0, text: "Hello")
            session.heard(turn: 1, text: "We have soup. We")
        }
        await dialogue.say("soup then", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(
            dialogue.messages(1) == [
                "system: You book.", "assistant: Hello", "user: what is there",
                "assistant: We have soup. We", "user: soup then",
            ])
    }

    @Test func turnsAreRecordedWithWhatWasHeard() async throws {
        let dialogue = try ModelCase([.say("One. Two."), .say("Three."), .say("Four.")])
        await dialogue.say("a", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        await dialogue.on { session, _ in session.heard(turn: 1, text: "One.") }
        await dialogue.hear(.dtmf("42"), turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        await dialogue.on { session, _ in
            session.overheard(.dtmf("42"), turn: 2, reply: "said by another")
        }
        await dialogue.hear(.silence(count: 1), turn: 3)
        #expect(await dialogue.journal.wait(for: "end 3"))
        await dialogue.on { session, _ in session.close() }
        let records = dialogue.journal.all.filter { $0.hasPrefix("record") }
        #expect(records == ["record CA1 1 'a' 'One.'", "record CA1 3 '' ''"])
    }

    /// What another engine of the chain did is known as if the model had done it, and not done again.
    @Test func anEffectOfAnotherEngineIsNotHadAgain() async throws {
        let dialogue = try ModelCase([.call([Self.book]), .say("It is booked.")])
        await dialogue.on { session, _ in
            session.overheard(
                .speech(Transcript(text: "yes")), turn: 1, reply: "Your table is booked.")
            session.witnessed(
                [
                    DialogueAction(
                        tool: "book", arguments: #"{"day":"monday"}"#, answer: #"{"number":"7"}"#,
                        hasEffect: true)
                ], turn: 1)
        }
        await dialogue.say("is it booked", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(dialogue.journal.count("run") == 0)
        #expect(
            dialogue.messages(0) == [
                "system: You book.", "assistant: Hello there.", "user: yes",
                #"assistant: book{"day":"monday"}"#, #"tool: {"number":"7"}"#,
                "assistant: Your table is booked.", "user: is it booked",
            ])
        #expect(dialogue.messages(1).last == #"tool: {"number":"7"}"#)
    }

    @Test func whatToolsDidIsPassedOnOnceItIsCertain() async throws {
        let dialogue = try ModelCase([.call([Self.look]), .say("Free."), .call([Self.book])])
        await dialogue.say("monday", turn: 1, commits: false)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(await dialogue.on { session, _ in session.takeActions() } == [])
        await dialogue.on { session, _ in session.commit(turn: 1) }
        let actions = await dialogue.on { session, _ in session.takeActions() }
        #expect(
            actions == [
                DialogueAction(
                    tool: "look", arguments: #"{"day":"monday"}"#, answer: #"{"status":"done"}"#,
                    hasEffect: false)
            ])
        #expect(await dialogue.on { session, _ in session.takeActions() } == [])
    }

    /// A conversation of messages is held by one session after the other.
    @Test func anotherSessionKnowsWhatWasSaidAndDone() async throws {
        let dialogue = try ModelCase(
            [
                .call([Self.book]), .say("Booked for **$12.50** at 19:30. 👍"),
                .call([Self.book]), .say("Still."),
            ], channel: .text)
        await dialogue.on { session, _ in
            session.overheard(.speech(Transcript(text: "hi")), turn: 1, reply: "Hello.")
            session.witnessed(
                [
                    DialogueAction(
                        tool: "book", arguments: #"{"day":"friday"}"#, answer: #"{"number":"7"}"#,
                        hasEffect: true)
                ], turn: 1)
        }
        await dialogue.say("monday", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        // Written, not spoken.
        #expect(dialogue.journal.all.contains("said Booked for $12.50 at 19:30."))
        await dialogue.on { session, _ in session.heard(turn: 2, text: "Booked.") }
        #expect(await dialogue.moveToAnotherSession())
        await dialogue.say("monday", turn: 3)
        #expect(await dialogue.journal.wait(for: "end 3"))
        let runs = dialogue.journal.all.filter { $0.hasPrefix("run") }
        #expect(runs.count == 2 && runs[0] == runs[1], "\(runs)")
        #expect(
            dialogue.messages(2).suffix(9) == [
                "user: hi", #"assistant: book{"day":"friday"}"#, #"tool: {"number":"7"}"#,
                "assistant: Hello.", "user: monday", #"assistant: book{"day":"monday"}"#,
                #"tool: {"status":"done"}"#, "assistant: Booked.", "user: monday",
            ])
        // Messages have a record of their own.
        #expect(dialogue.journal.count("record") == 0)
    }

    // MARK: - Ends and failures

    @Test(arguments: [("Bye now.", "said Bye now."), ("", "said Thank you for calling. Goodbye.")])
    func theModelHangsUp(words: String, said: String) async throws {
        let dialogue = try ModelCase([.call([(name: "end_call", arguments: "")], saying: words)])
        await dialogue.say("bye", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(dialogue.journal.all == [said, "hangUp", "end 1"])
    }

    @Test func aModelThatRepeatsItselfIsHeardOnce() async throws {
        let dialogue = try ModelCase([
            .stall(after: "No. No. We are closed today. We are closed today. We are"), .say("Yes."),
        ])
        await dialogue.say("a", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(
            dialogue.journal.all == ["said No.", "said No.", "said We are closed today.", "end 1"])
        await dialogue.say("b", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        #expect(
            dialogue.messages(1).suffix(2) == [
                "assistant: No. No. We are closed today.", "user: b",
            ])
    }

    @Test func aServiceThatStallsFailsTheReply() async throws {
        let dialogue = try ModelCase([.stall(after: "One. Two")], stallMs: 60)
        await dialogue.say("a", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(
            dialogue.journal.all == ["said One.", "failed llm test did not answer within 60 ms"])
    }

    @Test(arguments: [
        (ScriptedModel.Answer.status(429), "answered 429: told to"),
        (.events(["nonsense"]), "not JSON"), (.events([#"{"choices":[]}"#]), "broke off"),
        (.say(""), "is empty"), (.events([#"{"error":{"message":"full"}}"#]), "says: full"),
    ])
    func whatGoesWrongIsSaid(answer: ScriptedModel.Answer, reason: String) async throws {
        let dialogue = try ModelCase([answer])
        await dialogue.say("a", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(dialogue.journal.all.last?.contains(reason) == true, "\(dialogue.journal.all)")
    }
}
