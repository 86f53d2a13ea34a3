import CommandArguments
import Glibc

/// The options of a benchmark: `--name value` pairs with their defaults, switches, and names before,
/// between or behind them where the benchmark takes some.
struct BenchOptions {
    typealias Known = (name: String, standard: String?, about: String)
    typealias Fault = UsageError

    private let arguments: Arguments

    /// Words that are not options, such as the names of files.
    var names: [String] { arguments.positional }

    /// Prints the options and ends the process where `--help` stands among the words.
    /// - Parameters:
    ///   - known: every option with its default; nil where it must be given.
    ///   - switches: options without a value.
    init(
        _ words: [String], known: [Known], switches: [(name: String, about: String)] = [],
        takesNames: Bool = false
    ) throws(UsageError) {
        let options =
            known.map {
                CommandOption(
                    name: $0.name, value: "VALUE", summary: $0.about, standard: $0.standard,
                    isNeeded: $0.standard == nil)
            } + switches.map { CommandOption(name: $0.name, value: nil, summary: $0.about) }
        let help = CommandOption(name: "help", value: nil, summary: "shows this text")
        do throws(UsageError) {
            arguments = try Arguments(words, options: options + [help])
            if let name = names.first, !takesNames {
                throw UsageError(description: "unknown option '\(name)'")
            }
        } catch {
            throw UsageError(description: "\(error)\n\(CommandOption.help(options))")
        }
        if arguments.has("help") {
            print(CommandOption.help(options), terminator: "")
            exit(0)
        }
    }

    /// The value that was given last, or the default.
    subscript(name: String) -> String { arguments[name] ?? "" }

    /// True when the switch was given.
    func has(_ name: String) -> Bool { arguments.has(name) }

    /// Every value that was given, in order; an option without one, or whose default is empty, has
    /// none.
    func all(_ name: String) -> [String] { arguments.all(name) }

    func integer(_ name: String) throws(UsageError) -> Int { try arguments.integer(name) }

    func number(_ name: String) throws(UsageError) -> Double { try arguments.number(name) }

    /// `name=value` pairs of a repeated option.
    func settings(_ name: String) throws(UsageError) -> [(key: String, value: String)] {
        try arguments.settings(name)
    }
}
