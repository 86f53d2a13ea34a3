import Store

/// The settings of a menu and of orders from it.
public struct RestaurantSettings: KindSettings {
    /// Put into the store when it has no menu for this assistant.
    public var menu: [MenuItem] = []
    /// How long a pickup and a delivery take, in minutes.
    public var pickupMinutes = 20
    public var deliveryMinutes = 30

    public init() {}

    func problems() -> [String] {
        [("pickupMinutes", pickupMinutes), ("deliveryMinutes", deliveryMinutes)]
            .filter { $0.1 < 1 }.map { "\($0): is \($1); it must be 1 or more" }
    }
}

extension AssistantSettings {
    public var restaurant: RestaurantSettings {
        get { self[RestaurantSettings.self] }
        set { self[RestaurantSettings.self] = newValue }
    }
}
