/// Somebody whom a service desk works for.
public struct Customer: Sendable, Equatable, Codable {
    /// Digits; unique at a desk.
    public var number: String
    public var name: String
    /// Digits, perhaps after a "+"; may be empty.
    public var phone: String

    public init(number: String, name: String, phone: String = "") {
        self.number = number
        self.name = name
        self.phone = phone
    }
}

/// A customer to be entered; the store gives the number. A second one with the same key answers with
/// the first.
public struct NewCustomer: Sendable, Equatable {
    public var assistantID: String
    public var name: String
    public var phone: String
    public var createdAt: UnixSeconds
    public var idempotencyKey: String

    public init(
        assistantID: String, name: String, phone: String, createdAt: UnixSeconds,
        idempotencyKey: String
    ) {
        self.assistantID = assistantID
        self.name = name
        self.phone = phone
        self.createdAt = createdAt
        self.idempotencyKey = idempotencyKey
    }
}

/// How soon something must be seen to.
public enum Urgency: String, Sendable, CaseIterable, Codable {
    case urgent, normal, low
}

/// Work that a customer has asked for.
public struct TaskOrder: Sendable, Equatable {
    public var id: Int64
    public var assistantID: String
    /// Counted for each assistant from 1001.
    public var number: Int
    public var customer: Customer
    /// "heating", "plumbing": a name from the desk's settings.
    public var service: String
    /// In the customer's words.
    public var summary: String
    public var location: String
    public var urgency: Urgency
    public var createdAt: UnixSeconds
    public var callSid: String?
    public var idempotencyKey: String

    package init(
        id: Int64, assistantID: String, number: Int, customer: Customer, service: String,
        summary: String, location: String, urgency: Urgency, createdAt: UnixSeconds,
        callSid: String?, idempotencyKey: String
    ) {
        self.id = id
        self.assistantID = assistantID
        self.number = number
        self.customer = customer
        self.service = service
        self.summary = summary
        self.location = location
        self.urgency = urgency
        self.createdAt = createdAt
        self.callSid = callSid
        self.idempotencyKey = idempotencyKey
    }
}

/// A task order to be created. A second one with the same key answers with the first, until that is
/// settled; another one under its key is a ``StoreError/conflict(key:)``.
public struct NewTaskOrder: Sendable, Equatable {
    public var assistantID: String
    public var customerNumber: String
    public var service: String
    public var summary: String
    public var location: String
    public var urgency: Urgency
    public var createdAt: UnixSeconds
    public var callSid: String?
    public var idempotencyKey: String

    public init(
        assistantID: String, customerNumber: String, service: String, summary: String,
        location: String, urgency: Urgency, createdAt: UnixSeconds, callSid: String?,
        idempotencyKey: String
    ) {
        self.assistantID = assistantID
        self.customerNumber = customerNumber
        self.service = service
        self.summary = summary
        self.location = location
        self.urgency = urgency
        self.createdAt = createdAt
        self.callSid = callSid
        self.idempotencyKey = idempotencyKey
    }
}

/// The outcome of an attempt to create a task order.
public enum TaskOutcome: Sendable, Equatable {
    case created(TaskOrder)
    /// Nothing was written: the desk has no such customer.
    case unknownCustomer
}

/// The outcome of an import of customers.
public struct CustomerMerge: Sendable, Equatable {
    public var added: Int
    public var changed: Int

    public init(added: Int, changed: Int) {
        self.added = added
        self.changed = changed
    }
}

/// Customers and their task orders; completions and threads as with ``RecordStore``.
public protocol ServiceDeskStore: Sendable {
    /// The customer of a number, or the only one whose telephone number ends in these digits, where
    /// they are seven or more; of more than ten the last ten, because countries' codes come and go.
    func customer(
        digits: String, assistantID: String, completion: @escaping StoreCompletion<Customer?>)
    /// All customers, by number.
    func customers(assistantID: String, completion: @escaping StoreCompletion<[Customer]>)
    /// Adds customers and brings known numbers up to date, in one step; nobody is removed, because
    /// task orders belong to them.
    func mergeCustomers(
        _ customers: [Customer], assistantID: String,
        completion: @escaping StoreCompletion<CustomerMerge>)
    /// Inserts customers if the assistant has none yet; tells whether it did.
    func seedCustomers(
        _ customers: [Customer], assistantID: String, completion: @escaping StoreCompletion<Bool>)
    /// Enters a customer under the next number.
    func createCustomer(_ new: NewCustomer, completion: @escaping StoreCompletion<Customer>)
    func createTask(_ new: NewTaskOrder, completion: @escaping StoreCompletion<TaskOutcome>)
    /// Task orders that were created in the range, oldest first.
    func tasks(
        assistantID: String, createdIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[TaskOrder]>)
}
