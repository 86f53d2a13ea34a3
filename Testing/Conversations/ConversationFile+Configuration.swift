import Configuration
import Foundation
import Options

/// A written conversation's assistant, for the configuration of a daemon that is to hold it.
extension ConversationFile {
    /// The assistant's block as YAML in one line, under another id, with whole paths.
    package func assistantYAML(id: String) throws(ConfigurationError) -> String {
        var settings = [(key: "id", value: id)]
        let file = name.isEmpty ? "the conversation" : name
        if case .mapping(let entries, _)? = try YAMLReader.read(assistantText, file: file) {
            for entry in entries {
                // A menu and other data; of whichever kind the assistant is.
                guard case .scalar(let path, _, _) = entry.value, path.hasSuffix(".csv") else {
                    continue
                }
                let whole = URL(filePath: path, relativeTo: folder).standardizedFileURL.path
                settings.append((key: entry.key, value: "\"\(whole)\""))
            }
        }
        return try Configuration.overriding(yaml: assistantText, file: file, with: settings)
    }

    /// The files that are meant: a file's own name, those of a list (`.txt`, one a line, relative to
    /// it), or all in a folder and its folders. Blocking.
    package static func paths(_ names: [String]) throws -> [String] {
        try names.flatMap { name -> [String] in
            if name.hasSuffix(".yaml") { return [name] }
            let found: [String]
            var folder = name
            if name.hasSuffix(".txt") {
                folder = URL(filePath: name).deletingLastPathComponent().standardizedFileURL.path
                found = try String(contentsOfFile: name, encoding: .utf8).split(separator: "\n")
                    .map(String.init).filter { !$0.hasPrefix("#") }
            } else {
                found = try FileManager.default.subpathsOfDirectory(atPath: name)
                    .filter { $0.hasSuffix(".yaml") }.sorted()
            }
            return found.map { folder + "/" + $0 }
        }
    }
}
