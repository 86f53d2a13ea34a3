import Options

/// The keys of one engine with their defaults, what is known of the engine before it is made, and how it
/// is made: all that the rest of the program has to do with a vendor. A vendor's folder has such a type
/// for each of its engines, and `EngineRegistry` lists them.
package protocol VendorSettings: Sendable, Equatable {
    /// The list in which it can stand.
    static var stage: EngineStage { get }
    /// As the configuration names it.
    static var engineName: String { get }
    /// It says or hears what its entry says, whatever it is given; for trials, not for callers.
    static var isCanned: Bool { get }
    /// An entry as the sample configuration shows it.
    static var sample: String { get }
    /// The table of the vendor's keys.
    static var options: [ConfigurationOption<Self>] { get }
    /// That table, and the keys that all engines of its sort have.
    static var allOptions: [ConfigurationOption<Self>] { get }

    /// The defaults.
    init()

    /// Faults that no single row can judge, known without looking around.
    var faults: [EngineFault] { get }
    /// Faults that this machine shows: files and voices that are not there. Blocking.
    func faults(in surroundings: EngineSurroundings) -> [EngineFault]
    /// Takes all cores for one request at a time: on the command line nobody else wants them.
    mutating func takeMachine()
}

extension VendorSettings {
    package static var isCanned: Bool { false }
    package static var sample: String { "{engine: \(engineName)}" }
    package static var allOptions: [ConfigurationOption<Self>] { options }
    package var faults: [EngineFault] { [] }
    package func faults(in surroundings: EngineSurroundings) -> [EngineFault] { [] }
    package mutating func takeMachine() {}

    /// Keys that an entry may have, in the order in which errors list them.
    package static var keys: [String] {
        ["engine"] + allOptions.map(\.key)
            + EngineTimes.options.map(\.key).filter {
                self is any RemoteSettings.Type || !EngineTimes.remoteKeys.contains($0)
            }
    }

    func isEqual(_ other: any VendorSettings) -> Bool { (other as? Self) == self }
}

/// A fault of an entry.
package struct EngineFault: Sendable, Equatable {
    /// The key that shows it; nil where it is one that is missing.
    package var key: String?
    /// What is wrong and how to fix it.
    package var message: String
    /// Only the service can know.
    package var isWarning = false
}

/// The parts of a machine that an entry is checked against.
package struct EngineSurroundings: Sendable {
    /// The path of a file of weights by its name.
    package var modelPath: @Sendable (String) -> String
    /// What the environment holds by a name; nil where that is nothing.
    package var variable: @Sendable (String) -> String?

    package init(
        modelPath: @escaping @Sendable (String) -> String,
        variable: @escaping @Sendable (String) -> String?
    ) {
        self.modelPath = modelPath
        self.variable = variable
    }
}
