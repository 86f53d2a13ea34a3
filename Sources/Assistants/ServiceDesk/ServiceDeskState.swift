import Pipelines
import Store

/// Everything the service desk remembers of one conversation.
public struct ServiceDeskState: ScriptedState, Equatable, Codable {
    enum Stage: Sendable, Equatable, Codable {
        /// It is not known yet who calls.
        case identifying
        /// The number is nobody's; it was asked whether to make a record.
        case unknown
        /// Name and telephone number of a new customer are taken down.
        case registering
        case confirmingRecord
        /// Parts of the task order are missing.
        case collecting
        case confirming
        case changing
        /// The store failed, it was asked whether to try again.
        case retrying
        /// It was asked whether there is anything else.
        case done
    }

    /// How a new customer can be reached.
    enum Phone: Sendable, Equatable, Codable {
        case digits(String)
        /// The number that is called from.
        case callers
        /// They would rather not say.
        case withheld
    }

    var stage = Stage.identifying
    var customer: Customer?
    /// What was given as a number last.
    var digits = ""
    var newName: String?
    var newPhone: Phone?

    var service: String?
    var summary: String?
    var location: String?
    var urgency: Urgency?
    /// The last order that was created.
    var taskNumber: Int?
    /// False until the caller has heard the task's number.
    var isNumberHeard = true

    /// What was asked last.
    var expectation = ServiceExpectation.number
    var question = ServicePromptKey.askNumber
    var askCounts: [ServicePromptKey: Int] = [.askNumber: 1]
    var lastReply: [String] = []
    /// What is being waited for.
    var waiting: ServiceDeskCall?
    var hasProgressed = false
    var failures = 0
    var storeFailures = 0

    public init() {}

    mutating func clearOrder() {
        service = nil
        summary = nil
        location = nil
        urgency = nil
    }

    var hasDetails: Bool {
        service != nil || summary != nil || location != nil || urgency != nil
    }
}

/// A tool call of the service desk.
public enum ServiceDeskCall: DeclaredToolCall, Codable {
    public typealias Answer = ServiceDeskAnswer

    case find(FindCustomer.Arguments)
    case enter(CreateCustomer.Arguments)
    case create(CreateTaskOrder.Arguments)

    public var tool: PreparedTool<ServiceDeskAnswer> {
        switch self {
        case .find(let arguments): PreparedTool(FindCustomer.self, arguments)
        case .enter(let arguments): PreparedTool(CreateCustomer.self, arguments)
        case .create(let arguments): PreparedTool(CreateTaskOrder.self, arguments)
        }
    }

    public func effectName(in context: ToolContext) -> String? {
        switch self {
        case .find: nil
        case .enter(let arguments): context.effectName(CreateCustomer.self, arguments)
        case .create(let arguments): context.effectName(CreateTaskOrder.self, arguments)
        }
    }
}
