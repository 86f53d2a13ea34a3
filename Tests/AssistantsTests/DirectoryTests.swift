import Assistants
import Foundation
import Pipelines
import Store
import TestSupport
import Testing

/// The directory that is shipped.
func sampleHospitals() throws -> [Hospital] {
    let path = repository.appending(path: "samples/hospitals/india.csv")
    return try HospitalCSV.read(try String(contentsOf: path, encoding: .utf8)).get()
}

/// A directory with a database in memory.
struct Network {
    let database: Database
    let engine: ScriptedDialogueEngine
    let settings: AssistantSettings

    init(_ hospitals: [Hospital], _ adjust: (inout AssistantSettings) -> Void = { _ in }) throws {
        var settings = AssistantSettings.sampleRestaurant(id: "loop", timeZone: newYork)
        settings.kind = .directory
        settings.name = "Loop"
        settings.directory.hospitals = hospitals
        settings.logsTurns = false
        adjust(&settings)
        database = try Database(DatabaseOptions(path: ":memory:"))
        engine = ScriptedDialogueEngine(assistants: [settings], store: database)
        self.settings = settings
        let seeded = DispatchSemaphore(value: 0)
        engine.seed { _ in seeded.signal() }
        seeded.wait()
    }

    func call(_ sid: String = "CA1") -> TextConversation {
        TextConversation(engine: engine, call: CallInfo(callSid: sid, assistantID: settings.id))
    }
}

/// The directory's dialogue beyond what `conversations/directory` shows: thousands of names.
@Suite struct DirectoryTests {
    private struct Heard {
        var name: String
        var city: String
        var said: String
        var text: String
    }

    private func heard() throws -> [Heard] {
        let path = repository.appending(path: "Tests/Fixtures/directory-heard.csv")
        return try CSVReader.records(of: try String(contentsOf: path, encoding: .utf8))
            .dropFirst().map {
                Heard(
                    name: $0.fields[1], city: $0.fields[2], said: $0.fields[3], text: $0.fields[4])
            }
    }

    /// What Whisper's smallest model made of synthetic callers (scripts/make-directory-mishearings).
    /// A hospital is found when the caller hears its name in the answer, or in the one after, where
    /// several begin alike and only the city was asked for.
    @Test func misheardNamesAreFound() throws {
        let network = try Network(try sampleHospitals())
        let heard = try heard()
        #expect(heard.count == 200)
        var missed: [String] = []
        for (number, one) in heard.enumerated() {
            let call = network.call("CA\(number)")
            var reply = call.say(one.text).text
            let stem = reply.wholeMatch(of: /Yes, (.+) is in our network .*In which city\?/)?.1
            if !reply.contains(one.name), let stem, one.name.hasPrefix(stem) {
                reply += " " + call.say(one.city).text
            }
            if !reply.contains(one.name) { missed.append("\(one.said): \(one.text) → \(reply)") }
        }
        print("\(heard.count - missed.count) of \(heard.count) hospitals found")
        print(missed.joined(separator: "\n"))
        #expect(missed.count <= heard.count / 10, "\(missed.joined(separator: "\n"))")
    }

    /// The sentences as they were meant: all of them are found, in the right city.
    @Test func namesAsTheyAreWrittenAreFound() throws {
        let network = try Network(try sampleHospitals())
        for (number, one) in try heard().enumerated() {
            let reply = network.call("CA\(number)").say(one.said).text
            #expect(reply.contains("Yes, ") && reply.contains(one.name), "\(one.said) → \(reply)")
            let hasCity = one.said.contains(one.city)
            #expect(!hasCity || reply.contains(one.city), "\(one.said) → \(reply)")
        }
    }

    @Test(arguments: [
        "What's the weather?", "Tell me a joke", "What time is it?", "Can you book me a table?",
        "How much does a pizza cost?", "Who is the president?", "What's the weather in Mumbai?",
        "Do you sell train tickets?", "I want to order two pizzas",
    ])
    func whatIsOutOfItsField(text: String) throws {
        let reply = try Network(try sampleHospitals()).call().say(text).text
        #expect(
            reply.contains("cannot help with that") || reply.contains("do not find"), "\(reply)")
        #expect(!reply.contains("Yes"), "\(reply)")
    }

    @Test(arguments: [
        "Is Zyxquorium in Mumbai in the network?", "Is Mount Sinai in Delhi in the network?",
        "Do you have Cleveland Memorial in Pune?", "Is the Charité in your network?",
    ])
    func whatIsNotThereIsDenied(text: String) throws {
        let reply = try Network(try sampleHospitals()).call().say(text).text
        #expect(reply.hasPrefix("I do not find") || reply.hasPrefix("Do you mean"), "\(reply)")
    }

    @Test func everyCityIsListedToItsEnd() throws {
        let hospitals = try sampleHospitals()
        let network = try Network(hospitals)
        let call = network.call()
        var named = 0
        var reply = call.say("Hospitals in Shimla").text
        let wanted = hospitals.filter { $0.city == "Shimla" }
        for _ in 0..<100 {
            named += wanted.filter { reply.contains($0.name) }.count
            guard reply.contains("Shall I go on?") else { break }
            reply = call.say("yes").text
        }
        #expect(named >= wanted.count && !reply.contains("Shall I go on?"))
    }

    @Test func anEmptyDirectoryIsTold() throws {
        #expect(
            try Network([]).call().say("Hospitals in Pune").text.contains(
                "do not have our directory"))
    }

    @Test func anImportIsSeenByTheNextCall() async throws {
        let network = try Network([Hospital(name: "Lotus Clinic", city: "Pune")])
        let before = network.call()
        #expect(before.say("Is Lotus in the network?").text.hasPrefix("Yes, Lotus Clinic in Pune"))
        let new = [Hospital(name: "Neem Clinic", city: "Pune")]
        try await network.database.value {
            network.database.replaceHospitals(new, assistantID: "loop", completion: $0)
        }
        // A conversation keeps the directory that it began with.
        #expect(before.say("Is Lotus in the network?").text.hasPrefix("Yes, Lotus Clinic in Pune"))
        let after = network.call("CA2")
        #expect(after.say("Is Neem in the network?").text.hasPrefix("Yes, Neem Clinic in Pune"))
        #expect(after.say("Is Lotus in the network?").text.hasPrefix("I do not find"))
    }

    @Test func positionsOfAnOlderDirectoryAreForgottenBetweenMessages() throws {
        let clinics = ["Lotus", "Neem", "Ashoka", "Tulip"].map {
            Hospital(name: $0 + " Clinic", city: "Pune")
        }
        var settings = AssistantSettings.sampleRestaurant(id: "loop")
        settings.kind = .directory
        let dialogue = DirectoryDialogue(settings)
        func say(_ text: String, _ state: DirectoryState, _ version: Int64) throws
            -> DialogueStep<DirectoryState, DirectoryCall>
        {
            let index = HospitalIndex(
                HospitalList(version: version, hospitals: version == 1 ? clinics : [clinics[3]]))
            let kept = try JSONDecoder().decode(
                DirectoryState.self, from: JSONEncoder().encode(state))
            let asked = dialogue.step(
                kept, .caller(.speech(Transcript(text: text))), now: wednesday)
            guard case .call = asked.next else { return asked }
            return dialogue.step(asked.state, .answer(.success(index)), now: wednesday)
        }
        let three = try say("hospitals in Pune", dialogue.initialState, 1)
        #expect(
            three.sentences.first == "In Pune we have Lotus Clinic, Neem Clinic and Ashoka Clinic.")
        #expect(try say("more", three.state, 1).sentences.first == "There is also Tulip Clinic.")
        #expect(try say("more", three.state, 2).sentences.first == "That is all.")
    }

    @Test func whatCallersSayIsHintedCitiesFirst() throws {
        let index = HospitalIndex(HospitalList(version: 1, hospitals: try sampleHospitals()))
        #expect((300...HospitalIndex.vocabularyMax).contains(index.vocabulary.count))
        #expect(Set(["Delhi", "Mumbai"]).isSubset(of: index.vocabulary.prefix(3)))
        #expect(index.vocabulary.contains("Sanjeevani") && !index.vocabulary.contains("Hospital"))
        var settings = AssistantSettings.sampleRestaurant(id: "loop")
        settings.kind = .directory
        #expect(settings.vocabulary(directory: ["Pune"]).contains("Pune"))
        settings.kind = .serviceDesk
        #expect(settings.vocabulary().contains("plumbing"))
    }

    @Test func troubleIsTold() async throws {
        let network = try Network([Hospital(name: "Lotus Clinic", city: "Pune")])
        let call = network.call()
        #expect(call.hear(.silence(count: 1)).text.contains("Are you still there?"))
        #expect(call.hear(.dtmf("0")).text.contains("nobody"))
        #expect(call.hear(.dtmf("77")).text.contains("did not catch"))
        network.database.close()
        let other = network.call("CA2")
        #expect(other.say("hospitals in Pune").text.contains("cannot reach our directory"))
        #expect(other.say("yes").hangsUp)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func nonsenseShakesNothing(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let lines = [
            "hospitals in Mumbai", "more", "yes", "no", "the second one", "Manipal", "in Pune",
            "and Agra?",
            "", "um", "what", "where is it", "how many", "💥", "'; DROP TABLE hospitals; --",
            "thanks",
            "is it in the network", "hospital", "near me", "help", "repeat that", "the last one",
            "any",
            "Lotus eye hospital", "is is is in in in", "Sri", "what about the clinic", "start over",
            String(repeating: "hospital in ", count: 400), "\u{202E}שלום", "Bombay Hospital",
        ]
        let network = try Network(try sampleHospitals()) { $0.failuresMax = 1000 }
        for number in 0..<20 {
            let call = network.call("CA\(number)")
            var story: [String] = []
            for _ in 0..<12 {
                let line = lines.randomElement(using: &generator) ?? ""
                let reply = call.say(line)
                story.append("\(line.prefix(60)) → \(reply.text)")
                let place = "seed \(seed): \(story.joined(separator: "\n"))"
                #expect(reply.error == nil && !reply.sentences.isEmpty, "\(place)")
                #expect(!reply.text.contains("{") && !reply.text.contains("  "), "\(place)")
                if reply.isLast { break }
            }
        }
    }

    @Test func theSameToolsInJSON() async throws {
        let network = try Network([
            Hospital(name: "Manipal Hospital", address: "98 Airport Road", city: "Bengaluru"),
            Hospital(name: "Lotus Clinic", city: "Bengaluru"),
            Hospital(name: "Neem Clinic", city: "Bengaluru"),
            Hospital(name: "Ashoka Clinic", city: "Bengaluru"),
        ])
        let library = HospitalLibrary()
        func run(_ name: String, _ json: String) async -> String {
            let context = ToolContext(
                rules: ReservationRules(network.settings), store: network.database, callSid: nil,
                callerNumber: "", conversation: "k", now: wednesday, directories: library)
            return await withCheckedContinuation { continuation in
                AssistantKind.directory.tools.run(name, json: Data(json.utf8), in: context) {
                    let text = (try? $0.get()).map { String(decoding: $0, as: UTF8.self) }
                    continuation.resume(returning: text ?? "failed")
                }
            }
        }
        let three = await run("list_hospitals", #"{"city":"Bangalore"}"#)
        #expect(three.contains(#""total":4"#) && !three.contains("Ashoka"), "\(three)")
        let rest = await run("list_hospitals", #"{"city":"bengalur","offset":3}"#)
        #expect(rest.contains("Ashoka") && !rest.contains("Neem"), "\(rest)")
        #expect(
            await run("check_hospital", #"{"name":"many pal","city":"Bangalore"}"#)
                == #"{"hospitals":[{"address":"98 Airport Road","city":"Bengaluru","name":"Manipal Hospital"}],"status":"in_network","total":1}"#
        )
        #expect(
            await run("check_hospital", #"{"name":"Mayo"}"#)
                == #"{"hospitals":[],"status":"not_found","total":0}"#)
        #expect(await run("list_hospitals", #"{"city":"Oslo"}"#).contains("not_found"))
    }
}
