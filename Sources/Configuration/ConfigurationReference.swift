import Assistants
import Engines
import Options

/// Makes the reference page and the commented sample from the tables of keys.
public enum ConfigurationReference {
    /// docs/configuration.md
    public static func markdown() -> String {
        var text = """
            # Configuration

            Made by `streamd check-config --reference` from the table of keys; a test holds the two \
            together. The file is YAML; an unknown key, a wrong type or an impossible combination stops \
            the start with file, line, column and the remedy of each fault. Keys marked *reload* are taken over \
            on `SIGHUP` by the calls that come after it. Secrets (`TWILIO_ACCOUNT_SID`, \
            `TWILIO_AUTH_TOKEN`, `TWILIO_PHONE_NUMBER`, \(keyVariables)) come from the environment or \
            a `.env` file and never stand here; so may the public address (`PUBLIC_URL`, `PUBLIC_WEBHOOK_URL` or \
            `TWILIO_WEBHOOK_URL`).


            """
        text += table(Configuration.options, root: Configuration())
        text += """

            ## An entry of `stt`, `llm` or `tts`

            The engines of a list are asked in their order. One that fails, does not answer in time \
            or stops in the middle is followed by the next within the same turn; one that failed \
            `fallback.failuresMax` times in a row is skipped, until a probe succeeds. A key that the \
            engine has no use for is an error.


            """
        text += engineTable()
        text += "\n## An entry of `assistants`\n\n"
        text += table(AssistantBlock.options, root: AssistantBlock())
        for kind in AssistantKind.all { text += prompts(of: kind) }
        return text
    }

    private static var keyVariables: String {
        EngineRegistry.keyVariables.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// What can stand in `prompts` of a kind.
    private static func prompts(of kind: AssistantKind) -> String {
        var text = """

            ## `prompts` of kind `\(kind.name)`

            | prompt | filled in | standard wording |
            | --- | --- | --- |

            """
        for entry in kind.prompts.sorted(by: { $0.name < $1.name }) {
            let names = entry.placeholders.sorted().map { name in
                entry.required.contains(name) ? "**`{\(name)}`**" : "`{\(name)}`"
            }
            let wordings = entry.standard.map { $0.replacing("|", with: "\\|") }
            text +=
                "| `\(entry.name)` | \(names.joined(separator: " ")) "
                + "| \(wordings.joined(separator: " / ")) |\n"
        }
        return text + "\nBold: every wording has to hold it.\n"
    }

    private static func engineTable() -> String {
        var text =
            "| key | engines | allowed | default | what it does |\n"
            + "| --- | --- | --- | --- | --- |\n"
        for row in EngineReference.rows() {
            text +=
                "| `\(row.key)` | \(row.engines) | \(row.allowed.replacing("|", with: "\\|")) | "
                + "\(row.defaultText) | \(row.summary) |\n"
        }
        return text
    }

    private static func table<Root>(_ options: [ConfigurationOption<Root>], root: Root) -> String {
        var text = "| key | allowed | default | what it does |\n| --- | --- | --- | --- |\n"
        for option in options {
            let reload = option.isReloadable ? " *reload*" : ""
            let allowed = option.allowed.replacing("|", with: "\\|")
            text +=
                "| `\(option.key)` | \(allowed) | `\(option.defaultText(root))` | "
                + "\(option.summary)\(reload) |\n"
        }
        return text
    }

    /// streamd.example.yaml: every key with its default as a comment, and a working assistant.
    public static func sample() -> String {
        var text = """
            # A working configuration of streamd. Every key is here; those that are commented out show
            # their defaults. docs/configuration.md has them in a table.
            # Made by `streamd check-config --sample`.

            """
        let root = Configuration()
        var block = ""
        for option in Configuration.options {
            if ["assistants", "numbers", "routes", "defaultAssistant"].contains(option.key) {
                continue
            }
            let parts = option.key.split(separator: ".").map(String.init)
            let name = parts.count == 2 ? parts[1] : parts[0]
            if parts.count == 2, parts[0] != block {
                block = parts[0]
                text += "\n\(block):\n"
            } else if parts.count == 1 {
                text += "\n"
            }
            let indent = parts.count == 2 ? "  " : ""
            text += "\(indent)# \(option.summary) (\(option.allowed))\n"
            let value = sampleValues[option.key] ?? option.defaultText(root)
            let isSet = sampleValues[option.key] != nil
            text += isSet ? "\(indent)\(name): \(value)\n" : "\(indent)# \(name): \(value)\n"
        }
        return text + assistantSample
    }

    /// What the sample sets rather than shows. Signatures are off so that `make run` needs no account.
    private static let sampleValues = [
        "server.port": "8000",
        "twilio.validateSignatures":
            "false # set it to true, with TWILIO_AUTH_TOKEN, before going live",
        "stt": EngineRegistry.sample(.stt),
        "llm": EngineRegistry.sample(.llm),
        "tts": EngineRegistry.sample(.tts),
        "fallback.failuresMax": "3",
        "cache.memoryBytesMax": "16777216",
        "turn.endpointMs": "400",
        "vad.onsetThreshold": "0.5",
        "audio.noiseSuppression": "off",
        "buffers.leadMs": "200",
        "limits.maxCalls": "200",
        "gather.timeoutSeconds": "5",
        "queue.placesMax": "0",
        "sms.conversationMinutes": "240",
        "outbox.attemptsMax": "12",
        "telemetry.otlpEndpoint": "\"\"",
        "store.path": "\"var/streamd.sqlite\"",
        "state.timeoutMs": "2000",
        "models.directory": "\"\"",
        "log.level": "info",
    ]

    private static let assistantSample = """

        # Who answers. Keys of an assistant: docs/configuration.md.
        assistants:
          - id: concya
            kind: reservations
            name: Concya
            greeting: "Thank you for calling Concya. I can book a table for you. How can I help?"
            timeZone: America/New_York
            hours: {monday: "11:30-22:00", friday: "11:30-23:00", saturday: "11:30-23:00"}
            tables: [2, 2, 2, 4, 4, 4, 6, 6, 8, 10]

          - id: bella
            kind: restaurant
            name: Bella Napoli
            timeZone: America/New_York
            menu: samples/menus/bella-napoli.csv
            pickupMinutes: 20
            deliveryMinutes: 30

          - id: handy
            kind: serviceDesk
            name: Handy Home Service
            timeZone: America/New_York
            customers: samples/customers/desk.csv
            customerNumberDigits: 5

          - id: loop
            kind: directory
            name: Loop
            timeZone: Asia/Kolkata
            hospitals: samples/hospitals/india.csv

        # Which number is whose, and how its calls are held:
        # {"+15551234567": concya, "+15557654321": {assistant: bella, path: gather}}
        numbers: {}
        # Who answers at which address where the called number does not decide, and more addresses for
        # Twilio's webhooks: {/my/voice: {webhook: voice, assistant: bella}}
        routes:
          /api/voice/welcome: {assistant: bella}
          /api/voice/process: {assistant: bella}
          /api/voice/sms/incoming: {assistant: bella}
          /api/phone/incoming: {assistant: handy}
          /api/phone/process-speech: {assistant: handy}
        defaultAssistant: concya

        """
}
