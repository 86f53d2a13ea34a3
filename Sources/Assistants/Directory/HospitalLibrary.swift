import Dispatch
import Realtime
import Store

/// The indexes of directories, each built once for a version of its data and shared by all
/// conversations. Any thread.
public final class HospitalLibrary: Sendable {
    private let indexes = Locked<[String: HospitalIndex]>([:])

    public init() {}

    /// The index of an assistant's directory as the store has it now.
    ///
    /// Does not block; builds on a thread of its own what is not there yet or has changed.
    public func index(
        assistantID: String, store: any RecordStore,
        completion: @escaping ToolCompletion<HospitalIndex>
    ) {
        let known = indexes.withLock { $0[assistantID] }
        store.hospitals(assistantID: assistantID, unlessVersion: known?.version ?? 0) { result in
            switch result {
            case .failure(let error): completion(.failure(.store(error)))
            case .success(nil):
                // Only what is known can be unchanged.
                completion(.success(known ?? Self.empty))
            case .success(let list?):
                DispatchQueue.global(qos: .userInitiated).async { [self] in
                    let index = HospitalIndex(list)
                    indexes.withLock { $0[assistantID] = index }
                    completion(.success(index))
                }
            }
        }
    }

    private static let empty = HospitalIndex(HospitalList(version: 0, hospitals: []))
}
