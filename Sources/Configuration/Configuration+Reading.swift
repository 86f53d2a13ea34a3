import Assistants
import Foundation
import Options
import Store

extension Configuration {
    /// Reads a configuration file. Blocking; for start and reload.
    public static func read(path: String) throws(ConfigurationError) -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                file: path, place: nil,
                message: "can't be read; name an existing file with --config "
                    + "(streamd.example.yaml is a start)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(file: path, place: nil, message: "is not UTF-8 text")
        }
        var configuration = try parse(yaml: text, file: path)
        let folder = URL(filePath: path).deletingLastPathComponent()
        for index in configuration.assistants.indices {
            configuration.assistants[index].resolvePaths(in: folder)
        }
        return configuration
    }

    /// Turns YAML into a checked configuration.
    /// - Parameter file: its name, for error messages.
    public static func parse(yaml: String, file: String) throws(ConfigurationError) -> Configuration
    {
        var configuration = Configuration()
        guard let root = try YAMLReader.read(yaml, file: file) else {
            throw ConfigurationError(
                file: file, place: nil,
                message: "is empty; at least 'assistants' and 'defaultAssistant' are needed")
        }
        try YAMLMapper(file: file).map(root, into: &configuration, options: options)
        try configuration.validate(file: file, root: root)
        return configuration
    }

    /// Combinations that no single key can judge.
    package func validate(
        file: String, root: YAMLNode? = nil
    ) throws(ConfigurationError) {
        func fail(_ key: String, _ message: String) -> ConfigurationError {
            ConfigurationError(file: file, place: root?.place(of: key), message: message)
        }
        let isOrdered =
            turn.endpointMinMs <= turn.endpointMs && turn.endpointMs <= turn.endpointMaxMs
        if turn.endpointing == .adaptive, !isOrdered {
            throw fail(
                "turn.endpointMs",
                "turn.endpointMinMs ≤ endpointMs ≤ endpointMaxMs must hold; they are "
                    + "\(turn.endpointMinMs), \(turn.endpointMs), \(turn.endpointMaxMs)")
        }
        if vad.offsetThreshold >= vad.onsetThreshold {
            throw fail(
                "vad.offsetThreshold",
                "vad.offsetThreshold (\(vad.offsetThreshold)) must be under vad.onsetThreshold "
                    + "(\(vad.onsetThreshold))")
        }
        if conversation.frameMs % 10 != 0 {
            throw fail(
                "buffers.frameMs",
                "buffers.frameMs is \(conversation.frameMs); it must be a multiple of 10")
        }
        if conversation.leadMs < conversation.frameMs {
            throw fail(
                "buffers.leadMs",
                "buffers.leadMs (\(conversation.leadMs)) must be at least buffers.frameMs "
                    + "(\(conversation.frameMs)), or every frame would be late")
        }
        // A message of 10 ms has 212 bytes; marks and a reserve come on top.
        let leadBytesMax = conversation.leadMs * 24 + 4096
        if buffers.outboundBytesMax < leadBytesMax {
            throw fail(
                "buffers.outboundBytesMax",
                "buffers.outboundBytesMax (\(buffers.outboundBytesMax)) must hold what "
                    + "buffers.leadMs sends at once: at least \(leadBytesMax)")
        }
        if server.tlsCertificate.isEmpty != server.tlsKey.isEmpty {
            throw fail(
                server.tlsCertificate.isEmpty ? "server.tlsKey" : "server.tlsCertificate",
                "server.tlsCertificate and server.tlsKey go together; give both or neither")
        }
        try validateTelemetry(fail)
        try validateStores(fail)
        try validateAssistants(fail)
        try validatePublicURL(fail)
    }

    private func validateAssistants(
        _ fail: (String, String) -> ConfigurationError
    ) throws(ConfigurationError) {
        guard !assistants.isEmpty else {
            throw fail("assistants", "there is no assistant; add one: assistants: [{id: concya}]")
        }
        let ids = assistants.map(\.id)
        guard ids.contains(defaultAssistant) else {
            throw fail(
                "defaultAssistant",
                "defaultAssistant is '\(defaultAssistant)'; it must be one of "
                    + ids.joined(separator: ", "))
        }
        for (number, block) in numbers.sorted(by: { $0.key < $1.key })
        where !ids.contains(block.assistant) {
            throw fail(
                "numbers.\(number)",
                "\(number) goes to '\(block.assistant)', which is not an assistant; there are "
                    + ids.joined(separator: ", "))
        }
        try validateRoutes(ids, fail)
        for block in assistants {
            guard let kind = AssistantKind(named: block.kind) else {
                let known = AssistantKind.all.map(\.name).joined(separator: ", ")
                throw fail(
                    "assistants",
                    "assistant '\(block.id)' has kind '\(block.kind)'; known: \(known)")
            }
            let files: [(records: ImportedRecords, path: String)] = [
                (.menu, block.menu), (.customers, block.customers), (.hospitals, block.hospitals),
            ]
            for file in files where !file.path.isEmpty && !kind.imports.contains(file.records) {
                let owners = AssistantKind.all.filter { $0.imports.contains(file.records) }
                throw fail(
                    "assistants",
                    "assistant '\(block.id)' has \(file.records.rawValue) but kind '\(block.kind)'; "
                        + "write kind: " + owners.map(\.name).joined(separator: " or "))
            }
            guard TimeZone(identifier: block.timeZone) != nil else {
                throw fail(
                    "assistants",
                    "assistant '\(block.id)': '\(block.timeZone)' is not a time zone; write one "
                        + "like "
                        + "America/New_York")
            }
        }
    }

    private func validateRoutes(
        _ ids: [String], _ fail: (String, String) -> ConfigurationError
    ) throws(ConfigurationError) {
        for (path, route) in routes.sorted(by: { $0.key < $1.key }) {
            guard PageRoute.at(path) == nil else {
                throw fail(
                    "routes.\(path)", "\(path) is a page of streamd's own; take another path")
            }
            guard route.assistant.isEmpty || ids.contains(route.assistant) else {
                throw fail(
                    "routes.\(path)",
                    "\(path) goes to '\(route.assistant)', which is not an assistant; there are "
                        + ids.joined(separator: ", "))
            }
            guard route.webhook != .voice || routes[route.speech]?.webhook == .speech else {
                throw fail(
                    "routes.\(path)",
                    "\(path) sends words to '\(route.speech)', which is not a route of speech; add "
                        + "\(route.speech): speech")
            }
        }
        let timeout = gather.speechTimeout
        guard timeout == "auto" || (Int(timeout).map { (1...60).contains($0) } ?? false) else {
            throw fail(
                "gather.speechTimeout",
                "gather.speechTimeout is '\(timeout)'; write auto or a number of seconds up to 60")
        }
    }

    private func validateTelemetry(
        _ fail: (String, String) -> ConfigurationError
    ) throws(ConfigurationError) {
        guard !telemetry.otlpEndpoint.isEmpty else { return }
        guard let parts = URLComponents(string: telemetry.otlpEndpoint),
            parts.scheme == "https" || parts.scheme == "http", let host = parts.host, !host.isEmpty
        else {
            throw fail(
                "telemetry.otlpEndpoint",
                "'\(telemetry.otlpEndpoint)' is not an address; write \"http://127.0.0.1:4318\"")
        }
    }

    private func validateStores(
        _ fail: (String, String) -> ConfigurationError
    ) throws(ConfigurationError) {
        if !store.url.isEmpty, let fault = DatabaseOptions.fault(inURL: store.url) {
            throw fail(
                "store.url", "store.url is not an address of a PostgreSQL database: \(fault)")
        }
        if !state.url.isEmpty, let fault = RedisState.fault(inURL: state.url) {
            throw fail("state.url", "state.url is not an address of a Redis server: \(fault)")
        }
    }

    private func validatePublicURL(
        _ fail: (String, String) -> ConfigurationError
    ) throws(ConfigurationError) {
        guard !twilio.publicURL.isEmpty else { return }
        guard let parts = URLComponents(string: twilio.publicURL),
            parts.scheme == "https" || parts.scheme == "http", let host = parts.host, !host.isEmpty,
            parts.query == nil, parts.path.isEmpty || parts.path == "/"
        else {
            throw fail(
                "twilio.publicURL",
                "'\(twilio.publicURL)' is not a base address; write \"https://voice.example.com\"")
        }
    }
}

extension AssistantBlock {
    /// Makes paths whole that are relative to the file they stand in.
    package mutating func resolvePaths(in folder: URL) {
        for path in [\AssistantBlock.menu, \.customers, \.hospitals] {
            let file = self[keyPath: path]
            guard !file.isEmpty, !file.hasPrefix("/") else { continue }
            self[keyPath: path] = folder.appending(path: file).path
        }
    }
}

extension YAMLNode {
    /// Where a dotted key's value stands, or nil where it is not in the file.
    package func place(of key: String) -> SourcePlace? {
        guard case .mapping(let entries, _) = self else { return nil }
        for entry in entries {
            if entry.key == key { return entry.value.place }
            if key.hasPrefix(entry.key + ".") {
                return entry.value.place(of: String(key.dropFirst(entry.key.count + 1)))
                    ?? entry.value.place
            }
        }
        return nil
    }
}
