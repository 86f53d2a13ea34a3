/// An entry of a directory.
public struct Hospital: Sendable, Equatable {
    /// As it is spoken and written; unique within its city.
    public var name: String
    /// May be empty.
    public var address: String
    public var city: String
    /// Other names that callers use.
    public var aliases: [String]

    public init(name: String, address: String = "", city: String, aliases: [String] = []) {
        self.name = name
        self.address = address
        self.city = city
        self.aliases = aliases
    }
}

/// A directory as it was at one time.
public struct HospitalList: Sendable, Equatable {
    /// Grows with every import.
    public var version: Int64
    /// In the order of the file.
    public var hospitals: [Hospital]

    public init(version: Int64, hospitals: [Hospital]) {
        self.version = version
        self.hospitals = hospitals
    }
}

/// Directories; completions and threads as with ``RecordStore``.
public protocol HospitalStore: Sendable {
    /// The directory, or nil where it is still of the version that is known; so that thousands of
    /// rows are read once, and not in every conversation.
    /// - Parameter version: 0 where none is known.
    func hospitals(
        assistantID: String, unlessVersion version: Int64,
        completion: @escaping StoreCompletion<HospitalList?>)
    /// Puts a directory in the place of the one there was, in one step.
    func replaceHospitals(
        _ hospitals: [Hospital], assistantID: String, completion: @escaping StoreCompletion<Void>)
    /// Inserts a directory if the assistant has none yet; tells whether it did.
    func seedHospitals(
        _ hospitals: [Hospital], assistantID: String, completion: @escaping StoreCompletion<Bool>)
}
