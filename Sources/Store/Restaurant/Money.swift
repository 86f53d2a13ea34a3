/// An exact amount of money, in hundredths of the currency's unit. Never a floating-point number.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var cents: Int64

    public init(cents: Int64) { self.cents = cents }

    public static let zero = Money(cents: 0)
    /// The highest price that a menu may name: a million units.
    public static let priceMax = Money(cents: 100_000_000)

    /// Reads a decimal such as "16.95", "16.5" or "16"; at most two decimals, no sign, no symbol but a
    /// leading "$". Nil for anything else and beyond ``priceMax``.
    public init?(decimal text: some StringProtocol) {
        var digits = Substring(text)
        if digits.hasPrefix("$") { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Self.digits(parts[0]) else { return nil }
        var cents = whole * 100
        if parts.count == 2 {
            guard parts[1].count <= 2, let part = Self.digits(parts[1]) else { return nil }
            cents += parts[1].count == 1 ? part * 10 : part
        }
        guard cents <= Self.priceMax.cents else { return nil }
        self.cents = cents
    }

    private static func digits(_ text: Substring) -> Int64? {
        guard (1...9).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(text)
    }

    public static func + (left: Money, right: Money) -> Money {
        Money(cents: left.cents + right.cents)
    }
    public static func * (left: Money, right: Int) -> Money {
        Money(cents: left.cents * Int64(right))
    }
    public static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }

    /// "16.95"
    public var decimal: String {
        let part = cents % 100
        return "\(cents / 100).\(part < 10 ? "0" : "")\(part)"
    }

    /// "$16.95", "$17"
    public var description: String { cents % 100 == 0 ? "$\(cents / 100)" : "$" + decimal }
}
