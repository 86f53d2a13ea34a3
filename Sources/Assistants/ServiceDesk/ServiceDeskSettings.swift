import Store

/// A kind of work that a desk takes orders for.
public struct ServiceType: Sendable, Equatable {
    /// As it is spoken: "heating".
    public var name: String
    /// Words and phrases in lower case and singular that mean it.
    public var words: [String]
    /// Words that mean it where nothing else does: "leaking".
    public var hints: [String]

    public init(name: String, words: [String], hints: [String] = []) {
        self.name = name
        self.words = words
        self.hints = hints
    }
}

/// The settings that only a service desk has.
public struct ServiceDeskSettings: KindSettings {
    /// Put into the store when it has no customers for this assistant.
    public var customers: [Customer] = []
    /// How many digits a customer number has; 0 where they differ.
    public var customerNumberDigits = 0
    public var services = ServiceType.house

    public init() {}
}

extension AssistantSettings {
    public var desk: ServiceDeskSettings {
        get { self[ServiceDeskSettings.self] }
        set { self[ServiceDeskSettings.self] = newValue }
    }
}

extension ServiceType {
    /// What is taken for work of no kind in particular.
    static let general = "general service"

    /// The trades of a house.
    public static let house = [
        ServiceType(
            name: "heating",
            words: [
                "heating", "heater", "radiator", "boiler", "furnace", "thermostat", "heat",
                "heat pump", "central heating", "underfloor heating",
            ], hints: ["cold", "freezing"]),
        ServiceType(
            name: "plumbing",
            words: [
                "plumbing", "plumber", "pipe", "tap", "faucet", "sink", "toilet", "drain", "shower",
                "bathtub", "water heater", "hot water", "sewer", "water pressure", "washbasin",
                "water pipe", "burst pipe",
            ],
            hints: [
                "leak", "leaking", "leaked", "water", "flood", "flooded", "dripping", "drip",
                "clogged", "overflowing",
            ]),
        ServiceType(
            name: "electrical",
            words: [
                "electrical", "electric", "electricity", "electrician", "power", "outlet", "socket",
                "light", "lighting", "lamp", "fuse", "breaker", "circuit breaker", "light switch",
                "wiring", "doorbell", "power cut",
            ], hints: ["spark", "sparking", "flickering", "switch"]),
        ServiceType(
            name: "air conditioning",
            words: [
                "air conditioning", "air conditioner", "air con", "aircon", "ac", "cooling",
                "ventilation", "fan", "hvac",
            ], hints: ["hot"]),
        ServiceType(
            name: "locks and doors",
            words: [
                "lock", "locksmith", "key", "door", "door handle", "garage door", "gate", "hinge",
                "front door", "back door",
            ], hints: ["locked out"]),
        ServiceType(
            name: "windows", words: ["window", "window pane", "blind", "shutter"],
            hints: ["glass"]),
        ServiceType(
            name: "roofing", words: ["roof", "roofing", "gutter", "chimney", "shingle"],
            hints: ["ceiling", "rain"]),
        ServiceType(
            name: "appliances",
            words: [
                "fridge", "refrigerator", "freezer", "oven", "stove", "dishwasher",
                "washing machine", "washer", "dryer", "microwave", "appliance", "cooker",
            ]),
        ServiceType(
            name: "internet and telephone",
            words: [
                "internet", "wifi", "wi fi", "router", "network", "phone line", "telephone line",
                "computer", "printer", "laptop", "email",
            ]),
        ServiceType(name: "elevator", words: ["elevator", "lift", "escalator"]),
        ServiceType(
            name: "pest control",
            words: [
                "mouse", "mice", "rat", "cockroach", "ant", "wasp", "bedbug", "pest", "termite",
            ]),
        ServiceType(
            name: "cleaning", words: ["cleaning", "cleaner", "garbage", "trash", "rubbish"]),
        ServiceType(name: "garden", words: ["garden", "lawn", "tree", "hedge", "fence"]),
    ]
}
