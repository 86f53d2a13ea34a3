/// Something a restaurant sells.
public struct MenuItem: Sendable, Equatable {
    /// A name with a price: a size of the item, or something that can be put on it.
    public struct Priced: Sendable, Equatable {
        public var name: String
        public var price: Money

        public init(name: String, price: Money) {
            self.name = name
            self.price = price
        }
    }

    /// As it is spoken and written; unique on a menu.
    public var name: String
    public var category: String
    /// What it is made of, as a sentence may say it; may be empty.
    public var summary: String
    /// Dietary labels in lower case: "vegetarian", "gluten-free".
    public var tags: [String]
    /// Other names that guests use.
    public var aliases: [String]
    /// At least one, in the menu's order; one with an empty name where there is a single price.
    public var sizes: [Priced]
    public var extras: [Priced]

    public init(
        name: String, category: String, summary: String = "", tags: [String] = [],
        aliases: [String] = [], sizes: [Priced], extras: [Priced] = []
    ) {
        self.name = name
        self.category = category
        self.summary = summary
        self.tags = tags
        self.aliases = aliases
        self.sizes = sizes
        self.extras = extras
    }
}
