/// Receives the outcome of a store operation, exactly once, on the store's thread.
public typealias StoreCompletion<Value: Sendable> =
    @Sendable (Result<Value, StoreError>) -> Void

/// The records of the businesses: calls, turns, tables, reservations, menus, orders; customers and
/// task orders are ``ServiceDeskStore``'s, directories ``HospitalStore``'s.
///
/// Operations may be asked for on any thread, never block, run in the order asked, and complete on
/// the store's own thread. A completed write is durable.
public protocol RecordStore: ServiceDeskStore, HospitalStore {
    /// Inserts the call, or updates one that is known; a late "ringing" does not undo "completed".
    func recordCall(_ call: CallRecord, completion: @escaping StoreCompletion<Void>)
    func call(sid: String, completion: @escaping StoreCompletion<CallRecord?>)
    /// The newest calls first.
    func recentCalls(limit: Int, completion: @escaping StoreCompletion<[CallRecord]>)

    /// Appends a turn; a second record of the same turn replaces the first.
    func recordTurn(_ turn: TurnRecord, completion: @escaping StoreCompletion<Void>)
    func turns(callSid: String, completion: @escaping StoreCompletion<[TurnRecord]>)

    func diningTables(assistantID: String, completion: @escaping StoreCompletion<[DiningTable]>)
    /// Inserts the tables if the assistant has none yet; tells whether it did.
    func seedDiningTables(
        _ tables: [DiningTable], assistantID: String, completion: @escaping StoreCompletion<Bool>)
    /// Puts tables in the place of those there were, in one step. Reservations keep their tables;
    /// the answer names those that are gone and have one that ends after `now`.
    func replaceDiningTables(
        _ tables: [DiningTable], assistantID: String, now: UnixSeconds,
        completion: @escaping StoreCompletion<[String]>)

    func availability(
        _ query: AvailabilityQuery, completion: @escaping StoreCompletion<Availability>)
    /// Checks and books in one step: of two requests for the last table, exactly one is booked.
    func createReservation(
        _ new: NewReservation, completion: @escaping StoreCompletion<ReservationOutcome>)
    /// Moves or resizes a booked reservation in one step; when it is full, nothing changes.
    func changeReservation(
        _ change: ReservationChange, completion: @escaping StoreCompletion<ReservationOutcome>)
    /// Frees the tables; nil if there is no such reservation. Cancelling twice is not an error.
    func cancelReservation(
        confirmationNumber: String, assistantID: String,
        completion: @escaping StoreCompletion<Reservation?>)
    /// Reservations that start in the range, cancelled ones included, by start.
    func reservations(
        assistantID: String, startingIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[Reservation]>)

    /// The menu in its order; empty where none was imported.
    func menu(assistantID: String, completion: @escaping StoreCompletion<[MenuItem]>)
    /// Puts a menu in the place of the one there was, in one step.
    func replaceMenu(
        _ items: [MenuItem], assistantID: String, completion: @escaping StoreCompletion<Void>)
    /// Inserts a menu if the assistant has none yet; tells whether it did.
    func seedMenu(
        _ items: [MenuItem], assistantID: String, completion: @escaping StoreCompletion<Bool>)
    /// Prices and places in one step, at the total that was expected or not at all.
    func createOrder(_ new: NewOrder, completion: @escaping StoreCompletion<OrderOutcome>)
    /// Orders that were placed in the range, oldest first.
    func orders(
        assistantID: String, createdIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[Order]>)

    /// The conversation has gone on from this effect: the caller has heard of its record, so that a
    /// request of the same name is a new wish. Until then it is a repetition, and is answered with
    /// the record. Harmless where there is no such record, or it was settled before.
    func settleEffect(_ name: String, completion: @escaping StoreCompletion<Void>)
}

extension RecordStore {
    /// Waits for one operation without blocking a thread:
    /// `try await store.value { store.call(sid: sid, completion: $0) }`.
    public func value<Value: Sendable>(
        of operation: (@escaping StoreCompletion<Value>) -> Void
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { continuation in
            operation { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
