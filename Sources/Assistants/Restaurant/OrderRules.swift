import Foundation
import Language
import Store

/// The rules of ordering that need no database: opening hours and how long the kitchen takes.
public struct OrderRules: Sendable {
    public let settings: AssistantSettings
    public let clock: BusinessClock

    public init(_ settings: AssistantSettings) {
        self.settings = settings
        clock = BusinessClock(timeZone: settings.timeZone)
    }

    /// True when the kitchen takes orders at that moment.
    public func isOpen(_ now: Date) -> Bool {
        settings.openingHours.isOpen(at: clock.local(at: now))
    }

    /// How long an order takes, in minutes.
    public func readyMinutes(_ service: OrderService) -> Int {
        service == .delivery
            ? settings.restaurant.deliveryMinutes : settings.restaurant.pickupMinutes
    }
}
