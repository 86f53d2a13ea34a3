import Realtime

/// Notes of what engines have learnt about their services, kept for all who talk to the same one. Any
/// thread; a short lock, when an engine is made.
public final class ServiceNotes: Sendable {
    private let notes = Locked<[String: any Sendable]>([:])

    public init() {}

    /// The note of this name, made where there is none.
    /// - Parameter name: whose note it is: the protocol, the service and what else sets it apart.
    func note<Note: Sendable>(_ name: String, _ make: () -> Note) -> Note {
        notes.withLock { notes in
            if let known = notes[name] as? Note { return known }
            let new = make()
            notes[name] = new
            return new
        }
    }
}
