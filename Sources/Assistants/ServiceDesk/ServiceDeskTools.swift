import Store

/// A tool's answer about a customer or a task order.
public enum ServiceDeskAnswer: Sendable, Equatable, Encodable {
    case customer(Customer)
    case unknownCustomer
    case entered(Customer)
    case created(taskNumber: Int)
    case refused(reason: String)

    private enum Key: String, CodingKey {
        case status, name, reason
        case customerNumber = "customer_number"
        case taskNumber = "task_number"
    }

    /// A customer's telephone number is told to nobody: whoever guesses a number learns a name, no more.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .customer(let customer), .entered(let customer):
            let isNew = if case .entered = self { true } else { false }
            try container.encode(isNew ? "entered" : "found", forKey: .status)
            try container.encode(customer.number, forKey: .customerNumber)
            try container.encode(customer.name, forKey: .name)
        case .unknownCustomer: try container.encode("not_found", forKey: .status)
        case .created(let number):
            try container.encode("created", forKey: .status)
            try container.encode(number, forKey: .taskNumber)
        case .refused(let reason):
            try container.encode("refused", forKey: .status)
            try container.encode(reason, forKey: .reason)
        }
    }
}

/// Looks a customer up by number, or by the telephone number that is on record.
public enum FindCustomer: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        /// Nil for the number that is called from.
        public var number: String?

        public init(number: String?) { self.number = number }
    }

    public static let declaration = ToolDeclaration(
        name: "find_customer",
        summary: "Finds a customer by customer number or telephone number.",
        effect: .readOnly,
        parameters: [
            ToolParameter(
                "number", .string(pattern: "^\\+?\\d{3,15}$"),
                "Its digits; left out for the number that is called from.", isRequired: false)
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ServiceDeskAnswer>
    ) {
        let number = arguments.number ?? context.callerNumber
        let digits = number.filter { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return completion(.success(.unknownCustomer)) }
        context.store.customer(digits: digits, assistantID: context.rules.settings.id) { result in
            completion(
                result.mapError(ToolError.store).map {
                    $0.map(ServiceDeskAnswer.customer) ?? .unknownCustomer
                })
        }
    }
}

/// Enters a new customer. Two calls for the same in one conversation enter one.
public enum CreateCustomer: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var name: String
        /// Nil for the number that is called from.
        public var phone: String?

        public init(name: String, phone: String?) {
            self.name = name
            self.phone = phone
        }
    }

    public static let declaration = ToolDeclaration(
        name: "create_customer",
        summary:
            "Enters a new customer after name and telephone number were read back and confirmed; "
            + "answers with the customer number.",
        effect: .writes,
        parameters: [
            ToolParameter("name", .string(pattern: nil), "Name of the customer."),
            ToolParameter(
                "phone", .string(pattern: nil),
                "Telephone number; left out for the one that is called from.", isRequired: false),
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ServiceDeskAnswer>
    ) {
        guard arguments.name.contains(where: \.isLetter), arguments.name.count <= 80 else {
            return completion(.success(.refused(reason: "a name with letters is needed")))
        }
        if arguments.phone == nil, context.callerNumber.isEmpty {
            return completion(
                .success(.refused(reason: "the caller's number is withheld: ask for a number")))
        }
        guard let phone = PhoneText.digits(arguments.phone ?? context.callerNumber) else {
            return completion(.success(.refused(reason: "that is not a telephone number")))
        }
        let new = NewCustomer(
            assistantID: context.rules.settings.id, name: arguments.name, phone: phone,
            createdAt: Int64(context.now.timeIntervalSince1970),
            idempotencyKey: context.effectName(Self.self, arguments))
        context.store.createCustomer(new) { result in
            completion(result.mapError(ToolError.store).map(ServiceDeskAnswer.entered))
        }
    }
}

/// Creates a task order. Two calls for the same in one conversation create one.
public enum CreateTaskOrder: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var customerNumber: String
        public var service: String
        public var summary: String
        public var location: String
        public var urgency: Urgency

        public init(
            customerNumber: String, service: String, summary: String, location: String,
            urgency: Urgency
        ) {
            self.customerNumber = customerNumber
            self.service = service
            self.summary = summary
            self.location = location
            self.urgency = urgency
        }

        enum CodingKeys: String, CodingKey {
            case customerNumber = "customer_number"
            case service = "service_type"
            case summary = "description"
            case location, urgency
        }
    }

    public static let declaration = ToolDeclaration(
        name: "create_task_order",
        summary:
            "Creates an order for service after the customer has confirmed it; answers with its "
            + "number.",
        effect: .writes,
        parameters: [
            ToolParameter(
                "customer_number", .string(pattern: "^\\d{3,12}$"), "From find_customer."),
            ToolParameter("service_type", .string(pattern: nil), "Kind of work."),
            ToolParameter("description", .string(pattern: nil), "What is wrong or to be done."),
            ToolParameter("location", .string(pattern: nil), "Where it is."),
            ToolParameter(
                "urgency", .choice(Urgency.allCases.map(\.rawValue)), "How soon it is needed."),
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<ServiceDeskAnswer>
    ) {
        for (name, text) in [
            ("service_type", arguments.service), ("description", arguments.summary),
            ("location", arguments.location),
        ] where text.isEmpty || text.count > 500 {
            let reason = "\(name) must have from 1 to 500 characters"
            return completion(.success(.refused(reason: reason)))
        }
        let new = NewTaskOrder(
            assistantID: context.rules.settings.id, customerNumber: arguments.customerNumber,
            service: arguments.service, summary: arguments.summary, location: arguments.location,
            urgency: arguments.urgency, createdAt: Int64(context.now.timeIntervalSince1970),
            callSid: context.callSid, idempotencyKey: context.effectName(Self.self, arguments))
        context.store.createTask(new) { result in
            completion(
                result.mapError(ToolError.store).map { outcome in
                    switch outcome {
                    case .created(let task): .created(taskNumber: task.number)
                    case .unknownCustomer: .unknownCustomer
                    }
                })
        }
    }
}
