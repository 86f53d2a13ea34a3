import Configuration
import Options
import Testing

/// What a reload takes of a new configuration: every key that is marked so, and no other.
@Suite struct ReloadTests {
    private static func base() throws -> Configuration {
        try Configuration.parse(
            yaml: """
                twilio: {validateSignatures: false}
                assistants: [{id: a}, {id: b}]
                defaultAssistant: a
                """, file: "t.yaml")
    }

    /// Values that the key may have, in YAML, likely ones first.
    private static func candidates(_ option: ConfigurationOption<Configuration>) -> [String] {
        let text = option.defaultText(Configuration())
        let range = option.allowed.split(separator: "…")
        if range.count == 2, let low = Double(range[0]),
            let high = Double(range[1].prefix { "0123456789.-".contains($0) })
        {
            if let value = Int(text) {
                return [value + 1, value - 1, value + 10, value - 10, Int(low), Int(high)]
                    .map(String.init)
            }
            let value = Double(text) ?? low
            return [value + 0.01, value - 0.01, low, high].map { "\($0)" }
        }
        if option.allowed == "true or false" { return ["true", "false"] }
        if option.key == "defaultAssistant" { return ["b"] }
        return option.allowed.split(separator: ",").map {
            String($0.drop { $0 == " " })
        } + ["x"]
    }

    /// The base with another value of one key, as far as one goes with the others.
    private static func reload(
        _ option: ConfigurationOption<Configuration>, from old: Configuration
    ) throws -> (new: Configuration, reload: ConfigurationReload)? {
        for candidate in candidates(option) {
            guard let node = try? YAMLReader.read(candidate, file: "t.yaml") else { continue }
            var new = old
            guard (try? option.apply(&new, node, YAMLMapper(file: "t.yaml"))) != nil,
                option.field?.isSame(old, new) == false,
                let reload = try? ConfigurationReload(from: old, to: new)
            else { continue }
            return (new, reload)
        }
        return nil
    }

    @Test func everyKeyThatIsMarkedIsTaken() throws {
        let old = try Self.base()
        let marked = Configuration.options.filter(\.isReloadable)
        #expect(marked.count > 30)
        for option in marked {
            guard let (new, reload) = try Self.reload(option, from: old) else {
                Issue.record("no other value of \(option.key) was found")
                continue
            }
            #expect(reload.taken == [option.key])
            #expect(reload.needingRestart.isEmpty, "\(option.key)")
            #expect(option.field?.isSame(reload.configuration, new) == true, "\(option.key)")
        }
    }

    @Test func keysThatAreNotMarkedStayAndAreTold() throws {
        let old = try Self.base()
        var new = old
        new.server.port += 1
        new.limits.maxCalls += 1
        new.assistants[0].name = "Another"
        let reload = try ConfigurationReload(from: old, to: new)
        #expect(reload.taken == ["limits.maxCalls"])
        #expect(reload.needingRestart == ["server.port", "assistants"])
        #expect(reload.configuration.server.port == old.server.port)
        #expect(reload.configuration.assistants[0].name == old.assistants[0].name)
        #expect(reload.configuration.limits.maxCalls == old.limits.maxCalls + 1)
    }

    @Test func whatDoesNotGoTogetherChangesNothing() throws {
        let old = try Self.base()
        var new = old
        new.assistants = [new.assistants[1]]
        new.assistants[0].id = "c"
        new.defaultAssistant = "c"
        new.server.port += 1
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReload(from: old, to: new)
        }
        // Only what stands in the way is named.
        #expect(
            error?.description.hasSuffix("the new assistants needs a restart, so nothing is taken")
                == true, "\(String(describing: error))")
        #expect(error?.description.contains("port") == false)
    }

    /// What is wrong whatever stays is not laid to what needs a restart.
    @Test func aValueThatIsWrongByItselfIsToldByItself() throws {
        let old = try Self.base()
        var new = old
        new.defaultAssistant = "nobody"
        new.assistants[0].name = "Another"
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReload(from: old, to: new, file: "t.yaml")
        }
        #expect(
            error?.description == "t.yaml: defaultAssistant is 'nobody'; it must be one of a, b")
    }
}
