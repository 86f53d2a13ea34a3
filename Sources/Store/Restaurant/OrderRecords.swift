/// So many of one item, as somebody wishes to order it. Names are those of the menu.
public struct OrderWish: Sendable, Equatable {
    public var item: String
    /// Empty where the item has a single price.
    public var size: String
    public var extras: [String]
    public var quantity: Int

    public init(item: String, size: String = "", extras: [String] = [], quantity: Int = 1) {
        self.item = item
        self.size = size
        self.extras = extras
        self.quantity = quantity
    }
}

/// A wish with the menu's prices.
public struct OrderLine: Sendable, Equatable {
    public var item: String
    public var size: String
    public var quantity: Int
    /// One of the item in its size, without extras.
    public var unitPrice: Money
    /// What is put on each.
    public var extras: [MenuItem.Priced]

    public init(
        item: String, size: String, quantity: Int, unitPrice: Money, extras: [MenuItem.Priced]
    ) {
        self.item = item
        self.size = size
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.extras = extras
    }

    /// The price of all of them with their extras.
    public var total: Money {
        extras.reduce(unitPrice) { $0 + $1.price } * quantity
    }
}

/// How an order reaches the guest.
public enum OrderService: String, Sendable, CaseIterable, Codable {
    case delivery, pickup
}

/// An order that was placed.
public struct Order: Sendable, Equatable {
    public var id: Int64
    public var assistantID: String
    /// Counted for each assistant from 1001.
    public var number: Int
    public var service: OrderService
    /// Empty for a pickup.
    public var address: String
    public var phone: String
    public var lines: [OrderLine]
    public var total: Money
    public var createdAt: UnixSeconds
    public var readyAt: UnixSeconds
    public var callSid: String?
    public var idempotencyKey: String
}

/// An order to be placed. A second one with the same key answers with the first, until that is settled;
/// another one under its key is a ``StoreError/conflict(key:)``.
public struct NewOrder: Sendable, Equatable {
    public var assistantID: String
    public var wishes: [OrderWish]
    public var service: OrderService
    public var address: String
    public var phone: String
    /// What the guest was told; the order is placed at this total or not at all.
    public var expectedTotal: Money
    public var createdAt: UnixSeconds
    public var readyAt: UnixSeconds
    public var callSid: String?
    public var idempotencyKey: String
    /// Where a message goes that confirms it; nil for none.
    public var confirmation: ConfirmationRoute?

    public init(
        assistantID: String, wishes: [OrderWish], service: OrderService, address: String,
        phone: String, expectedTotal: Money, createdAt: UnixSeconds, readyAt: UnixSeconds,
        callSid: String?, idempotencyKey: String, confirmation: ConfirmationRoute? = nil
    ) {
        self.assistantID = assistantID
        self.wishes = wishes
        self.service = service
        self.address = address
        self.phone = phone
        self.expectedTotal = expectedTotal
        self.createdAt = createdAt
        self.readyAt = readyAt
        self.callSid = callSid
        self.idempotencyKey = idempotencyKey
        self.confirmation = confirmation
    }
}

/// The outcome of an attempt to order.
public enum OrderOutcome: Sendable, Equatable {
    case placed(Order)
    /// The menu has changed since the guest was told a total; nothing was ordered.
    case priceChanged(total: Money)
    case refused(OrderFault)
}

/// Why wishes cannot be priced from a menu.
public enum OrderFault: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case tooMany(item: String, max: Int)
    case unknownItem(String)
    /// The item is sold in these sizes, and none of them was named.
    case sizeNeeded(item: String, sizes: [String])
    case unknownExtra(item: String, extra: String)
    case noAddress

    public var description: String {
        switch self {
        case .empty: "nothing is ordered"
        case .tooMany(let item, let most): "from 1 to \(most) of \(item) can be ordered"
        case .unknownItem(let item): "the menu has no \(item)"
        case .sizeNeeded(let item, let sizes):
            "\(item) is sold as " + sizes.joined(separator: ", ")
        case .unknownExtra(let item, let extra): "\(extra) cannot be put on \(item)"
        case .noAddress: "a delivery needs an address"
        }
    }
}

/// The one place where prices become totals.
public enum OrderPricing {
    /// Of one line; more is a matter for a person.
    public static let quantityMax = 50

    /// The lines of an order with the prices of a menu.
    public static func price(
        _ wishes: [OrderWish], from menu: [MenuItem]
    ) throws(OrderFault) -> [OrderLine] {
        guard !wishes.isEmpty else { throw .empty }
        var lines: [OrderLine] = []
        for wish in wishes {
            guard (1...quantityMax).contains(wish.quantity) else {
                throw .tooMany(item: wish.item, max: quantityMax)
            }
            guard let item = menu.first(where: { $0.name == wish.item }) else {
                throw .unknownItem(wish.item)
            }
            guard let size = item.sizes.first(where: { $0.name == wish.size }) else {
                throw .sizeNeeded(item: item.name, sizes: item.sizes.map(\.name))
            }
            var extras: [MenuItem.Priced] = []
            for name in wish.extras {
                guard let extra = item.extras.first(where: { $0.name == name }) else {
                    throw .unknownExtra(item: item.name, extra: name)
                }
                extras.append(extra)
            }
            lines.append(
                OrderLine(
                    item: item.name, size: size.name, quantity: wish.quantity,
                    unitPrice: size.price, extras: extras))
        }
        return lines
    }

    public static func total(of lines: [OrderLine]) -> Money {
        lines.reduce(.zero) { $0 + $1.total }
    }
}
