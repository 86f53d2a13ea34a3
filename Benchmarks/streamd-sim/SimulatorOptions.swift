import CommandArguments
import DSP
import StreamTesting

/// What `streamd-sim` is asked to do.
struct SimulatorOptions {
    private static let known: [CommandOption] = [
        option("calls", "N", "conversations for each policy, divided among the services", "10000"),
        option("seed", "N", "of the first; each call's seed is one more", "1"),
        option("policy", "NAME", "\(names(CallPolicy.all.map(\.name))), all", "adaptive"),
        option("services", "NAME", "\(names(ServiceProfile.all.map(\.name))), all", "all"),
        option(
            "audio", "NAME", "the form of the calls' audio, such as linear16-16000", "mulaw-8000"),
        option("threads", "N", "how many calls run at once; 0: as many as cores", "0"),
        option("show", "N", "how many of the texts after which a turn was taken early", "0"),
        option("fixtures", "FOLDER", "plays the callers recorded there instead, each by itself"),
        option("vad", "FILE", "weights of the speech detector, for --fixtures", ""),
        option("repeat", "N", "how often each is played, begun elsewhere in a frame", "5"),
        option(
            "mutation", "NAME",
            "breaks something on purpose: \(names(Mutation.allCases.map(\.rawValue)))"),
        CommandOption(name: "help", value: nil, summary: "shows this text"),
    ]

    let calls: Int
    let seed: UInt64
    let policies: [CallPolicy]
    let profiles: [ServiceProfile]
    let audio: CallAudio
    let threads: Int
    let shown: Int
    let fixtures: String?
    let vad: String
    let repeats: Int
    let mutation: Mutation?

    /// - Throws: what is wrong, or the help where it was asked for.
    init(_ words: [String]) throws(UsageError) {
        let arguments: Arguments
        do throws(UsageError) {
            arguments = try Arguments(words, options: Self.known)
            try arguments.expect(positionalCount: 0, usage: "streamd-sim [options]")
        } catch {
            throw UsageError(description: "\(error)\n\(CommandOption.help(Self.known))")
        }
        if arguments.has("help") {
            throw UsageError(description: CommandOption.help(Self.known))
        }
        calls = try arguments.integer("calls")
        seed = UInt64(try arguments.integer("seed"))
        shown = try arguments.integer("show")
        threads = try arguments.integer("threads")
        repeats = try arguments.integer("repeat")
        fixtures = arguments["fixtures"]
        vad = arguments["vad"] ?? ""
        policies = try Self.choose("policy", arguments, from: CallPolicy.all, by: \.name)
        profiles = try Self.choose("services", arguments, from: ServiceProfile.all, by: \.name)
        audio = try Self.audio(arguments["audio"] ?? "mulaw-8000")
        mutation = try arguments["mutation"].map { name throws(UsageError) in
            guard let chosen = Mutation(rawValue: name) else {
                throw UsageError(description: "--mutation knows no '\(name)'; see --help")
            }
            return chosen
        }
    }

    /// Words are held levels of a telephone: a rate must hold them for whole samples.
    private static func audio(_ name: String) throws(UsageError) -> CallAudio {
        guard let audio = CallAudio(name),
            audio.sampleRate % CallAudio.telephone.sampleRate == 0
        else {
            throw UsageError(
                description:
                    "--audio knows no '\(name)'; it is mulaw or linear16 and a multiple of 8000 "
                    + "up to 48000, as in linear16-16000")
        }
        return audio
    }

    private static func option(
        _ name: String, _ value: String, _ summary: String, _ standard: String? = nil
    ) -> CommandOption {
        CommandOption(name: name, value: value, summary: summary, standard: standard)
    }

    private static func names(_ names: [String]) -> String { names.joined(separator: ", ") }

    private static func choose<Item>(
        _ name: String, _ arguments: Arguments, from all: [Item], by key: KeyPath<Item, String>
    ) throws(UsageError) -> [Item] {
        let value = arguments[name] ?? "all"
        if value == "all" { return all }
        let chosen = all.filter { $0[keyPath: key] == value }
        guard !chosen.isEmpty else {
            throw UsageError(description: "--\(name) knows no '\(value)'; see --help")
        }
        return chosen
    }
}
