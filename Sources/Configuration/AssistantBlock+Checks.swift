import Assistants
import Foundation
import Options
import Pipelines

/// What is wrong with an assistant's entry although each of its values can be read.
extension AssistantBlock {
    /// Takes note of all that is wrong with an entry that has been read.
    /// - Parameters:
    ///   - node: the entry.
    ///   - faulty: keys whose values could not be read; they are not looked at again.
    func check(in node: YAMLNode, except faulty: Set<String>, _ mapper: YAMLMapper) {
        guard case .mapping(let entries, _) = node else { return }
        for entry in entries where !faulty.contains(entry.key) {
            if let message = fault(at: entry.key, looksAtFiles: mapper.folder != nil) {
                mapper.report(entry.value, "\(subject): \(message)")
            }
        }
        guard !faulty.contains("kind") else { return }
        guard let kind = AssistantKind(named: self.kind) else {
            let known = AssistantKind.all.map(\.name)
            let place = entries.first { $0.key == "kind" }?.value ?? node
            return mapper.report(
                place,
                "\(subject) has kind '\(self.kind)'; known: \(known.joined(separator: ", "))"
                    + mapper.suggestion(for: self.kind, among: known))
        }
        for entry in entries {
            let owners = AssistantKind.all.filter { $0.keys.contains(entry.key) }
            if !owners.isEmpty, !owners.contains(kind) {
                mapper.report(
                    entry.keyPlace,
                    "\(subject) is of kind \(kind.name), which has no '\(entry.key)'; take it out, "
                        + "or write kind: " + owners.map(\.name).joined(separator: " or "))
            }
            if entry.key == "prompts" { Self.checkPrompts(entry.value, of: kind, mapper) }
        }
    }

    private var subject: String { id.isEmpty ? "this assistant" : "assistant '\(id)'" }

    /// What is wrong with the value of a key; nil for nothing.
    private func fault(at key: String, looksAtFiles: Bool) -> String? {
        switch key {
        case "timeZone" where TimeZone(identifier: timeZone) == nil:
            "'\(timeZone)' is not a time zone; write one like America/New_York"
        case "language" where !Self.isLanguage(language):
            "'\(language)' is not a language; write one like en-US"
        case "handOverNumber"
        where !handOverNumber.isEmpty && TelephoneNumber.callback(handOverNumber) == nil:
            "handOverNumber '\(handOverNumber)' is not a telephone number in E.164; write one like "
                + "\"+15551234567\""
        case "menu" where looksAtFiles: Self.fault(inFile: menu, key)
        case "customers" where looksAtFiles: Self.fault(inFile: customers, key)
        case "hospitals" where looksAtFiles: Self.fault(inFile: hospitals, key)
        default: nil
        }
    }

    /// Blocking.
    private static func fault(inFile path: String, _ key: String) -> String? {
        guard !path.isEmpty else { return nil }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "\(key) '\(path)' is not there; name a CSV file, relative to the folder of the "
                + "configuration file"
        }
        guard !isFolder.boolValue else { return "\(key) '\(path)' is a folder; name a CSV file" }
        guard FileManager.default.isReadableFile(atPath: path) else {
            return "\(key) '\(path)' can't be read; check its permissions"
        }
        return nil
    }

    /// Whether it is a tag of BCP 47 whose language, and region where there is one, somebody knows.
    package static func isLanguage(_ tag: String) -> Bool {
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ $0.utf8.allSatisfy(Self.isLetterOrDigit) }),
            let language = parts.first, Self.isKnown(language: language.lowercased())
        else { return false }
        for part in parts.dropFirst() {
            guard (2...8).contains(part.utf8.count) else { return false }
            let isRegion = part.utf8.count == 2 || part.utf8.count == 3 && Int(part) != nil
            if isRegion, !Locale.Region(part.uppercased()).isISORegion { return false }
        }
        return true
    }

    /// Languages that Twilio speaks and whose codes ICU holds to be another's: Standard Arabic and
    /// Mandarin.
    private static let spokenByTwilio: Set<String> = ["arb", "cmn"]

    private static func isKnown(language: String) -> Bool {
        spokenByTwilio.contains(language) || Locale.LanguageCode(language).isISOLanguage
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
