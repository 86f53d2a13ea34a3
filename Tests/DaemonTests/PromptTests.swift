import Assembly
import Assistants
import Configuration
import Language
import Options
import Pipelines
import Store
import Testing

/// `prompts` of an assistant, from the file to the caller's ear.
@Suite struct PromptTests {
    private static func yaml(_ kind: String, _ prompts: String) -> String {
        """
        assistants:
          - id: a
            prompts:
              \(prompts)
            kind: \(kind)
        defaultAssistant: a
        """
    }

    private static func fault(_ kind: String, _ prompts: String) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try Configuration.parse(yaml: yaml(kind, prompts), file: "t.yaml")
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("reservations", "askNmae: hello", 4, 7, "did you mean 'askName'?"),
        ("restaurant", "askService: \"{items}?\"", 4, 19, "{items} is not known in askService"),
        ("reservations", "confirm: \"{party} {when}, yes?\"", 4, 16, "must hold {guest}"),
        ("serviceDesk", "confirm: [\"Shall I?\"]", 4, 17, "must hold"),
        ("directory", "askWhich: []", 4, 17, "is empty"),
        ("directory", "askWhich: \"  \"", 4, 17, "empty text"),
        ("reservations", "help: \"I am {name\"", 4, 13, "not closed"),
        ("reservations", "askSize: hello", 4, 7, "'askSize' is not a prompt of kind reservations"),
    ])
    func faultsHaveTheirPlace(
        kind: String, prompts: String, line: Int, column: Int, says: String
    ) throws {
        let error = try #require(Self.fault(kind, prompts))
        #expect(error.faults.count == 1, "\(error)")
        let fault = error.faults[0]
        #expect(fault.place == SourcePlace(line: line, column: column), "\(fault)")
        #expect(fault.message.contains(says), "\(fault)")
    }

    /// Every standard wording is one that its owner could have written.
    @Test(arguments: AssistantKind.all.map(\.name)) func standardWordingsAreFine(kind: String)
        throws
    {
        for entry in try #require(AssistantKind(named: kind)).prompts {
            #expect(!entry.standard.isEmpty)
            for wording in entry.standard where !entry.required.isEmpty {
                #expect(entry.fault(in: wording) == nil, "\(entry.name): \(wording)")
            }
        }
    }

    @Test(arguments: [
        ("reservations", "greeting: \"Ahoy, {name} here.\"", "Ahoy, Inn here."),
        ("restaurant", "greeting: \"Ahoy, {name} here.\"", "Ahoy, Inn here."),
        ("serviceDesk", "greeting: \"Ahoy, {name} here.\"", "Ahoy, Inn here."),
        ("directory", "greeting: \"Ahoy, {name} here.\"", "Ahoy, Inn here."),
    ])
    func aWordingIsSaid(kind: String, prompts: String, said: String) throws {
        var configuration = try Configuration.parse(
            yaml: Self.yaml(kind, prompts), file: "t.yaml")
        configuration.assistants[0].name = "Inn"
        let settings = try AssistantSettings.reading(configuration.assistants[0])
        #expect(settings.spokenGreeting == said)
    }

    @Test func variantsAreSaidInTurn() throws {
        let configuration = try Configuration.parse(
            yaml: Self.yaml(
                "reservations", "askParty: [\"How many, mate?\", \"A number, please?\"]"),
            file: "t.yaml")
        let settings = try AssistantSettings.reading(configuration.assistants[0])
        let database = try Database(DatabaseOptions(path: ":memory:"))
        let engine = ScriptedDialogueEngine(assistants: [settings], store: database)
        let conversation = TextConversation(
            engine: engine, call: CallInfo(callSid: "CA1", assistantID: "a"))
        #expect(conversation.say("tomorrow at seven pm").text.contains("How many, mate?"))
        #expect(conversation.say("fiddlesticks").text.contains("A number, please?"))
        conversation.close()
        database.close()
    }
}
