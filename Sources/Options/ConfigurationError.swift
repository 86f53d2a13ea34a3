/// A place in a configuration file, both counted from 1.
public struct SourcePlace: Sendable, Hashable {
    public var line: Int
    public var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One fault of a configuration: what is wrong, where, and how to fix it.
public struct ConfigurationFault: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Nil where the fault is the whole file's, or what is missing has no place.
    public var place: SourcePlace?
    public var message: String

    package init(file: String, place: SourcePlace? = nil, message: String) {
        self.file = file
        self.place = place
        self.message = message
    }

    public var description: String {
        guard let place else { return "\(file): \(message)" }
        return "\(file):\(place.line):\(place.column): \(message)"
    }
}

/// The faults of a configuration: one at least, each once, in the order of their places.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public let faults: [ConfigurationFault]

    package init(file: String, place: SourcePlace? = nil, message: String) {
        faults = [ConfigurationFault(file: file, place: place, message: message)]
    }

    /// - Parameter faults: at least one. Those of one file stay together.
    package init(_ faults: [ConfigurationFault]) {
        precondition(!faults.isEmpty, "an error has a fault")
        var files: [String: Int] = [:]
        var seen: Set<ConfigurationFault> = []
        for fault in faults where files[fault.file] == nil { files[fault.file] = files.count }
        let ordered = faults.enumerated().sorted { left, right in
            func key(_ entry: (offset: Int, element: ConfigurationFault)) -> [Int] {
                let place = entry.element.place
                return [
                    files[entry.element.file] ?? 0, place?.line ?? 0, place?.column ?? 0,
                    entry.offset,
                ]
            }
            return key(left).lexicographicallyPrecedes(key(right))
        }
        self.faults = ordered.map(\.element).filter { seen.insert($0).inserted }
    }

    /// So many are told; of more only the number.
    public static let toldMax = 50

    /// A line for each fault, and one that counts those that are not told.
    public var lines: [String] {
        let told = faults.prefix(Self.toldMax).map(\.description)
        let rest = faults.count - told.count
        return rest > 0 ? told + ["and \(rest) more"] : told
    }

    public var description: String { lines.joined(separator: "\n") }
}

/// The faults that are found while a configuration is read, so that one does not hide the next. For one
/// thread.
package final class ConfigurationFaults {
    package private(set) var all: [ConfigurationFault] = []

    /// What is found beyond that is not collected: the file is something else.
    package static let countMax = 1000

    package init() {}

    package var isFull: Bool { all.count >= Self.countMax }

    package func add(_ error: ConfigurationError) {
        guard !isFull else { return }
        all += error.faults
    }

    /// Runs `body` and takes note of what it throws.
    /// - Returns: whether it threw nothing.
    @discardableResult
    package func collect(_ body: () throws(ConfigurationError) -> Void) -> Bool {
        do throws(ConfigurationError) {
            try body()
            return true
        } catch {
            add(error)
            return false
        }
    }

    /// - Throws: all that was found, where there is something.
    package func check() throws(ConfigurationError) {
        if !all.isEmpty { throw ConfigurationError(all) }
    }
}
