import StreamTesting

/// What `streamd-sim` is asked to do.
struct SimulatorOptions {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        usage: streamd-sim [--calls N] [--seed N] [--policy NAME|all] [--services NAME|all]
                           [--threads N] [--mutation NAME] [--show N]
               streamd-sim --fixtures FOLDER --vad FILE [--repeat N] [--policy NAME|all]
                           [--services NAME|all] [--show N]
          --calls     conversations for each policy, divided among the services (10000)
          --seed      of the first; each call's seed is one more (1)
          --policy    \(CallPolicy.all.map(\.name).joined(separator: ", ")), all (adaptive)
          --services  \(ServiceProfile.all.map(\.name).joined(separator: ", ")), all (all)
          --threads   how many calls run at once (0: as many as cores)
          --show      how many of the texts after which a turn was taken early (0)
          --fixtures  plays the callers recorded there instead, each by itself
          --vad       weights of the speech detector, for --fixtures
          --repeat    how often each is played, begun elsewhere in a frame (5)
          --mutation  breaks something on purpose: \
        \(Mutation.allCases.map(\.rawValue).joined(separator: ", "))
        """

    var calls = 10_000
    var seed: UInt64 = 1
    var policies = [CallPolicy.adaptive]
    var profiles = ServiceProfile.all
    var threads = 0
    var shown = 0
    var fixtures: String?
    var vad = ""
    var repeats = 5
    var mutation: Mutation?

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Fault(description: Self.usage) }
            switch name {
            case "--calls": calls = try Self.number(value, name)
            case "--seed": seed = UInt64(try Self.number(value, name))
            case "--show": shown = try Self.number(value, name)
            case "--fixtures": fixtures = value
            case "--vad": vad = value
            case "--repeat": repeats = try Self.number(value, name)
            case "--threads": threads = try Self.number(value, name)
            case "--policy":
                policies = try Self.choose(value, from: CallPolicy.all, by: \.name, name)
            case "--services":
                profiles = try Self.choose(value, from: ServiceProfile.all, by: \.name, name)
            case "--mutation":
                guard let chosen = Mutation(rawValue: value) else {
                    throw Fault(description: "--mutation knows no '\(value)'\n\(Self.usage)")
                }
                mutation = chosen
            default: throw Fault(description: "unknown option '\(name)'\n\(Self.usage)")
            }
        }
    }

    private static func number(_ value: String, _ name: String) throws -> Int {
        guard let number = Int(value), number >= 0 else {
            throw Fault(description: "\(name) must be a whole number, not '\(value)'")
        }
        return number
    }

    private static func choose<Item>(
        _ value: String, from all: [Item], by key: KeyPath<Item, String>, _ name: String
    ) throws -> [Item] {
        if value == "all" { return all }
        let chosen = all.filter { $0[keyPath: key] == value }
        guard !chosen.isEmpty else {
            throw Fault(description: "\(name) knows no '\(value)'\n\(usage)")
        }
        return chosen
    }
}
