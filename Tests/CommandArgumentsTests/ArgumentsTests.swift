import CommandArguments
import Testing

@Suite struct ArgumentsTests {
    private let options = [
        CommandOption(name: "calls", value: "N", summary: "How many.", standard: "10"),
        CommandOption(name: "key", value: "KEY=VALUE", summary: "May be given again."),
        CommandOption(name: "tiny", value: nil, summary: "A short run."),
        CommandOption(name: "help", value: nil, summary: "This text."),
    ]

    private func parse(_ line: String) throws(UsageError) -> Arguments {
        try Arguments(line.split(separator: " ").map(String.init), options: options)
    }

    @Test func optionsStandAnywhereAndHaveDefaults() throws {
        let none = try parse("")
        #expect(none["calls"] == "10" && !none.has("calls") && none["key"] == nil)
        #expect(try none.integer("calls") == 10 && none.all("calls") == ["10"])
        let some = try parse("a --calls 3 b --tiny --calls=4 -- --key c")
        #expect(some.positional == ["a", "b", "--key", "c"])
        #expect(some["calls"] == "4" && some.all("calls") == ["3", "4"] && some.has("tiny"))
    }

    @Test func settingsAreReadInOrder() throws {
        let pairs = try parse("--key a=1 --key=b=2=3").settings("key")
        #expect(pairs.map(\.key) == ["a", "b"] && pairs.map(\.value) == ["1", "2=3"])
        #expect(throws: UsageError.self) { try parse("--key a").settings("key") }
    }

    @Test(arguments: [
        ("--other 1", "unknown option --other; see --help"), ("--tiny=1", "--tiny takes no value"),
        ("--calls", "--calls needs a value: --calls N"),
    ])
    func faultsNameTheOption(_ line: String, _ text: String) {
        #expect(throws: UsageError(description: text)) { try parse(line) }
    }

    @Test func numbersAreChecked() throws {
        for text in ["-1", "1.5", "x", ""] {
            #expect(throws: UsageError.self) { try parse("--calls=\(text)").integer("calls") }
        }
        #expect(try parse("--calls=1.5").number("calls") == 1.5)
        #expect(throws: UsageError.self) { try parse("--calls=inf").number("calls") }
    }

    @Test func whatIsNeededMustBeThereUnlessHelpIsWanted() throws {
        let options =
            options + [CommandOption(name: "url", value: "URL", summary: "Of it.", isNeeded: true)]
        #expect(throws: UsageError(description: "--url is missing; see --help")) {
            try Arguments([], options: options)
        }
        #expect(try Arguments(["--help"], options: options).has("help"))
    }

    @Test func helpNamesValuesAndDefaults() {
        let lines = CommandOption.help(options).split(separator: "\n")
        #expect(lines.count == 4 && lines[0] == "  --calls N               How many. (10)")
        #expect(lines[2] == "  --tiny                  A short run.")
    }

    @Test func tooManyOrTooFewWordsAreTold() throws {
        #expect(throws: UsageError(description: "too many arguments; usage: x")) {
            try parse("a").expect(positionalCount: 0, usage: "x")
        }
        try parse("a").expect(positionalCount: 1, usage: "x")
    }
}
