/// Why a record could not be read or written: what failed, where, and what fixes it.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case notWritable(path: String)
    case diskFull(path: String)
    case locked(path: String, afterMs: Int)
    case corrupt(path: String, detail: String)
    /// The file was written by a newer version of the program.
    case newerSchema(path: String, found: Int, known: Int)
    /// A row that breaks a rule of the schema (unique, foreign key, check).
    case constraint(detail: String)
    /// The record of this idempotency key is another one than was asked for; nothing was written.
    case conflict(key: String)
    case failed(path: String, code: String, detail: String)
    /// The database server cannot be reached; nothing was done.
    case unreachable(path: String, reason: String)
    /// The connection broke before the answer; what was asked may have been done or not.
    case interrupted(path: String, reason: String)
    /// More work is waiting for the store than its limit allows.
    case overloaded(pendingMax: Int)
    /// The expiring state holds as many live entries as its limit allows.
    case stateFull(entriesMax: Int)
    /// The server of the expiring state cannot be reached; nothing was done.
    case stateUnreachable(place: String, reason: String)
    /// The server of the expiring state refused, or broke off before its answer.
    case stateFailed(place: String, reason: String)
    case closed(path: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open the database \(path): \(reason); check that its folder exists and is yours"
        case .notWritable(let path):
            "cannot write the database \(path); let this user write the file and its folder"
        case .diskFull(let path):
            "no space left for the database \(path); free some space on its disk"
        case .locked(let path, let afterMs):
            "the database \(path) stayed locked for \(afterMs) ms; end the program that holds it"
        case .corrupt(let path, let detail):
            "the database \(path) is damaged or no SQLite file (\(detail)); restore a backup"
        case .newerSchema(let path, let found, let known):
            "the database \(path) has schema \(found), this program knows \(known); update it"
        case .constraint(let detail):
            "the record breaks a rule of the database: \(detail)"
        case .conflict(let key):
            "another record has the idempotency key \(key); nothing was written: ask under a key that "
                + "names this one"
        case .failed(let path, let code, let detail):
            "the database \(path) failed with code \(code): \(detail)"
        case .unreachable(let path, let reason):
            "the database \(path) can't be reached (\(reason)); see that it runs and lets us in"
        case .interrupted(let path, let reason):
            "the connection to the database \(path) broke (\(reason)); what was asked may have been "
                + "done: ask again under the same key"
        case .overloaded(let pendingMax):
            "\(pendingMax) operations are waiting for the database; its disk is too slow"
        case .stateFull(let entriesMax):
            "the conversation state holds \(entriesMax) live entries; raise the limit"
        case .stateUnreachable(let place, let reason):
            "the conversation state at \(place) can't be reached (\(reason)); see that Redis runs"
        case .stateFailed(let place, let reason):
            "the conversation state at \(place) failed: \(reason)"
        case .closed(let path):
            "the database \(path) has been closed"
        }
    }
}
