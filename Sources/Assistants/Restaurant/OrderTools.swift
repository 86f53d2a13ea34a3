import Store

/// One line of an order, in the words of the menu.
public struct OrderItemArgument: Codable, Sendable, Equatable {
    public var item: String
    public var size: String?
    public var extras: [String]?
    public var quantity: Int

    public init(_ wish: OrderWish) {
        item = wish.item
        size = wish.size.isEmpty ? nil : wish.size
        extras = wish.extras.isEmpty ? nil : wish.extras
        quantity = wish.quantity
    }

    public var wish: OrderWish {
        OrderWish(item: item, size: size ?? "", extras: extras ?? [], quantity: quantity)
    }

    static let parameter = ToolParameter(
        "items",
        .list([
            ToolParameter("item", .string(pattern: nil), "Name on the menu."),
            ToolParameter(
                "size", .string(pattern: nil), "Size, where there are several.", isRequired: false),
            ToolParameter(
                "extras", .texts, "Names of extras of this item.", isRequired: false),
            ToolParameter("quantity", .integer(1...OrderPricing.quantityMax), "How many."),
        ]), "What is ordered.")
}

/// A tool's answer about an order.
public enum OrderAnswer: Sendable, Equatable, Encodable {
    case priced(total: Money)
    case placed(number: Int, total: Money, readyMinutes: Int)
    /// The menu has changed since; nothing was ordered.
    case priceChanged(total: Money)
    case refused(OrderFault)
    case closed

    private enum Key: String, CodingKey {
        case status, total, reason
        case number = "order_number"
        case readyMinutes = "ready_minutes"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .priced(let total):
            try container.encode("priced", forKey: .status)
            try container.encode(total.decimal, forKey: .total)
        case .placed(let number, let total, let minutes):
            try container.encode("placed", forKey: .status)
            try container.encode(number, forKey: .number)
            try container.encode(total.decimal, forKey: .total)
            try container.encode(minutes, forKey: .readyMinutes)
        case .priceChanged(let total):
            try container.encode("price_changed", forKey: .status)
            try container.encode(total.decimal, forKey: .total)
        case .refused(let fault):
            try container.encode("refused", forKey: .status)
            try container.encode(fault.description, forKey: .reason)
        case .closed:
            try container.encode("refused", forKey: .status)
            try container.encode("no orders are taken at this time", forKey: .reason)
        }
    }
}

/// The total of an order by the menu of now; nothing is ordered.
public enum PriceOrder: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var items: [OrderItemArgument]

        public init(items: [OrderItemArgument]) { self.items = items }
    }

    public static let declaration = ToolDeclaration(
        name: "price_order", summary: "Tells the total of an order from the menu's prices.",
        effect: .readOnly, parameters: [OrderItemArgument.parameter])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<OrderAnswer>
    ) {
        context.store.menu(assistantID: context.rules.settings.id) { result in
            completion(
                result.mapError(ToolError.store).map { menu in
                    do throws(OrderFault) {
                        let lines = try OrderPricing.price(arguments.items.map(\.wish), from: menu)
                        return .priced(total: OrderPricing.total(of: lines))
                    } catch { return .refused(error) }
                })
        }
    }
}

/// Places an order. Two calls for the same in one conversation place one.
public enum PlaceOrder: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var items: [OrderItemArgument]
        public var service: OrderService
        public var address: String?
        /// What the guest agreed to, as a decimal.
        public var total: String

        public init(wishes: [OrderWish], service: OrderService, address: String?, total: Money) {
            items = wishes.map(OrderItemArgument.init)
            self.service = service
            self.address = address
            self.total = total.decimal
        }
    }

    public static let declaration = ToolDeclaration(
        name: "place_order",
        summary:
            "Places an order after the guest has agreed to its total; answers with its number.",
        effect: .writes,
        parameters: [
            OrderItemArgument.parameter,
            ToolParameter(
                "service", .choice(OrderService.allCases.map(\.rawValue)),
                "How it reaches the guest."),
            ToolParameter(
                "address", .string(pattern: nil), "Where to, for a delivery.", isRequired: false),
            ToolParameter(
                "total", .string(pattern: "^\\d+\\.\\d{2}$"), "The total the guest agreed to."),
        ])

    /// One order of the lines, since they make the same order in any.
    public static func canonical(_ arguments: Arguments) -> Arguments {
        var result = arguments
        for index in result.items.indices {
            result.items[index].extras = result.items[index].extras.flatMap {
                $0.isEmpty ? nil : $0.sorted()
            }
            if result.items[index].size == "" { result.items[index].size = nil }
        }
        func order(_ line: OrderItemArgument) -> String {
            ([line.item, line.size ?? "", String(line.quantity)] + (line.extras ?? []))
                .joined(separator: "\n")
        }
        result.items.sort { order($0) < order($1) }
        if result.service == .pickup || result.address == "" { result.address = nil }
        return result
    }

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<OrderAnswer>
    ) {
        guard let total = Money(decimal: arguments.total) else {
            let reason = "total: '\(arguments.total)' is not a decimal"
            completion(.failure(.badArguments(tool: declaration.name, reason: reason)))
            return
        }
        let rules = OrderRules(context.rules.settings)
        guard rules.isOpen(context.now) else { return completion(.success(.closed)) }
        let minutes = rules.readyMinutes(arguments.service)
        let created = Int64(context.now.timeIntervalSince1970)
        let new = NewOrder(
            assistantID: context.rules.settings.id, wishes: arguments.items.map(\.wish),
            service: arguments.service, address: arguments.address ?? "",
            phone: context.callerNumber, expectedTotal: total, createdAt: created,
            readyAt: created + Int64(minutes) * 60, callSid: context.callSid,
            idempotencyKey: context.effectName(Self.self, arguments),
            confirmation: context.confirmation)
        context.store.createOrder(new) { result in
            completion(
                result.mapError(ToolError.store).map { outcome in
                    switch outcome {
                    case .placed(let order):
                        .placed(
                            number: order.number, total: order.total,
                            readyMinutes: Int(order.readyAt - order.createdAt) / 60)
                    case .priceChanged(let total): .priceChanged(total: total)
                    case .refused(let fault): .refused(fault)
                    }
                })
        }
    }
}
