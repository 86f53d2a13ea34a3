import Store

/// Looks things up on the menu, with their prices.
public enum SearchMenu: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        /// A dish or a category, as it was said.
        public var query: String?
        public var dietary: [String]?

        public init(query: String? = nil, dietary: [String]? = nil) {
            self.query = query
            self.dietary = dietary
        }
    }

    /// Prices are decimals in text, so that no reader makes floating-point numbers of them.
    public struct Found: Codable, Sendable, Equatable {
        public struct Priced: Codable, Sendable, Equatable {
            public var name: String
            public var price: String

            init(_ priced: MenuItem.Priced) {
                name = priced.name
                price = priced.price.decimal
            }
        }
        public var name: String
        public var category: String
        public var description: String
        public var dietary: [String]
        public var sizes: [Priced]
        public var extras: [Priced]

        init(_ item: MenuItem) {
            name = item.name
            category = item.category
            description = item.summary
            dietary = item.tags
            sizes = item.sizes.map(Priced.init)
            extras = item.extras.map(Priced.init)
        }
    }

    public static let declaration = ToolDeclaration(
        name: "search_menu",
        summary: "Finds dishes by name, category or dietary label, with sizes, extras and prices.",
        effect: .readOnly,
        parameters: [
            ToolParameter(
                "query", .string(pattern: nil), "A dish or a category; all dishes without it.",
                isRequired: false),
            ToolParameter(
                "dietary", .choices(MenuCSV.knownTags), "Labels that every dish must have.",
                isRequired: false),
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<[Found]>
    ) {
        context.store.menu(assistantID: context.rules.settings.id) { result in
            completion(
                result.mapError(ToolError.store).map { items in
                    let named: [MenuItem]
                    if let query = arguments.query, !query.isEmpty {
                        named = Menu(items).search(query)
                    } else {
                        named = items
                    }
                    let tags = arguments.dietary ?? []
                    return named.filter { item in tags.allSatisfy(item.has) }.map(Found.init)
                })
        }
    }
}
