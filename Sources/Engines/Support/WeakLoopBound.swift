/// Carries a reference to an object of a loop through other threads, which may hold it but not
/// look inside; it is opened again on the loop.
struct WeakLoopBound<Object: AnyObject>: @unchecked Sendable {
    private(set) weak var value: Object?

    init(_ value: Object) { self.value = value }
}
